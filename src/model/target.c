/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "model/address.h"
#include "model/target.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int parse_port(const char *text, uint16_t *port)
{
	unsigned long n = 0;

	if (*text == '\0' || strlen(text) > 5)
		return -1;
	for (; *text != '\0'; text++) {
		if (!isdigit((unsigned char)*text))
			return -1;
		n = n * 10 + (unsigned long)(*text - '0');
	}
	if (n == 0 || n > 65535)
		return -1;
	*port = (uint16_t)n;
	return 0;
}

/* host is swallowed */
static int take_host(char *host, struct target *target)
{
	char *ip = address_canonical_ip(host);

	if (ip != NULL) {
		free(host);
		host = ip;
	} else if (!address_text_ok(host)) {
		free(host);
		return -1;
	}
	target->host = host;
	return 0;
}

static int parse_bracketed(const char *text, struct target *target)
{
	const char *end = strchr(text, ']');

	if (end == NULL || (end[1] != '\0' && end[1] != ':') ||
	    (end[1] == ':' && parse_port(end + 2, &target->port) != 0) ||
	    memchr(text, ':', (size_t)(end - text)) == NULL)
		return -1;
	return take_host(mem_strndup(text + 1, (size_t)(end - text - 1)), target);
}

static int parse(const char *text, struct target *target)
{
	const char *colon = strchr(text, ':');

	if (*text == '[')
		return parse_bracketed(text, target);
	if (colon == NULL || strchr(colon + 1, ':') != NULL) /* a name, an IPv4, a bare IPv6 */
		return take_host(mem_strdup(text), target);
	if (parse_port(colon + 1, &target->port) != 0)
		return -1;
	return take_host(mem_strndup(text, (size_t)(colon - text)), target);
}

int target_parse(const char *text, struct target *target)
{
	static const char scheme[] = "https://";
	char *authority;
	int rc;

	target->host = NULL;
	target->port = 0;
	if (strncasecmp(text, scheme, strlen(scheme)) != 0)
		return parse(text, target);
	text += strlen(scheme);
	authority = mem_strndup(text, strcspn(text, "/?#"));
	rc = parse(authority, target);
	free(authority);
	return rc;
}

void target_clear(struct target *target)
{
	free(target->host);
	target->host = NULL;
}
