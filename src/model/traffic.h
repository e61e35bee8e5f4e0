/* SPDX-License-Identifier: MIT */
/* traffic: what the diagnostic log of an Expressway-C says that its traffic server did with each
 * address. Knows no line's syntax and no file. */
#ifndef MRA_MODEL_TRAFFIC_H
#define MRA_MODEL_TRAFFIC_H

#include "base/table.h"
#include "model/verdict.h"

enum traffic_outcome {
	TRAFFIC_UNKNOWN,
	TRAFFIC_ACCEPTED,
	TRAFFIC_REFUSED,
	TRAFFIC_BY_PEER,
	TRAFFIC_CONNECT_FAILED
};

struct traffic_store { /* what a report says of a place with one of its trust stores */
	char *name, *log; /* owned */
	bool accepted, agrees;
};

enum { TRAFFIC_PEER = 64 };

struct traffic_result { /* the last that one peer of the Expressway-C cluster met */
	enum traffic_outcome outcome;
	int64_t time_ms;   /* since 1970; 0: no time was logged */
	char *log, *error; /* owned; of a failure; "" if none */
	/* owned; what the client got ("502 connect failed"); "" if nothing is known */
	char *phrase;
	int reason; /* enum reason, -1: none or not known */
	int depth;  /* of the certificate, -1 */
	int alert;  /* that the other side sent; -1 */
	/* how long after an accepted request a kept connection may have carried the next one */
	int64_t kept_until_ms;
	int64_t since_ms; /* of an acceptance: the first behind what was none; 0: not known */
	unsigned long pid; /* of a failure; 0: not known */
	char peer[TRAFFIC_PEER]; /* its name, letters, digits and -._ only; "": not known */
};

struct traffic_place {
	char *address;  /* owned; what clients were told; made of letters, digits and -._: only */
	char *ip;       /* owned; "" where the log does not say */
	uint16_t port;  /* 0: the log does not say */
	int role;       /* enum node_role, as a path or the port shows; -1: not known */
	bool told;      /* a client was told it, not only the traffic server's own lines name it */
	size_t requests, accepted, refused, refused_by_peer;
	/* of the peers of a cluster, the one for which it went worst, and of those the newest */
	struct traffic_result last;
	struct traffic_result *others; /* owned; the last of each other peer that is in the log */
	size_t other_count;
	/* against a report */
	bool predicted, predicted_accepted, agrees, agrees_known, in_report;
	size_t observation; /* index, where predicted */
	char *predicted_log; /* owned; NULL: none */
	int predicted_reason;
	/* owned; a sentence: why they may differ; NULL: they do not, or nothing is known */
	char *differs;
	struct traffic_store *stores; /* owned; where the report has several */
	size_t store_count;
};

/* Whether one peer of the cluster verifies: VerifyOriginServer is a setting of each. */
struct traffic_peer {
	char name[TRAFFIC_PEER];        /* "": of lines that do not name theirs */
	enum verification verification; /* as its last line of a failed verification shows */
	int64_t proved_ms;              /* of the last refusal of a certificate; 0: not known */
};

enum {
	CALIBRATION_VERIFICATION,
	CALIBRATION_SERVER,
	CALIBRATION_ERA,
	CALIBRATION_IP_SAN,
	CALIBRATION_ORDER,
	CALIBRATION_COUNT
};

struct traffic {
	uint64_t lines;   /* of the traffic server, each counted once */
	int64_t from_ms, to_ms; /* 0: no time was logged */
	/* permissive if one peer is, enforced if one is and no other is permissive */
	enum verification verification;
	struct traffic_peer *peers; /* owned; that accepted or refused something */
	size_t peer_count;
	int generation;   /* enum traffic_server, -1: not seen */
	int era;          /* enum era, -1: not seen */
	struct traffic_place *servers; /* owned */
	size_t server_count;
	struct table index;
	uint64_t left_out; /* results of addresses beyond the most that are kept */
	bool compared;     /* a report was given */
	const char *ip_san, *order; /* static; what the log and a report show together */
	bool order_apart;  /* some results fit one order alone, others the other one */
	/* owned; the one of the report's trust stores that the log fits best; NULL: one, or none
	 * alone, or none fits it */
	char *store;
	char *evidence[CALIBRATION_COUNT]; /* owned; the line, NULL: none */
};

enum { TRAFFIC_SERVERS_MOST = 20000, TRAFFIC_PEERS_MOST = 64 };

/* The entry of an address, IP and port, made if there is none; NULL: too many. Copies. */
struct traffic_place *traffic_at(struct traffic *traffic, const char *address, const char *ip,
                                 uint16_t port);
/* The entry of a peer, made if there is none; NULL: too many. Good until the next call. */
struct traffic_peer *traffic_peer_at(struct traffic *traffic, const char *name);
/* Does the peer verify? Lines that do not name theirs speak for any, and any for them. */
enum verification traffic_verification(const struct traffic *traffic, const char *peer);
/* When the peer, or one that is not named, last refused a certificate; 0: not known. */
int64_t traffic_proved_ms(const struct traffic *traffic, const char *peer);
/* A result of a peer ("": not known) with nothing in it yet. */
struct traffic_result traffic_result_none(const char *peer);
/* the last one holds */
void traffic_evidence(struct traffic *traffic, int which, const char *line);
const char *traffic_outcome_name(enum traffic_outcome outcome); /* "refused-by-peer" */
/* 0 each result is an acceptance, 1 one is not, 3 there is none */
int traffic_exit(const struct traffic *traffic);
/* by address, port, IP; pointers and the index are void after it */
void traffic_sort(struct traffic *traffic);
void traffic_place_clear(struct traffic_place *server); /* what it owns, not itself */
void traffic_clear(struct traffic *traffic);

#endif
