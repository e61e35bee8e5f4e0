/* SPDX-License-Identifier: MIT */
/* attached: texts that the program carries with it, made by src/dist/attach when it is built. Knows
 * no command. */
#ifndef MRA_ATTACHED_H
#define MRA_ATTACHED_H

/* The man page as plain text; "" in a build whose man page is installed beside it. */
extern const char attached_manual[];

/* Our licence, then in the portable build that of each library in it. Never "". */
extern const char attached_licences[];

#endif
