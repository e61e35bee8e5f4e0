/* SPDX-License-Identifier: MIT */
/* A UDS answer: whatever comes, names are usable, within bounds, each once, and nothing that expat finds broken counts. */
#include "config.h"

#include "model/address.h"
#include "gather/discover.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct names list = { 0 };
	enum discovery_outcome outcome;
	size_t dropped;
	char *version;

	outcome = discover_parse((const char *)data, size, &list, &version, &dropped);
	if ((outcome == DISCOVERY_OK) != (outcome != DISCOVERY_NOT_XML && outcome != DISCOVERY_TOO_MANY && list.count > 0) ||
	    list.count > 1000)
		abort();
	if (outcome == DISCOVERY_OK && memmem(data, size, "<!DOCTYPE", 9) != NULL && memmem(data, size, "<!--", 4) == NULL &&
	    memmem(data, size, "<![CDATA[", 9) == NULL && memmem(data, size, "<?", 2) == NULL)
		abort();
	for (size_t i = 0; i < list.count; i++) {
		if (!address_text_ok(list.items[i]) || strlen(list.items[i]) > 253 || (i > 0 && strcasecmp(list.items[i], list.items[0]) == 0))
			abort();
	}
	for (const char *p = version; p != NULL && *p != '\0'; p++)
		if (*p < 0x20 || *p > 0x7e)
			abort();
	free(version);
	names_clear(&list);
	return 0;
}
