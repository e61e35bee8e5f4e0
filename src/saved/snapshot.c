/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "pki/trust.h"
#include "saved/snapshot.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { STORES_MOST = 100, CERTS_MOST = 10000 };

static int bad(const char *what, struct fault *fault)
{
	return fault_set(
		fault, FAULT_INPUT,
		"%.200s is not an answer of CUCM's certificate API: save what https://NODE/platformcom/api/v1/certmgr/"
		"config/snapshot/server gives, as it is",
		what);
}

/* One certificate as PEM; what it cannot be read of counts as missing. */
static void read_cert(struct certset *set, const char *what, const json_t *element,
                      struct store *store)
{
	const char *pem = json_string_value(json_object_get(element, "certificate"));
	struct store one = { .name = NULL };
	struct fault ignored;

	if (pem == NULL || trust_read(set, pem, strlen(pem), what, &one, &ignored) != 0) {
		store->unreadable++;
	} else {
		for (size_t i = 0; i < one.count; i++)
			if (!store_has(store, one.certs[i]))
				store_add(store, one.certs[i]);
		store->unreadable += one.unreadable;
	}
	store_clear(&one);
}

static int read_certs(struct certset *set, const char *what, const json_t *list,
                      struct store *store, struct fault *fault)
{
	if (!json_is_array(list) || json_array_size(list) > CERTS_MOST)
		return bad(what, fault);
	for (size_t i = 0; i < json_array_size(list); i++)
		read_cert(set, what, json_array_get(list, i), store);
	return 0;
}

static bool is_service(const char *name, const char *service)
{
	size_t len = strlen(service);

	return name != NULL && strncasecmp(name, service, len) == 0 &&
	       (name[len] == '\0' || strcasecmp(name + len, "-trust") == 0);
}

static int read_stores(struct certset *set, const char *what, const json_t *trusts,
                       struct snapshot *snapshot, struct fault *fault)
{
	bool found[2] = { false, false };

	if (!json_is_array(trusts) || json_array_size(trusts) > STORES_MOST)
		return bad(what, fault);
	for (size_t i = 0; i < json_array_size(trusts); i++) {
		const json_t *trust = json_array_get(trusts, i);
		const char *name = json_string_value(json_object_get(trust, "service"));
		bool tomcat = is_service(name, "tomcat"), call = is_service(name, "CallManager");

		if ((tomcat || call) &&
		    read_certs(set, what, json_object_get(trust, "certificate_data"),
		               tomcat ? &snapshot->tomcat : &snapshot->callmanager, fault) != 0)
			return -1;
		found[0] = found[0] || tomcat;
		found[1] = found[1] || call;
	}
	if (!found[0] || !found[1])
		return fault_set(
			fault, FAULT_INPUT,
			"%.200s does not hold %s: save the whole answer of CUCM's certificate API",
			what,
			found[0]   ? "CallManager-trust"
			: found[1] ? "tomcat-trust"
				   : "tomcat-trust and CallManager-trust");
	return 0;
}

int snapshot_read(struct certset *set, const char *text, size_t len, const char *what,
                  struct snapshot *snapshot, struct fault *fault)
{
	const char *server;
	json_t *root;
	int rc;

	json_set_alloc_funcs(mem_alloc, free);
	root = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(root)) {
		json_decref(root);
		return bad(what, fault);
	}
	server = json_string_value(json_object_get(root, "server"));
	snapshot->server = server != NULL && *server != '\0' ? mem_strdup(server) : NULL;
	rc = read_stores(set, what, json_object_get(root, "trusts"), snapshot, fault);
	json_decref(root);
	return rc;
}
