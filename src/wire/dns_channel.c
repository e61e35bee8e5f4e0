/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "model/address.h"
#include "model/lookup.h"
#include "wire/dns_channel.h"

#include <stdlib.h>
#include <string.h>

enum { TRIES = 2, ADAPTIVE_SINCE = 0x012000, ADAPTED_MS = 250 };

const char *dns_channel_problem(int status)
{
	switch (status) {
	case ARES_ENOTFOUND:
		return lookup_text(LOOKUP_NXDOMAIN);
	case ARES_ENODATA:
		return lookup_text(LOOKUP_NO_RECORD);
	case ARES_ESERVFAIL:
		return lookup_text(LOOKUP_SERVFAIL);
	case ARES_EREFUSED:
		return lookup_text(LOOKUP_REFUSED);
	case ARES_ETIMEOUT:
		return lookup_text(LOOKUP_TIMEOUT);
	case ARES_ECONNREFUSED:
		return lookup_text(LOOKUP_NO_SERVER);
	case ARES_EDESTRUCTION:
	case ARES_ECANCELLED:
		return lookup_text(LOOKUP_STOPPED);
	case ARES_EFORMERR:
	case ARES_EBADRESP:
		return lookup_text(LOOKUP_MALFORMED);
	case ARES_EBADNAME:
		return lookup_text(LOOKUP_BAD_NAME);
	default:
		return lookup_text(LOOKUP_FAILURE);
	}
}

static int set_server(ares_channel channel, const char *server, struct fault *fault)
{
	char *ip = address_canonical_ip(server), *csv;
	int rc;

	csv = ip != NULL && strchr(ip, ':') != NULL ? mem_printf("[%s]:53", ip)
	                                            : mem_strdup(server);
	rc = ares_set_servers_ports_csv(channel, csv);
	free(ip);
	free(csv);
	return rc == ARES_SUCCESS
	               ? 0
	               : fault_set(fault, FAULT_USAGE, "%.100s is not a DNS server's address: %s",
	                           server, ares_strerror(rc));
}

/* With one server a SERVFAIL is the answer; with several the next one is asked, which c-ares does
 * unless told not to. */
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

/* How long each try waits. Up to c-ares 1.31 for as long as it is told, and the second twice as
 * long. Since 1.32 past answers of the server say how long the first may take, ADAPTED_MS at the
 * least (ares_metrics.c), and nothing turns that off; each further one takes up to twice as long as
 * the one before. Two of these would give up a name within a second that a quick server has to ask
 * somebody slow for: so there are as many as fill the question's time. */
struct dns_tries dns_channel_tries(int version, unsigned timeout_ms)
{
	struct dns_tries tries = { timeout_ms / 3 > 0 ? (int)(timeout_ms / 3) : 1, TRIES };

	if (version < ADAPTIVE_SINCE)
		return tries;
	tries.first_ms = tries.first_ms < ADAPTED_MS ? tries.first_ms : ADAPTED_MS;
	for (unsigned long all_ms = 3 * ADAPTED_MS; all_ms < timeout_ms;
	     all_ms = 2 * all_ms + ADAPTED_MS)
		tries.count++;
	return tries;
}

static struct dns_tries tries_here(unsigned timeout_ms)
{
	int version = 0;

	ares_version(&version);
	return dns_channel_tries(version, timeout_ms);
}

static int open_channel(ares_channel *channel, int flags, const struct dns_how *how,
                        ares_sock_state_cb on_socket, void *arg, struct fault *fault)
{
	struct dns_tries tries = tries_here(how->timeout_ms);
	struct ares_options options = {
		.flags = flags,
		.timeout = tries.first_ms,
		.tries = tries.count,
		.sock_state_cb = on_socket,
		.sock_state_cb_data = arg,
		.socket_receive_buffer_size = 1 << 20,
	};
	int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB |
	           ARES_OPT_SOCK_RCVBUF,
	    rc;

#ifdef ARES_OPT_MAXTIMEOUTMS
	options.maxtimeout = (int)how->timeout_ms; /* no try longer than the question */
	mask |= ARES_OPT_MAXTIMEOUTMS;
#endif
#ifdef ARES_OPT_UDP_MAX_QUERIES
	/* Since 1.31 one malformed datagram ends the socket that it came to, and every other
	 * question asked through it. */
	options.udp_max_queries = 1;
	mask |= ARES_OPT_UDP_MAX_QUERIES;
#endif
	rc = ares_init_options(channel, &options, mask);

	if (rc != ARES_SUCCESS) {
		*channel = NULL;
		return fault_set(fault, FAULT_LIBRARY, "c-ares cannot be set up: %s",
		                 ares_strerror(rc));
	}
	return how->server == NULL ? 0 : set_server(*channel, how->server, fault);
}

int dns_channel_open(ares_channel *channel, const struct dns_how *how, ares_sock_state_cb on_socket,
                     void *arg, struct fault *fault)
{
	int flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES,
	    rc = open_channel(channel, flags, how, on_socket, arg, fault);

	if (rc != 0 || !has_one_server(*channel))
		return rc;
	ares_destroy(*channel);
	return open_channel(channel, flags | ARES_FLAG_NOCHECKRESP, how, on_socket, arg, fault);
}
