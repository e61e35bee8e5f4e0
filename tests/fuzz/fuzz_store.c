/* SPDX-License-Identifier: MIT */
/* Any text to the readers of trust stores and chains: a fault or certificates, never a crash. */
#include "config.h"

#include "pki/trust.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct store store = { 0 };
	struct chain chain = { 0 };
	struct names notes = { 0 };
	struct certset set;
	struct fault fault;
	char *text = malloc(size + 1); /* just as long as it says, so that a byte too far is seen */

	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	certset_init(&set);
	if (trust_read(&set, text, size, "fuzz", &store, &fault) != 0 && fault.text[0] == '\0')
		abort();
	if (trust_read_chain(&set, text, size, "fuzz", &chain, &notes, &fault) == 0 &&
	    chain.count == 0)
		abort();
	names_clear(&notes);
	chain_clear(&chain);
	store_clear(&store);
	certset_clear(&set);
	free(text);
	return 0;
}
