/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"
#include "gather/facts.h"
#include "gather/reverse.h"
#include "model/lookup.h"
#include "wire/dns.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { WAIT_MOST_MS = 2000, NAP_MS = 200 };

/* --- one IP ----------------------------------------------------------------------------------- */

static bool same_name(const char *a, const char *b)
{
	size_t a_len = strlen(a), b_len = strlen(b);

	a_len -= a_len > 0 && a[a_len - 1] == '.'; /* the root's dot makes no difference */
	b_len -= b_len > 0 && b[b_len - 1] == '.';
	return a_len == b_len && strncasecmp(a, b, a_len) == 0;
}

static void on_forward(void *arg, const struct dns_answer *answer)
{
	struct reverse *reverse = arg;
	enum lookup_fault why;

	/* Whether it leads back is not known then: the name is missing, not wrong. */
	if (answer->problem != NULL && lookup_parse(answer->problem, &why) == 0 &&
	    (why == LOOKUP_TIMEOUT || why == LOOKUP_STOPPED)) {
		free(reverse->name);
		reverse->name = NULL;
		reverse->problem = mem_strdup(answer->problem);
		return;
	}
	for (size_t i = 0; i < answer->ip_count; i++) {
		reverse->agrees = reverse->agrees || strcmp(answer->ips[i], reverse->ip) == 0;
		if (reverse->ip_count < NAMES_IPS_MOST)
			reverse->ips[reverse->ip_count++] = mem_strdup(answer->ips[i]);
		else
			reverse->left_out++;
	}
}

static void on_reverse(void *arg, const struct dns_answer *answer)
{
	struct reverse *reverse = arg;

	if (answer->name == NULL) {
		reverse->problem =
			mem_strdup(answer->problem != NULL ? answer->problem : "no name");
		return;
	}
	reverse->name = mem_strdup(answer->name);
	for (size_t i = 0; i < 2; i++)
		reverse->agrees = reverse->agrees || (reverse->names[i] != NULL &&
		                                      same_name(reverse->name, reverse->names[i]));
	if (!reverse->agrees)
		dns_forward(reverse->dns, reverse->name, on_forward, reverse);
}

void reverse_ask(struct reverse *reverse, struct dns *dns, const char *ip, const char *name,
                 const char *full_name)
{
	reverse->dns = dns;
	reverse->names[0] = name;
	reverse->names[1] = full_name;
	reverse->ip = mem_strdup(ip);
	dns_reverse(dns, ip, on_reverse, reverse);
}

void reverse_write(const struct reverse *reverse, struct node *node)
{
	struct node_reverse *into;

	node->reverses = mem_grow(node->reverses, node->reverse_count, sizeof *node->reverses);
	into = &node->reverses[node->reverse_count++];
	*into = (struct node_reverse){ .ip = mem_strdup(reverse->ip), .agrees = reverse->agrees };
	into->name = reverse->name == NULL ? NULL : mem_strdup(reverse->name);
	if (into->name == NULL)
		into->problem = mem_strdup(reverse->problem != NULL ? reverse->problem
		                                                    : lookup_text(LOOKUP_STOPPED));
}

void reverse_clear(struct reverse *reverse)
{
	for (size_t i = 0; i < reverse->ip_count; i++)
		free(reverse->ips[i]);
	free(reverse->ip);
	free(reverse->name);
	free(reverse->problem);
}

/* --- those of all nodes, beside the probe ----------------------------------------------------- */

struct asked {
	size_t node;
	struct reverse reverse;
};

struct reverses {
	struct report *report; /* borrowed */
	struct loop *loop;     /* borrowed */
	struct dns *dns;
	struct asked *asked;
	size_t count;
	int64_t begun_ms;
};

static bool is_wanted(const struct node *node)
{
	const struct address *address = &node->addresses[0];

	return node->address_count > 0 && address->use == ADDRESS_USED && !address_is_ip(address) &&
	       node->reverse_count == 0;
}

static size_t count_wanted(const struct report *report)
{
	size_t count = 0;

	for (size_t i = 0; i < report->node_count; i++)
		count += is_wanted(&report->nodes[i]) ? report->nodes[i].addresses[0].ip_count : 0;
	return count;
}

static void ask_node(struct reverses *reverses, size_t index)
{
	const struct node *node = &reverses->report->nodes[index];
	const struct address *address = &node->addresses[0];
	bool has_full = node->address_count > 1 && address->kind == ADDRESS_HOSTNAME &&
	                node->addresses[1].kind == ADDRESS_FQDN;

	for (size_t i = 0; i < address->ip_count; i++) {
		struct asked *asked = &reverses->asked[reverses->count++];

		asked->node = index;
		reverse_ask(&asked->reverse, reverses->dns, address->ips[i], address->text,
		            has_full ? node->addresses[1].text : NULL);
	}
}

struct reverses *reverses_start(struct report *report, const struct names_how *how,
                                struct loop *loop)
{
	size_t count = count_wanted(report);
	struct reverses *reverses;
	struct fault fault;
	struct dns *dns = count > 0 ? names_open(how, loop, &fault) : NULL;

	if (dns == NULL)
		return NULL;
	reverses = mem_zalloc(sizeof *reverses);
	reverses->report = report;
	reverses->loop = loop;
	reverses->dns = dns;
	reverses->asked = mem_array(count, sizeof *reverses->asked);
	reverses->begun_ms = clock_mono_ms();
	for (size_t i = 0; i < report->node_count; i++)
		if (is_wanted(&report->nodes[i]))
			ask_node(reverses, i);
	return reverses;
}

int64_t reverses_tick(void *arg, int64_t most_ms)
{
	struct reverses *reverses = arg;

	if (reverses == NULL || !dns_busy(reverses->dns))
		return most_ms;
	dns_tick(reverses->dns);
	return dns_wait_ms(reverses->dns, most_ms);
}

static void wait_for_answers(struct reverses *reverses, const struct deadline *deadline)
{
	int64_t left_ms;

	while (dns_busy(reverses->dns) && !deadline_over(deadline) &&
	       (left_ms = reverses->begun_ms + WAIT_MOST_MS - clock_mono_ms()) > 0) {
		int64_t nap_ms = reverses_tick(reverses, left_ms < NAP_MS ? left_ms : NAP_MS);

		if (dns_busy(reverses->dns) &&
		    loop_turn(reverses->loop, deadline_left_ms(deadline, nap_ms)) < 0)
			break;
	}
}

static void write_all(struct reverses *reverses, const struct deadline *deadline)
{
	for (size_t i = 0; i < reverses->count; i++) {
		struct asked *asked = &reverses->asked[i];

		/* Nobody stopped the run: there was no answer in good time. */
		if (!deadline_over(deadline) && asked->reverse.name == NULL &&
		    asked->reverse.problem != NULL &&
		    strcmp(asked->reverse.problem, lookup_text(LOOKUP_STOPPED)) == 0) {
			free(asked->reverse.problem);
			asked->reverse.problem = mem_strdup(lookup_text(LOOKUP_TIMEOUT));
		}
		reverse_write(&asked->reverse, &reverses->report->nodes[asked->node]);
		if (i + 1 == reverses->count || asked[1].node != asked->node)
			deadline_found(deadline, FACT_REVERSES, asked->node);
		reverse_clear(&asked->reverse);
	}
}

void reverses_finish(struct reverses *reverses, const struct deadline *deadline)
{
	if (reverses == NULL)
		return;
	wait_for_answers(reverses, deadline);
	dns_free(reverses->dns); /* ends what is open */
	write_all(reverses, deadline);
	free(reverses->asked);
	free(reverses);
}
