/* SPDX-License-Identifier: MIT */
/* idn: internationalised names to what DNS and TLS carry. Knows no resolver; the sole user of
 * libidn2. */
#ifndef MRA_WIRE_IDN_H
#define MRA_WIRE_IDN_H

/* The A-label form ("xn--bcher-kva.example") of a name in UTF-8, to be freed; NULL where IDNA 2008
 * knows none. */
char *idn_to_ascii(const char *name);

#endif
