/* SPDX-License-Identifier: MIT */
/* json_facts: the model's small things as JSON values. Knows no document: json.c puts them in their
 * places. */
#ifndef MRA_SAVED_JSON_FACTS_H
#define MRA_SAVED_JSON_FACTS_H

#include "base/buf.h"
#include "model/report.h"

#include <jansson.h>

/* Appends the text of value, which it swallows, in ASCII; flags: further ones of jansson
 * (JSON_INDENT, JSON_ENCODE_ANY). */
void json_put(struct buf *out, json_t *value, size_t flags);

/* Each returns a new reference. */
json_t *json_text(const char *text);  /* null for NULL; bad bytes become U+FFFD */
json_t *json_count(size_t count);
json_t *json_tool(void);              /* this program: name and version */
json_t *json_time(int64_t s);         /* RFC 3339 in UTC; null outside of the years 0 to 9999 */
json_t *json_names(const struct names *names);
json_t *json_fingerprint(const struct cert *cert); /* null for NULL */
json_t *json_certs(const struct cert *const *certs, size_t count);
json_t *json_letters(const struct verdict *verdict); /* sentences */
json_t *json_log_lines(const struct verdict *verdict);
/* What X509_verify_cert and the name rule hold against a chain, or what libssl refuses once those
 * have accepted it. */
json_t *json_reasons(const struct verdict *verdict, enum era era, bool handshake);
json_t *json_tls_versions(unsigned offered); /* bits of observation->offered */
json_t *json_ca_id(const struct ca_list *list); /* null for NULL */
/* as text, or each name's DER in base64 */
json_t *json_ca_names(const struct ca_list *list, bool der);
json_t *json_cert(const struct cert *cert);
/* Sets "members" where there are any; NULL: none. */
void json_members(json_t *object, const struct names *members);
json_t *json_store(const struct store *store);

#endif
