/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "base/words.h"
#include "model/observation.h"

#include <stdlib.h>
#include <string.h>

static const char *const order_names[] = { "rsa-first", "ecdsa-first" };

static const char *const outcome_names[] = {
	[OUTCOME_PENDING] = "pending",
	[OUTCOME_PRESENTED] = "presented",
	[OUTCOME_UNRESOLVED] = "unresolved",
	[OUTCOME_REFUSED] = "refused",
	[OUTCOME_UNREACHABLE] = "unreachable",
	[OUTCOME_TIMEOUT] = "timeout",
	[OUTCOME_RESET] = "reset",
	[OUTCOME_CLOSED] = "closed",
	[OUTCOME_TLS_ALERT] = "tls-alert",
	[OUTCOME_TLS_VERSION] = "tls-version",
	[OUTCOME_NO_CERTIFICATE] = "no-certificate",
	[OUTCOME_NOT_TLS] = "not-tls",
	[OUTCOME_TLS_ERROR] = "tls-error",
	[OUTCOME_LOCAL] = "local-error",
	[OUTCOME_UNUSABLE] = "unusable",
	[OUTCOME_FOREIGN] = "foreign",
	[OUTCOME_CRASHED] = "crashed",
	[OUTCOME_NOT_TRIED] = "not-tried",
	[OUTCOME_NOT_NEEDED] = "not-needed",
	[OUTCOME_STOPPED] = "stopped",
};

static const char *const reached_names[] = {
	[REACHED_NOTHING] = "nothing",
	[REACHED_CONNECTED] = "connected",
	[REACHED_SERVER_HELLO] = "server-hello",
	[REACHED_CERTIFICATE] = "certificate",
	[REACHED_KEY_EXCHANGE] = "key-exchange",
	[REACHED_SERVER_DONE] = "server-done",
	[REACHED_ANSWERED] = "answered",
	[REACHED_FINISHED] = "finished",
};

static const char *const flaw_names[] = {
	[FLAW_NONE] = NULL,
	[FLAW_MESSAGE_TOO_LARGE] = "message-too-large",
	[FLAW_LENGTH_MISMATCH] = "length-mismatch",
	[FLAW_CERT_LENGTH_MISMATCH] = "cert-length-mismatch",
	[FLAW_WRONG_CERTIFICATE_TYPE] = "wrong-certificate-type",
	[FLAW_DH_KEY_TOO_SMALL] = "dh-key-too-small",
	[FLAW_BAD_SIGNATURE] = "bad-signature",
	[FLAW_KEY_UNUSABLE] = "key-unusable",
	[FLAW_BAD_ECC_CERT] = "bad-ecc-cert",
	[FLAW_BAD_DH_VALUE] = "bad-dh-value",
};

static const char *const alone_names[] = {
	[TLS12_UNKNOWN] = NULL,
	[TLS12_SAME] = "same",
	[TLS12_OTHER] = "other",
	[TLS12_REFUSED] = "refused",
};

WORDS(order, enum order, order_names)
WORDS(outcome, enum outcome, outcome_names)
WORDS(reached, enum reached, reached_names)
WORDS(flaw, enum handshake_flaw, flaw_names)
WORDS(tls12_alone, enum tls12_alone, alone_names)

bool observation_unfinished(const struct observation *observation)
{
	bool went_through =
		observation->handshake_completed || (observation->client_certificate_requested &&
	                                             observation->reached >= REACHED_ANSWERED);

	return observation->outcome == OUTCOME_PRESENTED &&
	       (!went_through || observation->flaw != FLAW_NONE);
}

int observation_order(const struct observation *a, const struct observation *b)
{
	return COMPARE(a->node, b->node)
	       ?: strcmp(a->address, b->address)
	       ?: strcmp(a->ip, b->ip)
	       ?: COMPARE(a->port, b->port)
	       ?: COMPARE(a->offered, b->offered)
	       ?: COMPARE(a->order, b->order)
	       ?: COMPARE(a->signatures, b->signatures);
}

void observation_clear(struct observation *observation)
{
	chain_clear(&observation->chain);
	free(observation->address);
	free(observation->ip);
	free(observation->tls_version);
	free(observation->cipher_suite);
	free(observation->detail);
}
