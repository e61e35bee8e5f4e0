/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "peer.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PEERS_MOST = 40, REQUEST_MOST = 2000 };

static struct met {
	unsigned count, goodbyes, last_port; /* last_port: of the client of the last one */
	char request[REQUEST_MOST];
} *met; /* shared with the servers */
static pid_t servers;
static uint16_t ports[PEERS_MOST];
static unsigned asked[PEERS_MOST]; /* connections of peers_met() itself */
enum { FILLERS_MOST = 16 };
static int fillers[FILLERS_MOST]; /* connections that fill a queue */
static size_t filler_count;

struct identity {
	gnutls_certificate_credentials_t rsa, ec, both;
};

static void must(bool well)
{
	if (!well)
		abort();
}

static gnutls_x509_crt_t read_crt(const struct made *made)
{
	gnutls_datum_t der = { made->cert->der, (unsigned)made->cert->der_len };
	gnutls_x509_crt_t crt;

	must(gnutls_x509_crt_init(&crt) == 0);
	must(gnutls_x509_crt_import(crt, &der, GNUTLS_X509_FMT_DER) == 0);
	return crt;
}

static void add_key(gnutls_certificate_credentials_t to, const struct made *leaf,
                    const struct made *issuer)
{
	gnutls_x509_crt_t chain[2] = { read_crt(leaf), read_crt(issuer) };

	must(gnutls_certificate_set_x509_key(to, chain, 2, leaf->key) >= 0);
	gnutls_x509_crt_deinit(chain[0]);
	gnutls_x509_crt_deinit(chain[1]);
}

static gnutls_certificate_credentials_t new_credentials(const struct made *one,
                                                        const struct made *other,
                                                        const struct made *issuer)
{
	gnutls_certificate_credentials_t of;
	gnutls_x509_crt_t root = issuer->crt;

	must(gnutls_certificate_allocate_credentials(&of) == 0);
	must(gnutls_certificate_set_x509_trust(of, &root, 1) == 1); /* named to clients */
	add_key(of, one, issuer);
	if (other != NULL)
		add_key(of, other, issuer);
	return of;
}

static const char *priority_of(const struct peer *peer)
{
	return peer->does == PEER_TLS12   ? "NORMAL:-VERS-ALL:+VERS-TLS1.2:%DEBUG_ALLOW_KEY_USAGE_VIOLATIONS"
	       : peer->does == PEER_TLS13 ? "NORMAL:-VERS-ALL:+VERS-TLS1.3"
	                                  : "NORMAL";
}

static void send_all(gnutls_session_t session, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = gnutls_record_send(session, text, len);

		if (n <= 0)
			return;
		text += n;
		len -= (size_t)n;
	}
}

static void answer(gnutls_session_t session, const struct peer *peer, struct met *of)
{
	size_t len = 0;
	ssize_t n = -1;
	char text[REQUEST_MOST];

	while (len < sizeof text - 1 &&
	       (n = gnutls_record_recv(session, text + len, sizeof text - 1 - len)) > 0) {
		len += (size_t)n;
		text[len] = '\0';
		if (strstr(text, "\r\n\r\n") != NULL)
			break;
	}
	if (len == 0) {
		if (n == 0)
			__atomic_add_fetch(&of->goodbyes, 1, __ATOMIC_SEQ_CST);
		return;
	}
	text[len] = '\0';
	if (peer->version != NULL && strstr(text, "/version HTTP") != NULL) {
		send_all(session, peer->version, strlen(peer->version));
	} else {
		memcpy(of->request, text, len + 1);
		if (peer->says != NULL)
			send_all(session, peer->says,
			         peer->says_len != 0 ? peer->says_len : strlen(peer->says));
	}
	while (peer->stays && gnutls_record_recv(session, text, sizeof text) > 0)
		;
	gnutls_bye(session, GNUTLS_SHUT_WR);
}

static void speak_tls(int fd, const struct peer *peer, const struct identity *of, struct met *seen)
{
	gnutls_session_t session;
	char name[300];
	size_t len = sizeof name;
	unsigned type;
	int rc;

	must(gnutls_init(&session, GNUTLS_SERVER) == 0);
	must(gnutls_priority_set_direct(session, priority_of(peer), NULL) == 0);
	gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE,
	                       peer->no_sni ? of->ec : peer->ec ? of->both : of->rsa);
	if (peer->asks)
		gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUEST);
	if (peer->h2)
		must(gnutls_alpn_set_protocols(session, &(gnutls_datum_t){ (unsigned char[]){ 'h', '2' }, 2 }, 1, 0) == 0);
	gnutls_transport_set_int(session, fd);
	do
		rc = gnutls_handshake(session);
	while (rc < 0 && !gnutls_error_is_fatal(rc));
	if (rc < 0) {
		gnutls_alert_send_appropriate(session, rc);
	} else {
		if (peer->says == NULL && gnutls_server_name_get(session, name, &len, &type, 0) == 0)
			snprintf(seen->request, sizeof seen->request, "%s", name);
		answer(session, peer, seen);
	}
	gnutls_deinit(session);
}

static void serve(int fd, const struct peer *peer, const struct identity *of, struct met *seen)
{
	struct linger hard = { 1, 0 };
	char rest[4096];

	switch (peer->does) {
	case PEER_TLS12:
	case PEER_TLS13:
	case PEER_BOTH:
		speak_tls(fd, peer, of, seen);
		break;
	case PEER_SAYS: /* read first: what is unread at a close makes it a reset */
		(void)!read(fd, rest, sizeof rest);
		(void)!write(fd, peer->says, peer->says_len != 0 ? peer->says_len : strlen(peer->says));
		break;
	case PEER_RESETS:
		(void)!read(fd, rest, sizeof rest);
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
		break;
	case PEER_SILENT:
		while (read(fd, rest, sizeof rest) > 0)
			;
		break;
	case PEER_REFUSES:
	case PEER_FULL:
		break;
	}
	close(fd);
	_exit(0);
}

static void serve_all(const struct peer *peers, const struct pollfd *listeners, size_t count,
                      const struct identity *of)
{
	struct pollfd polled[PEERS_MOST];

	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		memcpy(polled, listeners, count * sizeof *polled);
		for (size_t i = 0; i < count; i++)
			if (polled[i].events == 0) /* one that does not listen would hang up (POLLHUP) at once, each time */
				polled[i].fd = -1;
		if (poll(polled, count, -1) < 0)
			continue;
		for (size_t i = 0; i < count; i++) {
			struct sockaddr_in from;
			socklen_t len = sizeof from;
			int fd = polled[i].revents != 0 ? accept(polled[i].fd, (struct sockaddr *)&from, &len) : -1;

			if (fd < 0)
				continue;
			met[i].count++;
			__atomic_store_n(&met[i].last_port, ntohs(from.sin_port), __ATOMIC_SEQ_CST);
			if (fork() == 0) {
				prctl(PR_SET_PDEATHSIG, SIGKILL);
				serve(fd, &peers[i], of, &met[i]);
			}
			close(fd);
		}
	}
}

static int listen_at(struct peer *peer)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	must(bind(fd, (struct sockaddr *)&at, sizeof at) == 0);
	must(peer->does == PEER_REFUSES || listen(fd, peer->does == PEER_FULL ? 0 : 64) == 0);
	must(getsockname(fd, (struct sockaddr *)&at, &len) == 0);
	for (int i = 0; i < 4 && peer->does == PEER_FULL; i++) {
		must(filler_count < FILLERS_MOST);
		fillers[filler_count] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		(void)!connect(fillers[filler_count++], (struct sockaddr *)&at, sizeof at);
	}
	peer->port = ntohs(at.sin_port);
	return fd;
}

void peers_start(struct peer *peers, size_t count, const struct made *rsa, const struct made *ec,
                 const struct made *issuer)
{
	struct identity of = { new_credentials(rsa, NULL, issuer), new_credentials(ec, NULL, issuer),
		               new_credentials(rsa, ec, issuer) };
	struct pollfd listeners[PEERS_MOST];

	must(count <= PEERS_MOST);
	met = mmap(NULL, PEERS_MOST * sizeof *met, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
	           -1, 0);
	must(met != MAP_FAILED);
	for (size_t i = 0; i < count; i++) {
		listeners[i] = (struct pollfd){ listen_at(&peers[i]), peers[i].does == PEER_REFUSES || peers[i].does == PEER_FULL ? 0 : POLLIN, 0 };
		ports[i] = peers[i].port;
		asked[i] = 0;
	}
	fflush(NULL);
	servers = fork();
	must(servers >= 0);
	if (servers == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve_all(peers, listeners, count, &of);
	}
	for (size_t i = 0; i < count; i++)
		if (peers[i].does != PEER_REFUSES) /* it keeps its port */
			close(listeners[i].fd);
	gnutls_certificate_free_credentials(of.rsa);
	gnutls_certificate_free_credentials(of.ec);
	gnutls_certificate_free_credentials(of.both);
}

void peers_stop(void)
{
	kill(servers, SIGKILL);
	waitpid(servers, NULL, 0);
	while (filler_count > 0)
		close(fillers[--filler_count]);
	munmap(met, PEERS_MOST * sizeof *met);
}

bool peers_said_goodbye(size_t index, unsigned count)
{
	for (int tries = 0; tries < 6000; tries++) { /* a minute; the server may be slow to read it */
		if (__atomic_load_n(&met[index].goodbyes, __ATOMIC_SEQ_CST) == count)
			return true;
		poll(NULL, 0, 10);
	}
	return false;
}

/* A server may be slow to accept. A queue of connections is first in, first out: once one of our own was accepted, those
 * before it were. */
unsigned peers_met(size_t index)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(ports[index]) };
	socklen_t len = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (struct sockaddr *)&at, sizeof at) == 0) {
		must(getsockname(fd, (struct sockaddr *)&at, &len) == 0);
		while (__atomic_load_n(&met[index].last_port, __ATOMIC_SEQ_CST) != ntohs(at.sin_port))
			poll(NULL, 0, 1);
		asked[index]++;
	}
	close(fd);
	return met[index].count - asked[index];
}

const char *peers_asked(size_t index)
{
	return met[index].request;
}
