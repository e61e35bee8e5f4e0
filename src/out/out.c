/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "out/out.h"

enum { WORTH_A_WRITE = 1 << 16 };

void out_drain(const struct out_how *how, struct buf *out)
{
	if (how->drain != NULL && out->len >= WORTH_A_WRITE)
		how->drain(how->drain_arg, out);
}
