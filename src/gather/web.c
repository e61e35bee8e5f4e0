/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/pem.h"
#include "gather/facts.h"
#include "gather/web.h"
#include "pki/decode.h"
#include "wire/dns.h"

#include <stdlib.h>
#include <string.h>

enum { BODY_MOST = 1 << 20 };

static const char stopped[] = "the run was stopped before";

void web_chain(struct certset *certs, const struct http_request *answer, struct chain *chain)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----", end[] = "-----END";

	for (size_t i = 0; i < answer->certificate_count; i++) {
		const char *from = strstr(answer->certificates[i].data, begin), *to;
		struct buf der;

		to = from == NULL ? NULL : strstr(from + strlen(begin), end);
		if (to == NULL)
			continue;
		from += strlen(begin);
		buf_init(&der);
		if (pem_decode_base64(&der, from, (size_t)(to - from)) == 0)
			chain_add(chain,
			          decode_cert(certs, (const unsigned char *)der.data, der.len));
		buf_clear(&der);
	}
}

struct found {
	char **ips;    /* owned texts, owned array */
	size_t ip_count;
	char *problem; /* owned */
};

static void on_ips(void *arg, const struct dns_answer *answer)
{
	struct found *found = arg;

	if (answer->problem != NULL) {
		found->problem = mem_strdup(answer->problem);
		return;
	}
	found->ips = mem_array(answer->ip_count, sizeof *found->ips);
	for (size_t i = 0; i < answer->ip_count && i < NAMES_IPS_MOST; i++)
		found->ips[found->ip_count++] = mem_strdup(answer->ips[i]);
}

static void resolve(const char *host, const struct web_how *how, const struct deadline *deadline,
                    struct found *found)
{
	struct loop *loop = loop_new();
	struct fault fault;
	struct dns *dns = names_open(how->names, loop, &fault);

	if (dns == NULL) {
		found->problem = mem_strdup(fault.text);
	} else {
		dns_forward(dns, host, on_ips, found);
		names_settle(dns, loop, deadline);
	}
	dns_free(dns);
	loop_free(loop);
	if (found->ip_count == 0 && found->problem == NULL)
		found->problem = mem_strdup("no address");
}

struct page {
	struct report *report; /* borrowed */
	struct client *client; /* borrowed */
};

/* Whatever the page answers: the certificates came before. */
static void on_page(void *arg, const struct http_request *answer)
{
	struct page *page = arg;

	web_chain(&page->report->certs, answer, &page->client->chain);
	if (page->client->chain.count == 0)
		page->client->problem = mem_strdup(answer->outcome == HTTP_STOPPED ? stopped
		                                   : answer->detail != NULL ? answer->detail
		                                                            : "it showed no certificate");
}

static void ask(struct report *report, struct client *client, const struct found *found,
                const struct web_how *how, const struct deadline *deadline)
{
	unsigned handshake_ms = clock_s_to_ms(how->handshake_timeout_s);
	struct http_how http_how = { .connect_timeout_ms = clock_s_to_ms(how->connect_timeout_s),
		                     .handshake_timeout_ms = handshake_ms,
		                     .body_most = BODY_MOST,
		                     .per_host = 1,
		                     .environment_proxy = how->environment_proxy };
	struct page page = { report, client };
	struct http_request get = { .answered = on_page,
		                    .arg = &page,
		                    .host = client->host,
		                    .port = client->port,
		                    .ips = found->ips,
		                    .ip_count = found->ip_count,
		                    .path = "/",
		                    .timeout_ms = http_how.connect_timeout_ms +
		                                  http_how.handshake_timeout_ms };
	struct fault fault;

	if (http_get_all(&get, 1, &http_how, deadline, &fault) != 0)
		client->problem = mem_strdup(fault.text);
	http_request_clear(&get);
}

static void fetch(struct report *report, struct client *client, const struct web_how *how,
                  const struct deadline *deadline)
{
	struct found found = { .ips = NULL };

	if (deadline_over(deadline))
		found.problem = mem_strdup(stopped);
	else
		resolve(client->host, how, deadline, &found);
	if (found.ip_count > 0)
		ask(report, client, &found, how, deadline);
	else
		client->problem = mem_strdup(found.problem);
	client->fetched = true;
	for (size_t i = 0; i < found.ip_count; i++)
		free(found.ips[i]);
	free(found.ips);
	free(found.problem);
}

void web_run(struct report *report, const struct web_how *how, const struct deadline *deadline)
{
	for (size_t i = 0; i < report->client_count; i++) {
		struct client *client = &report->clients[i];

		if (client->from != CLIENT_WEB || client->fetched)
			continue;
		deadline_busy(deadline, FACT_CLIENT, i);
		fetch(report, client, how, deadline);
		deadline_idle(deadline);
		deadline_found(deadline, FACT_CLIENT, i);
	}
}
