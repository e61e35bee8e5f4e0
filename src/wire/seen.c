/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "model/alert.h"
#include "wire/hello.h"
#include "wire/seen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { ALERT_PROTOCOL_VERSION = 70 }; /* RFC 8446 6.2 */
enum { CERTIFICATES_MOST = 100 << 10 };

int seen_next_certificate(const struct seen *seen, size_t *at, const unsigned char **der,
                          size_t *der_len)
{
	if (seen->message == NULL)
		return 0;
	return hello_next_certificate(seen->message, seen->message_len, seen->tls13, at, der,
	                              der_len);
}

enum shown { SHOWN_NOTHING, SHOWN_CHAIN, SHOWN_EMPTY, SHOWN_MALFORMED };

static enum shown shown_by(const struct seen *seen)
{
	const unsigned char *der;
	size_t at = 0, der_len, count = 0;
	int rc;

	if (seen->message == NULL)
		return SHOWN_NOTHING;
	while ((rc = seen_next_certificate(seen, &at, &der, &der_len)) == 1)
		count++;
	return rc < 0 ? SHOWN_MALFORMED : count == 0 ? SHOWN_EMPTY : SHOWN_CHAIN;
}

/* A TLS record starts with a type from 20 to 24 and a version 3.x (RFC 8446 5.1). */
static bool speaks_tls(const struct seen *seen)
{
	return seen->received == 0 || (seen->first[0] >= 20 && seen->first[0] <= 24 &&
	                               (seen->received == 1 || seen->first[1] == 3));
}

static char *first_line(const struct seen *seen)
{
	size_t len = seen->received < SEEN_FIRST_MOST ? seen->received : SEEN_FIRST_MOST, n = 0;
	char text[SEEN_FIRST_MOST + 1];

	for (; n < len && seen->first[n] != '\r' && seen->first[n] != '\n'; n++)
		text[n] = seen->first[n] >= 0x20 && seen->first[n] < 0x7f ? (char)seen->first[n]
		                                                          : '.';
	text[n] = '\0';
	return mem_printf("it answered \"%s\"", text);
}

/* Why we, not the server, ended it; NULL: we did not. */
static const char *own_problem(const struct seen *seen)
{
	if (seen->no_suites)
		return "GnuTLS knows none of the suites that Expressway offers";
	if (seen->key_unusable)
		return "the certificate or its key is one that OpenSSL does not compute with";
	switch (seen->flaw) {
	case FLAW_BAD_SIGNATURE:
		return "the key exchange is not signed by the certificate's key";
	case FLAW_DH_KEY_TOO_SMALL:
		return "the server's Diffie-Hellman key has fewer than 1,024 bits";
	case FLAW_BAD_DH_VALUE:
		return "the server's Diffie-Hellman key has more than 10,000 bits";
	case FLAW_NONE:
	case FLAW_MESSAGE_TOO_LARGE:
	case FLAW_LENGTH_MISMATCH:
	case FLAW_CERT_LENGTH_MISMATCH:
	case FLAW_WRONG_CERTIFICATE_TYPE:
	case FLAW_BAD_ECC_CERT:
	case FLAW_KEY_UNUSABLE:
		break;
	}
	return NULL;
}

static enum outcome outcome_of_io(const struct seen *seen, char **detail)
{
	if (seen->flooded) {
		*detail =
			mem_printf("more than %d bytes without coming to an end", SEEN_BYTES_MOST);
		return OUTCOME_TLS_ERROR;
	}
	if (seen->socket_errno != 0) {
		*detail = mem_strdup(strerror(seen->socket_errno));
		return seen->socket_errno == ECONNRESET || seen->socket_errno == EPIPE
		               ? OUTCOME_RESET
		       : seen->socket_errno == ETIMEDOUT ? OUTCOME_TIMEOUT
		                                         : OUTCOME_UNREACHABLE;
	}
	if (seen->ended) {
		*detail = mem_strdup("close_notify in the middle of the handshake");
		return OUTCOME_CLOSED;
	}
	if (seen->closed) {
		*detail = mem_strdup(seen->received == 0 ? "closed without a word"
		                                         : "closed in the middle of the handshake");
		return OUTCOME_CLOSED;
	}
	*detail = mem_strdup(own_problem(seen) != NULL ? own_problem(seen)
	                     : seen->error != NULL     ? seen->error
	                                               : "unknown error");
	return seen->no_room ? OUTCOME_LOCAL : OUTCOME_TLS_ERROR;
}

static enum outcome outcome_of_error(const struct seen *seen, char **detail)
{
	if (!speaks_tls(seen)) {
		*detail = first_line(seen);
		return OUTCOME_NOT_TLS;
	}
	if (seen->alert != SEEN_NO_ALERT) {
		*detail = mem_printf("alert %d %s", seen->alert, alert_name(seen->alert));
		return seen->alert == ALERT_PROTOCOL_VERSION ? OUTCOME_TLS_VERSION
		                                             : OUTCOME_TLS_ALERT;
	}
	if (seen->other_version) {
		*detail = mem_strdup("the server chose a TLS version that was not offered");
		return OUTCOME_TLS_VERSION;
	}
	if (seen->wrong_suite) {
		*detail = mem_printf("the server chose suite 0x%04x, which was not offered",
		                     seen->suite);
		return OUTCOME_TLS_ERROR;
	}
	return outcome_of_io(seen, detail);
}

static enum outcome outcome_of_giving_up(const struct seen *seen, enum outcome given_up,
                                         char **detail)
{
	const char *what = given_up == OUTCOME_STOPPED ? "stopped" : "timed out";

	if (!speaks_tls(seen)) {
		*detail = first_line(seen);
		return OUTCOME_NOT_TLS;
	}
	*detail = seen->received == 0
	                  ? mem_printf("%s waiting for the first byte", what)
	                  : mem_printf("%s after %zu bytes of the handshake", what, seen->received);
	return given_up;
}

/* OpenSSL's limit is SSL_MAX_CERT_LIST_DEFAULT, 100 KiB (statem_clnt.c,
 * ossl_statem_client_max_message_size). */
static enum handshake_flaw flaw_of(const struct seen *seen, enum shown what)
{
	if (seen->message_len > CERTIFICATES_MOST)
		return FLAW_MESSAGE_TOO_LARGE;
	if (what == SHOWN_MALFORMED || what == SHOWN_EMPTY)
		return FLAW_LENGTH_MISMATCH;
	return seen->flaw;
}

void seen_tell(const struct seen *seen, enum outcome given_up, struct observation *observation)
{
	enum shown what = shown_by(seen);
	char *detail = NULL;
	enum outcome outcome;

	if (seen->completed || seen->stopped)
		outcome = OUTCOME_TLS_ERROR; /* only without any certificate, which no suite of ours
		                                allows */
	else if (given_up != OUTCOME_PENDING)
		outcome = outcome_of_giving_up(seen, given_up, &detail);
	else
		outcome = outcome_of_error(seen, &detail);
	if (what == SHOWN_MALFORMED || what == SHOWN_EMPTY) {
		free(detail);
		detail = mem_strdup(what == SHOWN_EMPTY ? "the Certificate message is empty"
		                                        : "the Certificate message is malformed");
	}
	free(observation->detail);
	observation->detail = detail;
	observation->outcome = what == SHOWN_CHAIN       ? OUTCOME_PRESENTED
	                       : what == SHOWN_EMPTY     ? OUTCOME_NO_CERTIFICATE
	                       : what == SHOWN_MALFORMED ? OUTCOME_TLS_ERROR
	                                                 : outcome;
	observation->client_certificate_requested = seen->asked;
	observation->handshake_completed = seen->completed;
	observation->reached = seen->completed ? REACHED_FINISHED : seen->reached;
	observation->flaw = flaw_of(seen, what);
	free(observation->tls_version);
	free(observation->cipher_suite);
	observation->tls_version = observation->cipher_suite = NULL;
	if (what == SHOWN_NOTHING)
		return;
	observation->tls_version = mem_strdup(seen->tls13 ? "TLS1.3" : "TLS1.2");
	if (seen->has_suite && suite_iana(seen->suite) != NULL)
		observation->cipher_suite = mem_strdup(suite_iana(seen->suite));
}
