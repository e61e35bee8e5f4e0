/* SPDX-License-Identifier: MIT */
/* A UDS answer: whatever comes, names are usable, within bounds, each once, and nothing that expat
 * finds broken counts. */
#include "config.h"

#include "model/address.h"
#include "gather/discover.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct listing list = { 0 };
	enum discovery_outcome outcome;
	char *version;

	outcome = discover_parse((const char *)data, size, &list, &version);
	if ((outcome == DISCOVERY_OK) != (outcome != DISCOVERY_NOT_XML &&
	                                  outcome != DISCOVERY_TOO_MANY && list.usable > 0) ||
	    list.count > 1000)
		abort();
	if (outcome == DISCOVERY_OK && memmem(data, size, "<!DOCTYPE", 9) != NULL &&
	    memmem(data, size, "<!--", 4) == NULL && memmem(data, size, "<![CDATA[", 9) == NULL &&
	    memmem(data, size, "<?", 2) == NULL)
		abort();
	for (size_t i = 0; i < list.count; i++) {
		const struct listed *listed = &list.items[i];

		if (address_text_ok(listed->text) != (listed->problem == NULL) ||
		    strlen(listed->text) > 253 ||
		    (i > 0 && strcasecmp(listed->text, list.items[0].text) == 0))
			abort();
		for (const char *p = listed->text; *p != '\0'; p++)
			if ((unsigned char)*p < 0x20 || *p == 0x7f)
				abort();
	}
	for (const char *p = version; p != NULL && *p != '\0'; p++)
		if (*p < 0x20 || *p > 0x7e)
			abort();
	free(version);
	listing_clear(&list);
	return 0;
}
