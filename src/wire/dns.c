/* SPDX-License-Identifier: MIT */
/* A question has one to several lookups: a short name is looked for in every search domain at once, and the first of
 * them that knows it wins, as if asked one after the other. So many lookups are under way at a time, the others queue:
 * answers to thousands of questions at once would overflow the socket's buffer. */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "model/address.h"
#include "wire/dns.h"

#include <ares.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LOOKUPS_AT_ONCE = 96, SEARCH_MOST = 6, CANDIDATES_MOST = SEARCH_MOST + 1, TRIES = 2, IPS_MOST = 1000 };

struct lookup {
	struct question *question; /* borrowed */
	char *name;                /* owned; as it was found */
	char **ips;                /* owned texts, owned array */
	size_t ip_count;
	int status;                /* of c-ares */
	bool over;
};

struct question {
	struct dns *dns;   /* borrowed */
	char *text;        /* owned; the name or the IP */
	bool reverse;
	dns_fn *fn;        /* NULL once answered */
	void *arg;
	int64_t asked_ms;
	struct lookup lookups[CANDIDATES_MOST];
	size_t lookup_count, over_count;
	struct question *next, *previous;
};

struct fixed {
	char *host;        /* owned */
	char **ips;        /* owned */
	size_t ip_count;
};

struct dns {
	struct loop *loop; /* borrowed */
	ares_channel channel;
	unsigned timeout_ms;
	bool ipv4, ipv6, closing;
	char *search[SEARCH_MOST]; /* owned */
	size_t search_count;
	struct fixed *fixed;       /* owned */
	size_t fixed_count;
	struct question *open;     /* asked, not yet freed */
	struct question *queue, *queue_end;
	size_t lookups_open;
};

/* --- answers ------------------------------------------------------------------------------------------------------------ */

static const char *problem_of(int status)
{
	switch (status) {
	case ARES_ENOTFOUND:
		return "NXDOMAIN";
	case ARES_ENODATA:
		return "no such record";
	case ARES_ESERVFAIL:
		return "SERVFAIL";
	case ARES_EREFUSED:
		return "refused by the DNS server";
	case ARES_ETIMEOUT:
		return "timeout";
	case ARES_ECONNREFUSED:
		return "no DNS server answers";
	case ARES_EDESTRUCTION:
	case ARES_ECANCELLED:
		return "stopped";
	case ARES_EFORMERR:
	case ARES_EBADRESP:
		return "malformed DNS answer";
	case ARES_EBADNAME:
		return "no DNS name";
	default:
		return "DNS failure";
	}
}

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

/* What a failed question is told: a server that failed says more than a domain that does not know the name. */
static int worst_status(const struct question *question)
{
	for (size_t i = 0; i < question->lookup_count; i++)
		if (question->lookups[i].status != ARES_ENOTFOUND && question->lookups[i].status != ARES_ENODATA)
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
		if (lookup->name != NULL) {
			say(question, &(struct dns_answer){ lookup->name, lookup->ips, lookup->ip_count, NULL });
			return;
		}
	}
	say_problem(question, problem_of(worst_status(question)));
}

static void question_free(struct question *question)
{
	for (size_t i = 0; i < question->lookup_count; i++) {
		struct lookup *lookup = &question->lookups[i];

		for (size_t j = 0; j < lookup->ip_count; j++)
			free(lookup->ips[j]);
		free(lookup->ips);
		free(lookup->name);
	}
	free(question->text);
	free(question);
}

static void end_lookup(struct lookup *lookup, int status)
{
	struct question *question = lookup->question;
	struct dns *dns = question->dns;

	lookup->status = status;
	lookup->over = true;
	dns->lookups_open--;
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

/* IPv4 before IPv6, each by value: DNS servers shuffle, reports should not. */
static int compare_ips(const void *a, const void *b)
{
	const char *one = *(char *const *)a, *other = *(char *const *)b;
	unsigned char raw[2][16] = { { 0 }, { 0 } };
	bool v6 = strchr(one, ':') != NULL, other_v6 = strchr(other, ':') != NULL;

	if (v6 != other_v6)
		return v6 ? 1 : -1;
	inet_pton(v6 ? AF_INET6 : AF_INET, one, raw[0]);
	inet_pton(v6 ? AF_INET6 : AF_INET, other, raw[1]);
	return memcmp(raw[0], raw[1], sizeof raw[0]);
}

static void add_ip(struct lookup *lookup, int family, const void *raw)
{
	char text[INET6_ADDRSTRLEN];

	if (lookup->ip_count == IPS_MOST || inet_ntop(family, raw, text, sizeof text) == NULL)
		return;
	lookup->ips = mem_grow(lookup->ips, lookup->ip_count, sizeof *lookup->ips);
	lookup->ips[lookup->ip_count++] = mem_strdup(text);
}

static void sort_ips(struct lookup *lookup)
{
	size_t kept = 0;

	if (lookup->ip_count > 1)
		qsort(lookup->ips, lookup->ip_count, sizeof *lookup->ips, compare_ips);
	for (size_t i = 0; i < lookup->ip_count; i++) {
		if (kept > 0 && strcmp(lookup->ips[kept - 1], lookup->ips[i]) == 0)
			free(lookup->ips[i]);
		else
			lookup->ips[kept++] = lookup->ips[i];
	}
	lookup->ip_count = kept;
}

/* A short name found in /etc/hosts stands behind its full name there. */
static void take_full_name(struct lookup *lookup, const char *found)
{
	if (found == NULL || strchr(lookup->question->text, '.') != NULL || strchr(found, '.') == NULL || !address_text_ok(found))
		return;
	free(lookup->name);
	lookup->name = mem_strdup(found);
}

static void on_forward(void *arg, int status, int timeouts, struct ares_addrinfo *info)
{
	struct lookup *lookup = arg;
	char *tried = lookup->name;

	(void)timeouts;
	lookup->name = NULL;
	for (const struct ares_addrinfo_node *node = info == NULL ? NULL : info->nodes; node != NULL; node = node->ai_next) {
		if (node->ai_family == AF_INET)
			add_ip(lookup, AF_INET, &((const struct sockaddr_in *)(const void *)node->ai_addr)->sin_addr);
		else if (node->ai_family == AF_INET6)
			add_ip(lookup, AF_INET6, &((const struct sockaddr_in6 *)(const void *)node->ai_addr)->sin6_addr);
	}
	sort_ips(lookup);
	if (status == ARES_SUCCESS && lookup->ip_count > 0) {
		lookup->name = tried;
		tried = NULL;
		if (strchr(lookup->name, '.') == NULL)
			take_full_name(lookup, info->name);
	}
	free(tried);
	if (info != NULL)
		ares_freeaddrinfo(info);
	end_lookup(lookup, status == ARES_SUCCESS && lookup->ip_count == 0 ? ARES_ENODATA : status);
}

static void on_reverse(void *arg, int status, int timeouts, struct hostent *host)
{
	struct lookup *lookup = arg;

	(void)timeouts;
	free(lookup->name);
	lookup->name = NULL;
	if (status == ARES_SUCCESS && host != NULL && host->h_name != NULL && address_text_ok(host->h_name))
		lookup->name = mem_strdup(host->h_name);
	end_lookup(lookup, status == ARES_SUCCESS && lookup->name == NULL ? ARES_EBADNAME : status);
}

/* --- questions ------------------------------------------------------------------------------------------------------------ */

static void start_forward(struct dns *dns, struct lookup *lookup)
{
	struct ares_addrinfo_hints hints = {
		.ai_flags = ARES_AI_NOSORT | ARES_AI_CANONNAME,
		.ai_family = dns->ipv4 && dns->ipv6 ? AF_UNSPEC : dns->ipv6 ? AF_INET6 : AF_INET,
		.ai_socktype = SOCK_STREAM,
	};

	ares_getaddrinfo(dns->channel, lookup->name, NULL, &hints, on_forward, lookup);
}

static void start_reverse(struct dns *dns, struct lookup *lookup)
{
	unsigned char raw[16];
	bool v6 = strchr(lookup->name, ':') != NULL;

	inet_pton(v6 ? AF_INET6 : AF_INET, lookup->name, raw);
	ares_gethostbyaddr(dns->channel, raw, v6 ? 16 : 4, v6 ? AF_INET6 : AF_INET, on_reverse, lookup);
}

/* c-ares may answer at once: the question is gone when its last lookup is over. */
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
	for (size_t i = 0; i < count; i++) {
		if (question->reverse)
			start_reverse(dns, &question->lookups[i]);
		else
			start_forward(dns, &question->lookups[i]);
	}
}

static void start_queued(struct dns *dns)
{
	while (dns->queue != NULL && dns->lookups_open < LOOKUPS_AT_ONCE) {
		struct question *question = dns->queue;

		dns->queue = question->next;
		if (dns->queue == NULL)
			dns->queue_end = NULL;
		start(dns, question);
	}
}

static void add_lookup(struct question *question, char *name)
{
	question->lookups[question->lookup_count++] = (struct lookup){ .question = question, .name = name };
}

static struct question *question_new(struct dns *dns, const char *text, dns_fn *fn, void *arg)
{
	struct question *question = mem_zalloc(sizeof *question);

	question->dns = dns;
	question->text = mem_strdup(text);
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
	for (size_t i = 0; i < dns->fixed_count; i++) {
		const struct fixed *fixed = &dns->fixed[i];

		if (strcasecmp(fixed->host, name) != 0)
			continue;
		fn(arg, &(struct dns_answer){ fixed->host, fixed->ips, fixed->ip_count,
		                              fixed->ip_count == 0 ? "no address of the wanted family" : NULL });
		return true;
	}
	return false;
}

/* Who is told "stopped" may ask on. */
static bool answer_closing(const struct dns *dns, dns_fn *fn, void *arg)
{
	if (dns->closing)
		fn(arg, &(struct dns_answer){ .problem = "stopped" });
	return dns->closing;
}

void dns_forward(struct dns *dns, const char *name, dns_fn *fn, void *arg)
{
	struct question *question;
	char *ip = address_canonical_ip(name);

	if (ip != NULL) {
		fn(arg, &(struct dns_answer){ ip, &ip, 1, NULL });
		free(ip);
		return;
	}
	if (answer_fixed(dns, name, fn, arg) || answer_closing(dns, fn, arg))
		return;
	question = question_new(dns, name, fn, arg);
	for (size_t i = 0; strchr(name, '.') == NULL && i < dns->search_count; i++)
		add_lookup(question, mem_printf("%s.%s", name, dns->search[i]));
	add_lookup(question, mem_strdup(name));
	start_queued(dns);
}

void dns_reverse(struct dns *dns, const char *ip, dns_fn *fn, void *arg)
{
	struct question *question;

	for (size_t i = 0; i < dns->fixed_count; i++) {
		for (size_t j = 0; j < dns->fixed[i].ip_count; j++) {
			if (strcmp(dns->fixed[i].ips[j], ip) == 0) {
				fn(arg, &(struct dns_answer){ .name = dns->fixed[i].host });
				return;
			}
		}
	}
	if (answer_closing(dns, fn, arg))
		return;
	question = question_new(dns, ip, fn, arg);
	question->reverse = true;
	add_lookup(question, mem_strdup(ip));
	start_queued(dns);
}

/* --- the channel ------------------------------------------------------------------------------------------------------------ */

static void on_ready(void *arg, int fd, unsigned events)
{
	const struct dns *dns = arg;

	ares_process_fd(dns->channel, events & LOOP_READ ? fd : ARES_SOCKET_BAD, events & LOOP_WRITE ? fd : ARES_SOCKET_BAD);
}

static void on_socket(void *arg, ares_socket_t fd, int readable, int writable)
{
	struct dns *dns = arg;

	loop_watch(dns->loop, fd, (readable ? LOOP_READ : 0u) | (writable ? LOOP_WRITE : 0u), on_ready, dns);
}

static int set_server(struct dns *dns, const char *server, struct fault *fault)
{
	char *ip = address_canonical_ip(server), *csv;
	int rc;

	csv = ip != NULL && strchr(ip, ':') != NULL ? mem_printf("[%s]:53", ip) : mem_strdup(server);
	rc = ares_set_servers_ports_csv(dns->channel, csv);
	free(ip);
	free(csv);
	return rc == ARES_SUCCESS ? 0 : fault_set(fault, FAULT_USAGE, "%.100s is no DNS server's address: %s", server, ares_strerror(rc));
}

static void take_search(struct dns *dns, const char *const *wanted)
{
	struct ares_options options = { 0 };
	int mask = 0;

	for (; wanted != NULL && *wanted != NULL && dns->search_count < SEARCH_MOST; wanted++)
		dns->search[dns->search_count++] = mem_strdup(*wanted);
	if (wanted != NULL || ares_save_options(dns->channel, &options, &mask) != ARES_SUCCESS)
		return;
	for (int i = 0; i < options.ndomains && dns->search_count < SEARCH_MOST; i++)
		if (address_text_ok(options.domains[i]))
			dns->search[dns->search_count++] = mem_strdup(options.domains[i]);
	ares_destroy_options(&options);
}

/* With one server a SERVFAIL is the answer; with several the next one is asked, which c-ares does unless told not to. */
static bool has_one_server(ares_channel channel)
{
	struct ares_addr_port_node *servers = NULL;
	bool one;

	if (ares_get_servers_ports(channel, &servers) != ARES_SUCCESS)
		return false;
	one = servers != NULL && servers->next == NULL;
	ares_free_data(servers);
	return one;
}

static int open_channel(struct dns *dns, int flags, const struct dns_how *how, struct fault *fault)
{
	struct ares_options options = {
		.flags = flags,
		.timeout = (int)(how->timeout_ms / 3 > 0 ? how->timeout_ms / 3 : 1), /* doubled for the second try */
		.tries = TRIES,
		.sock_state_cb = on_socket,
		.sock_state_cb_data = dns,
		.socket_receive_buffer_size = 1 << 20,
	};
	int rc = ares_init_options(&dns->channel, &options, ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
	                           ARES_OPT_SOCK_STATE_CB | ARES_OPT_SOCK_RCVBUF);

	if (rc != ARES_SUCCESS) {
		dns->channel = NULL;
		return fault_set(fault, FAULT_LIBRARY, "c-ares cannot be set up: %s", ares_strerror(rc));
	}
	return how->server == NULL ? 0 : set_server(dns, how->server, fault);
}

static int open_fitting_channel(struct dns *dns, const struct dns_how *how, struct fault *fault)
{
	int flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES;

	if (open_channel(dns, flags, how, fault) != 0)
		return -1;
	if (!has_one_server(dns->channel))
		return 0;
	ares_destroy(dns->channel);
	return open_channel(dns, flags | ARES_FLAG_NOCHECKRESP, how, fault);
}

struct dns *dns_new(struct loop *loop, const struct dns_how *how, struct fault *fault)
{
	struct dns *dns = mem_zalloc(sizeof *dns);

	dns->loop = loop;
	dns->timeout_ms = how->timeout_ms;
	dns->ipv4 = how->ipv4 || !how->ipv6;
	dns->ipv6 = how->ipv6 || !how->ipv4;
	ares_library_init(ARES_LIB_INIT_ALL);
	if (open_fitting_channel(dns, how, fault) != 0) {
		dns_free(dns);
		return NULL;
	}
	take_search(dns, how->search);
	return dns;
}

static void free_fixed(struct fixed *fixed)
{
	for (size_t i = 0; i < fixed->ip_count; i++)
		free(fixed->ips[i]);
	free(fixed->ips);
	free(fixed->host);
}

void dns_free(struct dns *dns)
{
	if (dns == NULL)
		return;
	dns->closing = true;
	while (dns->queue != NULL) {
		struct question *question = dns->queue;

		dns->queue = question->next;
		say_problem(question, "stopped");
		question_free(question);
	}
	if (dns->channel != NULL)
		ares_destroy(dns->channel); /* ends what is open */
	for (size_t i = 0; i < dns->search_count; i++)
		free(dns->search[i]);
	for (size_t i = 0; i < dns->fixed_count; i++)
		free_fixed(&dns->fixed[i]);
	free(dns->fixed);
	free(dns);
	ares_library_cleanup();
}

void dns_fix(struct dns *dns, const char *host, char *const *ips, size_t ip_count)
{
	struct fixed *fixed;

	dns->fixed = mem_grow(dns->fixed, dns->fixed_count, sizeof *dns->fixed);
	fixed = &dns->fixed[dns->fixed_count++];
	*fixed = (struct fixed){ .host = mem_strdup(host), .ips = mem_array(ip_count + 1, sizeof *fixed->ips) };
	for (size_t i = 0; i < ip_count; i++)
		if (strchr(ips[i], ':') != NULL ? dns->ipv6 : dns->ipv4)
			fixed->ips[fixed->ip_count++] = mem_strdup(ips[i]);
}

bool dns_busy(const struct dns *dns)
{
	return dns->open != NULL || dns->queue != NULL;
}

int64_t dns_wait_ms(struct dns *dns, int64_t most_ms)
{
	struct timeval most = { .tv_sec = (time_t)(most_ms / 1000), .tv_usec = (suseconds_t)(most_ms % 1000 * 1000) }, left;
	const struct timeval *wait = ares_timeout(dns->channel, &most, &left);

	return wait == NULL ? most_ms : (int64_t)wait->tv_sec * 1000 + (wait->tv_usec + 999) / 1000;
}

/* c-ares bounds each try, we bound the question: several dead servers, one after the other, are not waited for. */
void dns_tick(struct dns *dns)
{
	int64_t too_old_ms = clock_mono_ms() - 2 * (int64_t)dns->timeout_ms;

	ares_process_fd(dns->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	for (struct question *question = dns->open; question != NULL; question = question->next)
		if (question->asked_ms <= too_old_ms)
			say_problem(question, "timeout");
	start_queued(dns);
}
