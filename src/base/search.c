/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/search.h"

size_t search_first(size_t count, bool (*below)(size_t at, const void *arg), const void *arg)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (below(middle, arg))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
