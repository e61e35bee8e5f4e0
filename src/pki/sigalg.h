/* SPDX-License-Identifier: MIT */
/* sigalg: signature algorithms: which key, which digest, how strong OpenSSL counts them. Verifies
 * nothing. */
#ifndef MRA_PKI_SIGALG_H
#define MRA_PKI_SIGALG_H

#include "model/policy.h"
#include "pki/key.h"

enum sigalg_key {
	SIGALG_RSA,
	SIGALG_PSS,
	SIGALG_DSA,
	SIGALG_DSA_OLD,
	SIGALG_EC,
	SIGALG_ED25519,
	SIGALG_ED448,
	SIGALG_SM2
};

struct sigalg {
	enum oid oid;
	enum sigalg_key key;
	int digest;         /* gnutls_digest_algorithm_t; 0: none, or GnuTLS does not have it */
	/* half the digest's bits, for the 80 of security level 1; false also where OpenSSL does not
	 * have it or the algorithm names none */
	bool long_enough;
};

struct pss { /* RSASSA-PSS-params; digests as gnutls_digest_algorithm_t, 0: not in GnuTLS */
	int digest, mask_digest;
	int64_t salt, trailer;
	bool known; /* both digests */
};

/* NULL: OpenSSL knows none (OBJ_find_sigid_algs) */
const struct sigalg *sigalg_find(const struct algorithm *algorithm);
/* check_sig_alg_match */
bool sigalg_fits(const struct sigalg *sigalg, const struct key *key, enum era era);
/* The parameters of RSASSA-PSS. parse: are they written as they have to be? read: and do they say
 * what OpenSSL can do? */
bool sigalg_parse_pss(const struct algorithm *algorithm, struct pss *pss);
bool sigalg_read_pss(const struct algorithm *algorithm, struct pss *pss);

/* Is the signature strong enough for security level 1 (check_sig_level)? */
bool sigalg_strong(const struct algorithm *algorithm, enum era era);

#endif
