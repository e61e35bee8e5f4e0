/* SPDX-License-Identifier: MIT */
/* search: where in something sorted the first element is that is not below a key. Knows no
 * element. */
#ifndef MRA_BASE_SEARCH_H
#define MRA_BASE_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

/* Of count sorted elements: the index of the first that is not below, count if all are. below() is
 * true of none or more at the front and false of all behind them; it is asked of some. */
size_t search_first(size_t count, bool (*below)(size_t at, const void *arg), const void *arg);

#endif
