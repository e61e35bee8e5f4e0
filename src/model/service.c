/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/service.h"

enum { TRAFFIC = 1, NEEDED = 2, DEFAULT = 4 };
enum { ANY = -1 };
#define IN(role) (1 << ROLE_##role)

static const struct row {
	uint16_t port;
	int roles, use;
	const char *rsa, *ecdsa, *loses, *restart;
} rows[SERVICE_COUNT] = {
#define SERVICE(name, port, roles, rsa, ecdsa, use, loses, restart) \
	[SERVICE_##name] = { port, roles, use, rsa, ecdsa, loses, restart },
#include "model/service.def"
#undef SERVICE
};

enum service service_of(enum node_role role, uint16_t port)
{
	size_t i = 0;

	while (i < SERVICE_OTHER &&
	       ((rows[i].port != 0 && rows[i].port != port) || (rows[i].roles & (1 << role)) == 0))
		i++;
	return (enum service)i;
}

uint16_t service_port(enum service service)
{
	return rows[service].port;
}

const char *service_certificate(enum service service, bool ecdsa)
{
	return ecdsa ? rows[service].ecdsa : rows[service].rsa;
}

const char *service_loses(enum service service)
{
	return rows[service].loses;
}

const char *service_restart(enum service service)
{
	return rows[service].restart;
}

bool service_is_traffic(enum service service)
{
	return (rows[service].use & TRAFFIC) != 0;
}

bool service_is_needed(enum service service)
{
	return (rows[service].use & NEEDED) != 0;
}

size_t service_ports(enum node_role role, uint16_t ports[SERVICE_PORTS_MOST])
{
	size_t count = 0;

	for (size_t i = 0; i < SERVICE_COUNT && count < SERVICE_PORTS_MOST; i++)
		if ((rows[i].use & DEFAULT) != 0 && (rows[i].roles & (1 << role)) != 0)
			ports[count++] = rows[i].port;
	return count;
}
