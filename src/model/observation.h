/* SPDX-License-Identifier: MIT */
/* observation: what one handshake showed. Knows no verdict; nothing here is judged. */
#ifndef MRA_MODEL_OBSERVATION_H
#define MRA_MODEL_OBSERVATION_H

#include "model/ca_list.h"
#include "model/chain.h"

enum order { ORDER_RSA_FIRST, ORDER_ECDSA_FIRST };
enum { ORDER_COUNT = 2 };

enum outcome {
	OUTCOME_PENDING,        /* not yet tried: only while the probe runs */
	OUTCOME_PRESENTED,      /* a certificate was shown, whatever came after */
	OUTCOME_UNRESOLVED,     /* the address has no IP */
	OUTCOME_REFUSED,        /* RST to our SYN */
	OUTCOME_UNREACHABLE,    /* no route, host unreachable, ... */
	OUTCOME_TIMEOUT,        /* connect or handshake took longer than allowed */
	OUTCOME_RESET,          /* RST after connect */
	OUTCOME_CLOSED,         /* orderly end before a certificate */
	OUTCOME_TLS_ALERT,      /* an alert before a certificate */
	OUTCOME_TLS_VERSION,    /* server offers no version that we may speak */
	OUTCOME_NO_CERTIFICATE, /* an empty Certificate message */
	OUTCOME_NOT_TLS,        /* something else speaks there: HTTP, SSH, ... */
	OUTCOME_TLS_ERROR,      /* a TLS message that cannot be right, or larger than any limit */
	OUTCOME_LOCAL,          /* our own side failed: no descriptor, no memory in a library */
	OUTCOME_UNUSABLE,       /* what the source lists is not an address: nothing to connect to */
	OUTCOME_FOREIGN, /* the network named it and it lies outside the cluster: not connected to
	                    without --foreign */
	OUTCOME_CRASHED, /* the process that talks to the servers died, of this one's bytes or
	                    before it got here */
	OUTCOME_NOT_TRIED, /* it would count, and nobody has asked: never of a probe */
	OUTCOME_NOT_NEEDED, /* another answer told it: only while the probe runs */
	OUTCOME_STOPPED     /* the run's deadline or a signal came first */
};

/* How far the handshake got, whatever ended it. Each includes those before it. */
enum reached {
	REACHED_NOTHING, /* no connection */
	REACHED_CONNECTED,
	REACHED_SERVER_HELLO,
	REACHED_CERTIFICATE,  /* the Certificate message, well formed or not */
	REACHED_KEY_EXCHANGE, /* 1.2: a ServerKeyExchange, 1.3: a CertificateVerify, signed by the
	                       * certificate's key. A 1.2 suite with RSA key transport has none:
	                       * there only a finished handshake shows that the server has the
	                       * key */
	REACHED_SERVER_DONE,  /* all of the server's first messages: ServerHelloDone, in 1.3 its
	                         Finished */
	REACHED_ANSWERED,     /* all of ours have been sent */
	REACHED_FINISHED
};

/* What OpenSSL would refuse in the handshake itself, outside of X509_verify_cert. The first group
 * comes before the chain is verified, the second after it, so that what is wrong with the chain is
 * logged instead (tls_process_server_certificate, tls_process_key_exchange,
 * tls_process_cert_verify; the same order in 1.1.1 and 3.0). */
enum handshake_flaw {
	FLAW_NONE,
	FLAW_MESSAGE_TOO_LARGE,      /* a Certificate message of more than 102,400 bytes: "excessive
	                                message size" */
	FLAW_LENGTH_MISMATCH,        /* it is empty, or its lengths do not add up */
	FLAW_CERT_LENGTH_MISMATCH,   /* bytes behind a certificate */
	FLAW_WRONG_CERTIFICATE_TYPE, /* the leaf's key does not fit the suite */
	FLAW_DH_KEY_TOO_SMALL,       /* finite-field Diffie-Hellman below 1,024 bits */
	FLAW_BAD_SIGNATURE,          /* the certificate's key did not sign the key exchange */
	FLAW_KEY_UNUSABLE, /* a key that OpenSSL does not compute with: RSA of more than 16,384
	                      bits, ... */
	FLAW_BAD_ECC_CERT, /* TLS 1.2: an elliptic curve leaf whose key usage lacks
	                    * digitalSignature */
	FLAW_BAD_DH_VALUE  /* finite-field Diffie-Hellman above 10,000 bits: "bad dh value" */
};

/* What a ClientHello that offers TLS 1.2 alone gets at the same place, where this one offered 1.3
 * as well. */
enum tls12_alone {
	TLS12_UNKNOWN, /* nobody asked */
	TLS12_SAME,    /* the same chain (without asking, where the server chose 1.2 anyway) */
	TLS12_OTHER,   /* another chain: an observation of its own, offered 1.2 */
	TLS12_REFUSED  /* the server speaks 1.3 only */
};

enum { OFFERED_TLS12 = 1, OFFERED_TLS13 = 2 }; /* bits of observation->offered */

struct observation {
	size_t node;      /* index in report->nodes */
	/* owned; the connection address: SNI if a name, and what the name rule compares */
	char *address;
	char *ip;         /* owned; the IP connected to, "" if unresolved */
	uint16_t port;
	enum order order;
	bool advertised;
	/* Whether Expressway offers TLS 1.3 depends on its release, and where it is not known, or
	 * where the order of signature_algorithms is not known, a place and order has more than one
	 * observation: one for each ClientHello that gets another certificate. So RSA first helps
	 * at a place only if all observations with ORDER_RSA_FIRST there are accepted. */
	/* which kind comes first in signature_algorithms: what most servers follow in TLS 1.3 */
	enum order signatures;
	enum tls12_alone tls12_alone;
	/* the TLS versions of our ClientHello; 0: unknown (a report of an older release) */
	unsigned offered;
	/* no handshake was made: it follows from the other order's, which it copies (--infer) */
	bool inferred;
	enum outcome outcome;
	enum reached reached;
	enum handshake_flaw flaw;
	struct chain chain;       /* as sent; empty unless presented */
	char *tls_version;        /* owned; "TLS1.2", NULL if unknown */
	char *cipher_suite;       /* owned; IANA's name, NULL if unknown */
	bool client_certificate_requested;
	const struct ca_list
		*client_cas; /* borrowed from the report; NULL: none named (or none requested) */
	bool handshake_completed;
	/* this handshake was ended after ServerHelloDone: another one to the same IP and port
	 * showed the same chain, and reached and handshake_completed are that one's */
	bool stopped_early;
	int64_t took_ms;
	unsigned tries;           /* connections made */
	/* owned; for people: "alert 40 handshake_failure", "Connection refused"; NULL if none */
	char *detail;
};

const char *order_name(enum order order);       /* "rsa-first" "ecdsa-first" */
int order_parse(const char *text, enum order *order);
/* "presented" "tls-alert" ..., as in report.schema.json */
const char *outcome_name(enum outcome outcome);
int outcome_parse(const char *text, enum outcome *outcome);
const char *reached_name(enum reached reached); /* "nothing" "connected" "server-hello" ... */
int reached_parse(const char *text, enum reached *reached);
const char *tls12_alone_name(enum tls12_alone alone); /* "same" ...; NULL for TLS12_UNKNOWN */
int tls12_alone_parse(const char *text, enum tls12_alone *alone);
const char *flaw_name(enum handshake_flaw flaw); /* "bad-signature" ...; NULL for FLAW_NONE */
int flaw_parse(const char *text, enum handshake_flaw *flaw);
/* Was a certificate shown, but not what shows that its owner is there and the connection would
 * stand, or with a flaw? The server may fail after our last message when it wants a certificate of
 * ours: Expressway has one. Nothing is accepted on the strength of such an observation; a refusal
 * holds, because OpenSSL verifies the chain as soon as it has come. */
bool observation_unfinished(const struct observation *observation);
/* <0, 0, >0: by node, address, IP, port, TLS versions offered, cipher order and order of
 * signatures, as qsort(3) wants it: the two orders of one question are neighbours. */
int observation_order(const struct observation *a, const struct observation *b);
void observation_clear(struct observation *observation);

#endif
