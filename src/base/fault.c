/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/fault.h"

#include <stdio.h>

int fault_set(struct fault *fault, enum fault_code code, const char *format, ...)
{
	va_list ap;

	if (fault == NULL)
		return -1;
	fault->code = code;
	va_start(ap, format);
	vsnprintf(fault->text, sizeof fault->text, format, ap);
	va_end(ap);
	return -1;
}
