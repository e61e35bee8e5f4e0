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
	if (vsnprintf(fault->text, sizeof fault->text, format, ap) < 0)
		fault->text[0] = '\0';
	va_end(ap);
	return -1;
}
