/* SPDX-License-Identifier: MIT */
/* service: what answers on a port of a server, the names of its certificates, and who would miss
 * it. Knows no certificate and no verdict. */
#ifndef MRA_MODEL_SERVICE_H
#define MRA_MODEL_SERVICE_H

#include "model/node.h"

#include <stdint.h>

enum service {
#define SERVICE(name, port, roles, rsa, ecdsa, use, loses, restart) SERVICE_##name,
#include "model/service.def"
#undef SERVICE
	SERVICE_COUNT
};

enum service service_of(enum node_role role, uint16_t port);
uint16_t service_port(enum service service);             /* 0: any port */
/* "tomcat" "tomcat-ECDSA" "CallManager" ... */
const char *service_certificate(enum service service, bool ecdsa);
/* a sentence: what MRA users lose when it is refused */
const char *service_loses(enum service service);
/* "Cisco Tomcat": what to restart after a new certificate */
const char *service_restart(enum service service);
/* does Expressway's traffic server ask it, so that refusals count? */
bool service_is_traffic(enum service service);
bool service_is_needed(enum service service);  /* would anybody miss it? */

/* The ports of that kind of server that are probed unless the user names others: fills ports,
 * returns how many. */
enum { SERVICE_PORTS_MOST = 4 };
size_t service_ports(enum node_role role, uint16_t ports[SERVICE_PORTS_MOST]);

#endif
