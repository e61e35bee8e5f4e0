/* SPDX-License-Identifier: MIT */
/* address: a connection address, that is the text under which Expressway reaches a node, and the
 * IPs behind it. Knows no sockets: an IP is its text here, in the canonical form of
 * inet_ntop(3). */
#ifndef MRA_MODEL_ADDRESS_H
#define MRA_MODEL_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

enum address_kind { ADDRESS_FQDN, ADDRESS_HOSTNAME, ADDRESS_IPV4, ADDRESS_IPV6 };

/* May it be connected to? Only used until the probe has planned: an observation's outcome says it
 * from then on. */
enum address_use {
	ADDRESS_USED,
	ADDRESS_UNUSABLE, /* no host name and no IP: unresolved says what is wrong with it */
	ADDRESS_FOREIGN   /* named by the network and outside the cluster: unresolved says so */
};

struct address {
	/* owned; the name as UDS or the user wrote it, or the canonical literal of an IP */
	char *text;
	enum address_kind kind;
	enum address_use use;
	bool advertised; /* UDS or --node names it: what MRA clients are sent to */
	char **ips;      /* owned texts, owned array; for an IP address the IP itself */
	size_t ip_count;
	size_t ips_left_out; /* DNS gave more than we connect to */
	char *unresolved; /* owned; why there are no IPs ("NXDOMAIN", "timeout"), NULL otherwise */
};

/* What kind a text is; a name with a dot counts as FQDN. */
enum address_kind address_kind_of(const char *text);
const char *address_kind_name(enum address_kind kind); /* "fqdn" "hostname" "ipv4" "ipv6" */
bool address_is_ip(const struct address *address);

/* May this be asked of DNS and sent as SNI? Letters, digits, '-', '_', '.', labels of 1 to 63, 253
 * in all; or an IP. */
bool address_text_ok(const char *text);

/* What is wrong with a text that address_text_ok() refuses, as the end of a sentence: "it holds a
 * space". NULL: nothing. */
const char *address_text_problem(const char *text);

/* The canonical text of an IP literal (to be freed), or NULL if text is none. Zone ids are
 * refused. */
char *address_canonical_ip(const char *text);

/* copies; a repeated one is dropped */
void address_add_ip(struct address *address, const char *ip);
void address_clear(struct address *address);

#endif
