/* SPDX-License-Identifier: MIT */
/* blocks: how many blocks malloc has given that nobody has freed. A test that finds as many before
 * as after has found no leak. Knows no owner. */
#ifndef MRA_TEST_BLOCKS_H
#define MRA_TEST_BLOCKS_H

/* Always 0 where an AddressSanitizer looks for leaks itself, and without glibc. */
long blocks_used(void);

#endif
