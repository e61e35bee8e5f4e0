/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "wire/idn.h"

#include <idn2.h>

/* RFC 5891, section 5 (lookup), after the mapping of UTS 46 as browsers and GnuTLS do it: capitals
 * and full-width dots are no difference, "ß" stays itself. */
char *idn_to_ascii(const char *name)
{
	char *found = NULL, *ascii;

	if (idn2_to_ascii_8z(name, &found, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK)
		return NULL;
	ascii = mem_strdup(found);
	idn2_free(found);
	return ascii;
}
