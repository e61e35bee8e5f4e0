/* SPDX-License-Identifier: MIT */
/* A question has one to several lookups: a short name is looked for in every search domain at once,
 * and the first of them that knows it wins, as if asked one after the other. So many lookups are
 * under way at a time, the others queue: answers to thousands of questions at once would overflow
 * the socket's buffer. */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "model/address.h"
#include "model/lookup.h"
#include "wire/dns_parts.h"
#include "wire/dns_search.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

/* Names: two datagrams each, whose answers have to fit into the socket's buffer. */
enum { LOOKUPS_AT_ONCE = 128 };

/* --- answers ---------------------------------------------------------------------------------- */

static void say(struct question *question, const struct dns_answer *answer)
{
	dns_fn *fn = question->fn;

	question->fn = NULL;
	if (fn != NULL)
		fn(question->arg, answer);
}

static void say_problem(struct question *question, const char *problem)
{
	say(question, &(struct dns_answer){ .problem = problem });
}

/* What a failed question is told: a server that failed says more than a domain that does not know
 * the name. */
static int worst_status(const struct question *question)
{
	for (size_t i = 0; i < question->lookup_count; i++)
		if (question->lookups[i].status != ARES_ENOTFOUND &&
		    question->lookups[i].status != ARES_ENODATA)
			return question->lookups[i].status;
	for (size_t i = 0; i < question->lookup_count; i++)
		if (question->lookups[i].status == ARES_ENODATA)
			return ARES_ENODATA;
	return ARES_ENOTFOUND;
}

/* The first lookup that found something answers, as soon as all before it are over. */
static void try_to_answer(struct question *question)
{
	for (size_t i = 0; i < question->lookup_count; i++) {
		const struct lookup *lookup = &question->lookups[i];

		if (!lookup->over)
			return;
		if (lookup->status == ARES_SUCCESS) {
			say(question,
			    &(struct dns_answer){ .name = lookup->name,
			                          .ips = lookup->ips.texts,
			                          .ip_count = lookup->ips.count,
			                          .services = lookup->services,
			                          .service_count = lookup->service_count });
			return;
		}
	}
	say_problem(question, dns_channel_problem(worst_status(question)));
}

static void question_free(struct question *question)
{
	for (size_t i = 0; i < question->lookup_count; i++)
		dns_lookup_clear(&question->lookups[i]);
	free(question);
}

void dns_lookup_end(struct lookup *lookup, int status)
{
	struct question *question = lookup->question;
	struct dns *dns = question->dns;

	lookup->status = status;
	lookup->over = true;
	dns->lookups_open--;
	if (status == ARES_ETIMEOUT)
		dns->silences[question->kind]++;
	else
		dns->answers[question->kind]++;
	question->over_count++;
	try_to_answer(question);
	if (question->over_count < question->lookup_count)
		return;
	if (question->previous != NULL)
		question->previous->next = question->next;
	else
		dns->open = question->next;
	if (question->next != NULL)
		question->next->previous = question->previous;
	question_free(question);
}

/* --- questions -------------------------------------------------------------------------------- */

/* c-ares may answer at once: the question is freed when its last lookup ends. */
static void start(struct dns *dns, struct question *question)
{
	size_t count = question->lookup_count;

	question->asked_ms = clock_mono_ms();
	question->previous = NULL;
	question->next = dns->open;
	if (dns->open != NULL)
		dns->open->previous = question;
	dns->open = question;
	dns->lookups_open += count;
	for (size_t i = 0; i < count; i++)
		dns_lookup_start(dns, &question->lookups[i]);
}

/* Where nobody has ever answered, a thousand questions more would only take their time. */
static bool is_hopeless(const struct dns *dns, enum dns_kind kind)
{
	return dns->answers[kind] == 0 && dns->silences[kind] >= LOOKUPS_AT_ONCE / 2;
}

/* Somebody has waited for nothing, and nobody got an answer yet: the others on their way will show
 * what it is. */
static bool is_in_doubt(const struct dns *dns, enum dns_kind kind)
{
	return dns->answers[kind] == 0 && dns->silences[kind] > 0 && dns->lookups_open > 0 &&
	       !is_hopeless(dns, kind);
}

static void start_queued(struct dns *dns)
{
	struct question *question;

	while ((question = dns->queue) != NULL && !is_in_doubt(dns, question->kind) &&
	       (dns->lookups_open < LOOKUPS_AT_ONCE || is_hopeless(dns, question->kind))) {
		dns->queue = question->next;
		if (dns->queue == NULL)
			dns->queue_end = NULL;
		if (!is_hopeless(dns, question->kind)) {
			start(dns, question);
			continue;
		}
		say_problem(question, dns_channel_problem(ARES_ETIMEOUT));
		question_free(question);
	}
}

static void add_lookup(struct question *question, char *name)
{
	question->lookups[question->lookup_count++] =
		(struct lookup){ .question = question, .name = name };
}

static struct question *question_new(struct dns *dns, enum dns_kind kind, dns_fn *fn, void *arg)
{
	struct question *question = mem_zalloc(sizeof *question);

	question->dns = dns;
	question->kind = kind;
	question->fn = fn;
	question->arg = arg;
	if (dns->queue_end != NULL)
		dns->queue_end->next = question;
	else
		dns->queue = question;
	dns->queue_end = question;
	return question;
}

static bool answer_fixed(const struct dns *dns, const char *name, dns_fn *fn, void *arg)
{
	const struct fixed *fixed = fixed_by_host(&dns->fixed, name);

	if (fixed != NULL)
		fn(arg, &(struct dns_answer){ .name = fixed->host,
		                              .ips = fixed->ips.texts,
		                              .ip_count = fixed->ips.count,
		                              .problem = fixed->ips.count == 0
		                                                 ? lookup_text(LOOKUP_FIXED_FAMILY)
		                                                 : NULL });
	return fixed != NULL;
}

/* Who is told "stopped" may ask on. */
static bool answer_closing(const struct dns *dns, dns_fn *fn, void *arg)
{
	if (dns->closing)
		fn(arg, &(struct dns_answer){ .problem = lookup_text(LOOKUP_STOPPED) });
	return dns->closing;
}

void dns_forward(struct dns *dns, const char *name, dns_fn *fn, void *arg)
{
	struct question *question;
	char *ip = address_canonical_ip(name);

	if (ip != NULL) {
		fn(arg, &(struct dns_answer){ .name = ip, .ips = &ip, .ip_count = 1 });
		free(ip);
		return;
	}
	if (answer_fixed(dns, name, fn, arg) || answer_closing(dns, fn, arg))
		return;
	question = question_new(dns, DNS_FORWARD, fn, arg);
	for (size_t i = 0; strchr(name, '.') == NULL && i < dns->search_count; i++)
		add_lookup(question, mem_printf("%s.%s", name, dns->search[i]));
	add_lookup(question, mem_strdup(name));
	start_queued(dns);
}

void dns_reverse(struct dns *dns, const char *ip, dns_fn *fn, void *arg)
{
	struct question *question;
	const struct fixed *fixed = fixed_by_ip(&dns->fixed, ip);

	if (fixed != NULL) {
		fn(arg, &(struct dns_answer){ .name = fixed->host });
		return;
	}
	if (answer_closing(dns, fn, arg))
		return;
	question = question_new(dns, DNS_REVERSE, fn, arg);
	add_lookup(question, mem_strdup(ip));
	start_queued(dns);
}

void dns_services(struct dns *dns, const char *name, dns_fn *fn, void *arg)
{
	struct question *question;

	if (answer_closing(dns, fn, arg))
		return;
	question = question_new(dns, DNS_SERVICE, fn, arg);
	add_lookup(question, mem_strdup(name));
	start_queued(dns);
}

/* --- the channel ------------------------------------------------------------------------------ */

static void on_ready(void *arg, int fd, unsigned events)
{
	const struct dns *dns = arg;

	ares_process_fd(dns->channel, events & LOOP_READ ? fd : ARES_SOCKET_BAD,
	                events & LOOP_WRITE ? fd : ARES_SOCKET_BAD);
}

static void on_socket(void *arg, ares_socket_t fd, int readable, int writable)
{
	struct dns *dns = arg;

	loop_watch(dns->loop, fd, (readable ? LOOP_READ : 0u) | (writable ? LOOP_WRITE : 0u),
	           on_ready, dns);
}

struct dns *dns_new(struct loop *loop, const struct dns_how *how, struct fault *fault)
{
	struct dns *dns = mem_zalloc(sizeof *dns);

	dns->loop = loop;
	dns->timeout_ms = how->timeout_ms;
	dns->ipv4 = how->ipv4 || !how->ipv6;
	dns->ipv6 = how->ipv6 || !how->ipv4;
	ares_library_init(ARES_LIB_INIT_ALL);
	if (dns_channel_open(&dns->channel, how, on_socket, dns, fault) != 0) {
		dns_free(dns);
		return NULL;
	}
	dns->search_count =
		dns_search_domains(how->search, DNS_RESOLV_CONF, dns->search, SEARCH_MOST);
	return dns;
}

void dns_free(struct dns *dns)
{
	if (dns == NULL)
		return;
	dns->closing = true;
	while (dns->queue != NULL) {
		struct question *question = dns->queue;

		dns->queue = question->next;
		say_problem(question, lookup_text(LOOKUP_STOPPED));
		question_free(question);
	}
	if (dns->channel != NULL)
		ares_destroy(dns->channel); /* ends what is open */
	for (size_t i = 0; i < dns->search_count; i++)
		free(dns->search[i]);
	fixed_clear(&dns->fixed);
	free(dns);
	ares_library_cleanup();
}

void dns_fix(struct dns *dns, const char *host, char *const *ips, size_t ip_count)
{
	struct fixed *fixed = fixed_add(&dns->fixed, host);
	unsigned char raw[16];

	for (size_t i = 0; i < ip_count; i++) {
		int family = strchr(ips[i], ':') != NULL ? AF_INET6 : AF_INET;

		if ((family == AF_INET6 ? dns->ipv6 : dns->ipv4) &&
		    inet_pton(family, ips[i], raw) == 1)
			iplist_add(&fixed->ips, family, raw);
	}
}

const char *dns_search(const struct dns *dns, size_t index)
{
	return index < dns->search_count ? dns->search[index] : NULL;
}

bool dns_busy(const struct dns *dns)
{
	return dns->open != NULL || dns->queue != NULL;
}

int64_t dns_wait_ms(struct dns *dns, int64_t most_ms)
{
	struct timeval most = { .tv_sec = (time_t)(most_ms / MS_PER_S),
		                .tv_usec = (suseconds_t)(most_ms % MS_PER_S * US_PER_MS) },
		       left;
	const struct timeval *wait = ares_timeout(dns->channel, &most, &left);

	/* rounded up: none too soon */
	return wait == NULL ? most_ms
	                    : (int64_t)wait->tv_sec * MS_PER_S +
	                              (wait->tv_usec + US_PER_MS - 1) / US_PER_MS;
}

/* c-ares bounds each try, we bound the question: several dead servers, one after the other, are not
 * waited for. */
void dns_tick(struct dns *dns)
{
	int64_t too_old_ms = clock_mono_ms() - 2 * (int64_t)dns->timeout_ms;

	ares_process_fd(dns->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	for (struct question *question = dns->open; question != NULL; question = question->next)
		if (question->asked_ms <= too_old_ms)
			say_problem(question, lookup_text(LOOKUP_TIMEOUT));
	start_queued(dns);
}
