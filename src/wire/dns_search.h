/* SPDX-License-Identifier: MIT */
/* dns_search: in which domains a short name is looked for. Knows no c-ares, whose newer releases do
 * not tell which ones they have read (ares_save_options() in 1.34: those it was given alone). */
#ifndef MRA_WIRE_DNS_SEARCH_H
#define MRA_WIRE_DNS_SEARCH_H

#include <stddef.h>

#define DNS_RESOLV_CONF "/etc/resolv.conf"

/* The wanted ones, up to NULL; where wanted is NULL the system's, in the order of resolv.conf(5):
 * LOCALDOMAIN of the environment, else the last "search" or "domain" in the file, else the domain
 * in the host's own name. What is no name of a domain is left out. At most `most`, 1 or
 * more, are written to search, each to be freed; returns how many. */
size_t dns_search_domains(const char *const *wanted, const char *resolv_conf, char **search,
                          size_t most);

#endif
