/* SPDX-License-Identifier: MIT */
/* zone: a DNS server for tests, a process of its own on loopback; it answers from the table in
 * zone.c as RFC 1035 and RFC 2782 write it. */
#ifndef MRA_TEST_ZONE_H
#define MRA_TEST_ZONE_H

extern char zone_server[40]; /* "127.0.0.1:PORT" */

int zone_start(void **state); /* group setup and teardown of cmocka */
int zone_stop(void **state);

enum { ZONE_SILENT_MOST = 1000 };
/* How many of the names "0.silent.example.com" to "999.silent.example.com", which are never answered, were asked for. */
unsigned zone_silent_asked(void);

#endif
