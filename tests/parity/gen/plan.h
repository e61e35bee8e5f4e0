/* SPDX-License-Identifier: MIT */
/* plan: one case before it is signed: certificates as their parts, who is sent and who is stored.
 * Knows no verdict. */
#ifndef MRA_PARITY_PLAN_H
#define MRA_PARITY_PLAN_H

#include "keys.h"

enum { EXTS_MOST = 24, CERTS_MOST = 32, LIST_MOST = 64 };
enum critical { NOT_CRITICAL, CRITICAL, CRITICAL_FALSE /* written out, which DER forbids */ };
enum damage {
	DAMAGE_NONE,
	DAMAGE_TBS_BIT,
	DAMAGE_SIGNATURE_BIT,
	DAMAGE_ANY_BIT,
	DAMAGE_CUT,
	DAMAGE_TRAILING,
	DAMAGE_UNUSED_BITS,
	DAMAGE_INDEFINITE
};

struct ext {
	const char *oid;
	enum critical critical;
	struct der value;
};

struct spec {
	int version; /* 0 is v1 (absent), 2 is v3; anything else as it is */
	long long serial;
	struct der issuer, subject;       /* Names */
	struct der issuer_id, subject_id; /* the unique identifiers, mostly empty */
	long long not_before, not_after;  /* seconds since 1970 */
	struct der before, after;         /* a Time to use instead, if not empty */
	unsigned key, signer;             /* numbers in the pool */
	struct der spki;                  /* instead of the key's, if not empty */
	enum digest digest;
	struct der inner, outer; /* AlgorithmIdentifiers instead of the right one, if not empty */
	struct ext exts[EXTS_MOST];
	unsigned ext_count;
	enum damage damage;
	unsigned damage_at;
	struct der out; /* the certificate, by plan_sign */
};

struct plan {
	struct rng rng;
	long long now;
	char name[300];
	struct spec certs[CERTS_MOST]; /* 0 is the leaf, path - 1 the root; behind them those off
	                                  the path */
	unsigned count, path;
	unsigned sent[LIST_MOST], stored[LIST_MOST];
	unsigned sent_count, stored_count;
	bool eras_differ; /* holds something on which 1.1.1 and 3 differ in more than a number
	                     (src/judge/README.md) */
	bool beyond_us;   /* signed with what GnuTLS cannot compute: ours may refuse what the oracle
	                     accepts */
	bool unreadable_sent;  /* a block that is no certificate goes behind the others */
	char tags[512];        /* the mutations' names, for people */
};

/* GeneralizedTime's text for any second of the years 0 to 9999, where time_t has 32 bits as well;
 * returns the year. */
enum { MOMENT_SIZE = 40 };
int plan_moment(long long at, char text[MOMENT_SIZE]);

/* A sound chain of one to four certificates. */
void plan_base(struct plan *plan, uint64_t seed, unsigned index, long long now);
void plan_mutate(struct plan *plan);  /* one to three of the rows in mutate.c, or none */
void plan_name(struct plan *plan,
               unsigned index); /* other names on the leaf, and an address to match: naming.c */
void plan_sign(struct plan *plan);    /* fills every out */

struct der name_of(const char *organization, const char *common_name);
struct ext *spec_ext(struct spec *spec, const char *oid); /* NULL if there is none */
void spec_drop(struct spec *spec, const char *oid);
void spec_set(struct spec *spec, const char *oid, enum critical critical,
              struct der value); /* instead of one it has */
void spec_add(struct spec *spec, const char *oid, enum critical critical, struct der value);
unsigned plan_copy(struct plan *plan, unsigned cert); /* a certificate off the path like this one */
void list_put(unsigned *list, unsigned *count, unsigned at,
              unsigned cert); /* at: 0 first; beyond the end: last */
void list_drop(unsigned *list, unsigned *count, unsigned cert);
struct der basic_constraints(
	int ca, long long path_len); /* ca < 0: absent; path_len -1: absent, -2: really -1 */
struct der authority_key(struct der key_id, struct der issuer,
                         long long serial); /* issuer empty: neither */

#define OID_SKI "2.5.29.14"
#define OID_KU "2.5.29.15"
#define OID_SAN "2.5.29.17"
#define OID_IAN "2.5.29.18"
#define OID_BC "2.5.29.19"
#define OID_NC "2.5.29.30"
#define OID_CRLDP "2.5.29.31"
#define OID_POLICIES "2.5.29.32"
#define OID_POLICY_MAP "2.5.29.33"
#define OID_AKI "2.5.29.35"
#define OID_POLICY_CONSTRAINTS "2.5.29.36"
#define OID_EKU "2.5.29.37"
#define OID_FRESHEST "2.5.29.46"
#define OID_INHIBIT_ANY "2.5.29.54"
#define OID_NS_TYPE "2.16.840.1.113730.1.1"
#define OID_NS_COMMENT "2.16.840.1.113730.1.13"
#define OID_PROXY "1.3.6.1.5.5.7.1.14"
#define OID_AIA "1.3.6.1.5.5.7.1.1"
#define OID_IP_BLOCKS "1.3.6.1.5.5.7.1.7"
#define OID_AS_NUMBERS "1.3.6.1.5.5.7.1.8"
#define OID_TLS_FEATURE "1.3.6.1.5.5.7.1.24"
#define OID_NO_CHECK "1.3.6.1.5.5.7.48.1.5"
#define OID_UNKNOWN "1.3.6.1.4.1.55555.1"

#endif
