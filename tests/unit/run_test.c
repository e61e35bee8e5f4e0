/* SPDX-License-Identifier: MIT */
/* Whole commands, as they are typed: what they say, where, and how they end. The servers are those of
 * peer.c; what is expected is what the man page promises. */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "options.h"
#include "peer.h"
#include "run.h"
#include "zone.h"

#include <fcntl.h>
#include <gnutls/x509.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { WORDS_MOST = 40 };

static char dir[] = "/tmp/run_test.XXXXXX";
static struct certset set;
static struct made root, rsa, ec, other, mine, stranger;

#define LIST(names) "HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n\r\n<servers version=\"14.0.1\">" names "</servers>"

static struct peer peers[] = {
	/* a cluster of two whose tomcat is signed and whose tomcat-ECDSA is not */
	{ .does = PEER_TLS12, .says = LIST("<server>pub.example.com</server><server>sub.example.com</server>") },
	{ .does = PEER_TLS12, .ec = true, .asks = true },
	{ .does = PEER_REFUSES },
	{ .does = PEER_SILENT },
	{ .does = PEER_TLS12 },
	{ .does = PEER_FULL },
};
enum { PEERS = sizeof peers / sizeof *peers };

/* --- files ------------------------------------------------------------------------------------- */

static const char *path_of(const char *name)
{
	static char path[4][100];
	static size_t next;

	next = (next + 1) % 4;
	snprintf(path[next], sizeof path[next], "%s/%s", dir, name);
	return path[next];
}

static void write_text(const char *name, const char *text)
{
	FILE *file = fopen(path_of(name), "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void append_text(const char *name, const char *text)
{
	FILE *file = fopen(path_of(name), "a");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void write_pem(const char *name, const struct made *one, const struct made *two)
{
	FILE *file = fopen(path_of(name), "w");

	assert_non_null(file);
	for (const struct made *made = one; made != NULL; made = made == one ? two : NULL) {
		gnutls_datum_t pem;

		assert_int_equal(gnutls_x509_crt_export2(made->crt, GNUTLS_X509_FMT_PEM, &pem), 0);
		fwrite(pem.data, 1, pem.size, file);
		gnutls_free(pem.data);
	}
	fclose(file);
}

static const char *contents(const char *name)
{
	static char text[2][400000];
	static size_t next;
	FILE *file = fopen(path_of(name), "r");
	size_t len;

	next = !next;
	if (file == NULL)
		return NULL;
	len = fread(text[next], 1, sizeof text[next] - 1, file);
	text[next][len] = '\0';
	fclose(file);
	return text[next];
}

static int setup(void **state)
{
	static const char names[] = "pub.example.com sub.example.com";

	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	certset_init(&set);
	root = made_cert(&set, "Root", NULL, NULL, MADE_CA);
	rsa = made_cert(&set, "pub.example.com", names, &root, MADE_RSA);
	ec = made_cert(&set, "pub-EC.example.com", names, NULL, 0);
	other = made_cert(&set, "Other", NULL, NULL, MADE_CA);
	mine = made_cert(&set, "exp.example.com", "exp.example.com", &root, 0);
	stranger = made_cert(&set, "exp.example.com", "exp.example.com", &other, 0);
	write_pem("mine", &mine, &root);
	write_pem("stranger", &stranger, &other);
	write_pem("trust", &root, NULL);
	write_pem("both", &root, &ec);
	write_pem("other", &other, NULL);
	write_pem("chain", &rsa, &root);
	write_pem("backwards", &root, &rsa);
	write_text("empty", "");
	write_pem("torn", &root, NULL);
	append_text("torn", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
	peers_start(peers, PEERS, &rsa, &ec, &root);
	return zone_start(NULL);
}

static int teardown(void **state)
{
	char command[100];

	(void)state;
	peers_stop();
	zone_stop(NULL);
	made_free(&root);
	made_free(&rsa);
	made_free(&ec);
	made_free(&other);
	made_free(&mine);
	made_free(&stranger);
	made_end();
	certset_clear(&set);
	snprintf(command, sizeof command, "rm -rf %s", dir);
	return system(command);
}

/* --- a command --------------------------------------------------------------------------------- */

static int redirect(int fd, const char *name)
{
	int kept = dup(fd), file = open(path_of(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	fflush(NULL);
	dup2(file, fd);
	close(file);
	return kept;
}

static void restore(int fd, int kept)
{
	fflush(NULL);
	dup2(kept, fd);
	close(kept);
}

static volatile sig_atomic_t stop; /* a signal came */

/* Words separated by blanks; "@/" is the folder, $0, $1 ... the ports of the servers, $d where zone.c answers. */
static int command(const char *text, struct fault *fault)
{
	char words[WORDS_MOST][200], *argv[WORDS_MOST + 1] = { (char[]){ "mra-preflight" } },
	     *copy = mem_strdup(text), *rest = copy, *one;
	int argc = 1, rc, out, err;
	struct options options;

	while ((one = strsep(&rest, " ")) != NULL) {
		char *dollar = strchr(one, '$'), *at = strstr(one, "@/");

		if (strcmp(one, "$d") == 0)
			snprintf(words[argc], sizeof *words, "%s", zone_server);
		else if (dollar != NULL)
			snprintf(words[argc], sizeof *words, "%.*s%u%s", (int)(dollar - one), one,
			         peers[dollar[1] - '0'].port, dollar + 2);
		else if (at != NULL)
			snprintf(words[argc], sizeof *words, "%.*s%s%s", (int)(at - one), one, dir, at + 1);
		else
			snprintf(words[argc], sizeof *words, "%s", one);
		argv[argc] = words[argc];
		argc++;
	}
	free(copy);
	fault->text[0] = '\0';
	rc = options_parse(&options, argc, argv, fault);
	out = redirect(STDOUT_FILENO, "stdout");
	err = redirect(STDERR_FILENO, "stderr");
	if (rc == 0)
		rc = run(&options, &stop, fault);
	restore(STDOUT_FILENO, out);
	restore(STDERR_FILENO, err);
	options_clear(&options);
	return rc;
}

struct row {
	const char *words;
	int status;
	const char *says[4]; /* of standard output, where the status is -1 of the fault; "!x": not so */
	const char *stderr_says;
};

/* Text is wrapped: each white space is one blank here. */
static const char *unwrapped(const char *text)
{
	static char out[400000];
	size_t n = 0;

	for (; *text != '\0'; text++)
		if (*text != '\n' && *text != ' ')
			out[n++] = *text;
		else if (n > 0 && out[n - 1] != ' ')
			out[n++] = ' ';
	out[n] = '\0';
	return out;
}

static void check(const struct row *row)
{
	struct fault fault;
	int status = command(row->words, &fault);
	const char *said = status < 0 ? fault.text : unwrapped(contents("stdout"));

	if (status != row->status)
		fail_msg("%s: %d %s", row->words, status, said);
	for (size_t i = 0; i < 4 && row->says[i] != NULL; i++)
		if ((strstr(said, row->says[i] + (*row->says[i] == '!')) != NULL) == (*row->says[i] == '!'))
			fail_msg("%s: %s\nis not as in\n%s", row->words, row->says[i], said);
	if (status < 0)
		assert_string_equal(contents("stdout"), "");
	said = contents("stderr");
	if (row->stderr_says == NULL ? *said != '\0' : strstr(said, row->stderr_says) == NULL)
		fail_msg("%s: %s", row->words, said);
}

static void check_all(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check(&rows[i]);
}
#define CHECK(rows) check_all(rows, sizeof rows / sizeof *rows)

/* --- audit ------------------------------------------------------------------------------------- */

#define HERE "--at @1790000000 --dns-server 127.0.0.1:1 --retries 0 --resolve pub.example.com:127.0.0.1 " \
	     "--resolve sub.example.com:127.0.0.1 --deadline 86400 --connect-timeout 600 --handshake-timeout 600 "

static void test_audit(void **state)
{
	static const struct row rows[] = {
		/* RSA alone on $0: accepted; both on $1: not with ECDSA first */
		{ HERE "-t @/trust --uds-port $0 -p $0 pub.example.com", 0,
		  { "Yes: Expressway would accept all 2 advertised addresses (2 nodes)" }, NULL },
		{ HERE "-t @/trust --uds-port $0 -p $1 pub.example.com", 1,
		  { "No, not with ECDSA first: Expressway would refuse 2 of 2 advertised addresses (on 2 of 2 nodes); with RSA first it would accept them all",
		    "Error=self signed certificate server=pub.example.com(127.0.0.1) depth=0" }, NULL },
		{ HERE "-t @/trust --uds-port $0 -p $1 --expressway X15.5 --tls 1.2 pub.example.com", 1,
		  { "Error=self-signed certificate server=pub.example.com" }, NULL },
		{ HERE "-t @/trust --uds-port $0 -p $1 --order rsa-first pub.example.com", 0,
		  { "Yes: ", "with RSA first", "--order says that Expressway offers RSA first." }, NULL },
		{ HERE "-t @/trust --uds-port $0 -p $1 --order ecdsa-first pub.example.com", 1,
		  { "No: ", "with ECDSA first", "--order says that Expressway offers ECDSA first." }, NULL },
		{ HERE "-t @/both --uds-port $0 -p $1 pub.example.com", 0, { "Yes: " }, NULL },
		{ HERE "-t a=@/both -t b=@/trust --uds-port $0 -p $1 pub.example.com", 1, { "Refused by: b " }, NULL },
		{ HERE "-t @/other --uds-port $0 -p $0 pub.example.com", 1, { "No: " }, NULL },
		{ HERE "-t none --uds-port $0 -p $0 pub.example.com", 1, { "No: " }, NULL },
		{ HERE "-t @/torn --uds-port $0 -p $0 pub.example.com", 0, { "Yes: " }, "/torn, line " },
		/* nobody answers: nothing is known to fail, and that is no pass */
		{ HERE "-t @/trust --uds-port $2 -p $2 pub.example.com", 3,
		  { "Not known: ", "discovery at pub.example.com failed (refused)" }, NULL },
		{ HERE "-t @/trust --uds-port $2 -p $0 pub.example.com", 3, { "Not known: " }, NULL },
		/* a short name, in the first search domain that knows it; back again */
		{ HERE "--dns-server $d --search one.example -t @/trust --no-discovery -p $0 -f json --node pub", 1,
		  { "\"pub.one.example\"", "\"127.0.0.1\"", "\"addresses\"" }, NULL },
		{ HERE "--dns-server $d --search none.example --search one.example --search two.example -t @/trust --no-discovery -p $0 -f json --node pub", 1,
		  { "\"pub.one.example\"", "\"127.0.0.1\"", "!127.0.0.2" }, NULL },
		/* nodes by option: named to UDS's, with their role, or alone */
		{ HERE "-t @/trust --no-discovery -p $0 pub.example.com", 0, { "the one advertised address" }, NULL },
		{ HERE "-t @/trust --no-discovery -p $0 -f json --node sub.example.com,role=imp", 0,
		  { "\"name\": \"sub.example.com\"", "\"role\": \"imp\"", "\"source\": \"option\"" }, NULL },
		{ HERE "-t @/trust --uds-port $0 -p $0 -f json --node sub.example.com,role=unity pub.example.com", 0,
		  { "\"role\": \"unity\"", "\"source\": \"uds\"" }, NULL },
		{ HERE "-t @/trust --no-discovery -p $0 -f json --nodes @/nodes", 0,
		  { "\"name\": \"pub.example.com\"", "\"name\": \"sub.example.com\"", "\"role\": \"unity\"" }, NULL },
		{ HERE "-t @/trust --no-discovery -p $0 -f json --nodes @/one --nodes @/two", 0,
		  { "\"name\": \"pub.example.com\"", "\"name\": \"sub.example.com\"" }, NULL },
		{ HERE "-t @/trust --no-discovery -p $0 --nodes @/bad", -1, { "/bad, line 2: " }, NULL },
		{ HERE "-t @/trust --no-discovery -p $0 --nodes @/none", -1, { "cannot open " }, NULL },
		{ HERE "-t @/trust --no-discovery -p $0 --nodes @/many", -1, { "names more than 10000 nodes" }, NULL },
		/* what a slip of a command may have meant */
		{ "verfiy " HERE "-t @/trust --uds-port $0 -p $0", 3, { "Not known: " }, "for the command write mra-preflight verify" },
		{ "verfiy " HERE "-t @/trust --uds-port $2 -p $2 --resolve verfiy:127.0.0.1", 3, { "Not known: " }, NULL },
		/* a line for each handshake */
		{ HERE "-v -t @/trust --no-discovery -p $0 --order rsa-first pub.example.com", 0, { "Yes: " },
		  "pub.example.com (127.0.0.1) port " },
		/* Expressway-C's own certificate: its CA is the one that the server names, or is not */
		{ HERE "-t @/both --uds-port $0 -p $1 --client-certificate @/mine pub.example.com", 0, { "Yes: " }, NULL },
		{ HERE "-t @/both --uds-port $0 -p $1 --client-certificate @/stranger pub.example.com", 1,
		  { "No: CUCM would refuse Expressway-C's own certificate at 2 of 2 advertised addresses" }, NULL },
		{ HERE "-t @/both --no-discovery -p $1 --client-certificate a=@/mine --client-certificate a=@/stranger pub.example.com", -1,
		  { "two certificates of Expressway-C are named a" }, NULL },
		{ HERE "-t @/both --no-discovery -p $1 -f json --expressway-host pub.example.com:$0 pub.example.com", 0,
		  { "\"source\": \"web-page\"", "\"accepted\"" }, NULL },
		{ HERE "-t @/both --no-discovery -p $1 --expressway-host pub.example.com --expressway-host pub.example.com:443 pub.example.com", -1,
		  { "two certificates of Expressway-C are named pub.example.com:443" }, NULL },
		{ HERE "-t @/both --no-discovery -p $1 -f json --trust-snapshot @/snapshot pub.example.com", 0,
		  { "\"name\": \"snapshot\"", "\"unreadable\": 1" },
		  "mra-preflight: snapshot: 1 of its certificates cannot be read and count as missing" },
		{ HERE "-t @/both --no-discovery -p $1 -f json --trust-snapshot @/whole pub.example.com", 0, { "\"unreadable\": 0" }, NULL },
	};
	FILE *many;

	(void)state;
	write_text("snapshot", "{\"trusts\":[{\"service\":\"tomcat\",\"certificate_data\":[{\"certificate\":\"x\"}]},"
	                       "{\"service\":\"CallManager\",\"certificate_data\":[]}]}");
	write_text("whole", "{\"trusts\":[{\"service\":\"tomcat\",\"certificate_data\":[]},"
	                    "{\"service\":\"CallManager\",\"certificate_data\":[]}]}");
	write_text("nodes", "pub.example.com\n\n# a comment\nsub.example.com,role=unity\n");
	write_text("one", "pub.example.com\n");
	write_text("two", "sub.example.com\n");
	write_text("bad", "pub.example.com\na b\n");
	many = fopen(path_of("many"), "w");
	for (unsigned i = 0; i <= 10000; i++)
		fprintf(many, "n%u.example.com\n", i);
	fclose(many);
	CHECK(rows);
}

/* The report says how long the whole took: no longer than it was waited for. */
static void test_how_long_it_took(void **state)
{
	int64_t begun_ms = clock_mono_ms(), took_ms;
	struct fault fault;
	const char *said;

	(void)state;
	assert_int_equal(command(HERE "-t @/trust --uds-port $0 -p $0 -f json pub.example.com", &fault), 0);
	said = strstr(contents("stdout"), "\"took_ms\": "); /* the first is the report's */
	assert_non_null(said);
	took_ms = strtoll(said + strlen("\"took_ms\": "), NULL, 10);
	assert_true(took_ms > 0 && took_ms <= clock_mono_ms() - begun_ms);
}

/* One process talks to the servers, to the end; the page of an Expressway-C is fetched once, from where it was said to be. */
static void test_who_talks(void **state)
{
	struct fault fault;

	(void)state;
	assert_int_equal(command(HERE "-v -t @/both --no-discovery -p $0 --expressway-host pub.example.com:$4 pub.example.com", &fault), 0);
	assert_null(strstr(contents("stderr"), "process"));
	assert_int_equal(peers_met(4), 1);
}

/* What DNS says of IPs is read while servers are waited for: three seconds here, and it waits two at most. */
static void test_names_meanwhile(void **state)
{
	struct fault fault;

	(void)state;
	assert_int_equal(command(HERE "--dns-server $d --handshake-timeout 3 -t @/both --no-discovery -p $3 -f json "
	                              "--node pub.two.example --node sub.example.com", &fault), 3);
	assert_non_null(strstr(contents("stdout"), "back.two.example"));
}

/* Seconds are waited for as they were asked for: for a connection, a handshake, and in all. */
static void test_seconds(void **state)
{
	static const char *const words[] = { "-p $5 --connect-timeout 2", "-p $3 --handshake-timeout 2", "-p $3 --deadline 2" };
	struct fault fault;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		char *text = mem_printf(HERE "-t @/trust --no-discovery %s sub.example.com", words[i]);
		int64_t begun_ms = clock_mono_ms();

		assert_int_equal(command(text, &fault), 3);
		if (clock_mono_ms() - begun_ms < 2000)
			fail_msg("%s: %d ms", words[i], (int)(clock_mono_ms() - begun_ms));
		free(text);
	}
}

/* What a signal ends is told as far as it came, and is no pass. */
static void test_stopped(void **state)
{
	static const struct row rows[] = {
		{ HERE "-t @/trust --uds-port $0 -p $0 pub.example.com", 3, { "Not known: " }, NULL },
		{ HERE "-t @/trust --no-discovery -p $0 -f json pub.example.com", 3, { "\"stopped\": true", "!\"accepted\": true" }, NULL },
	};

	(void)state;
	stop = 1;
	CHECK(rows);
	stop = 0;
}

/* What does not go together, and what is missing, before anything is touched. */
static void test_what_judging_needs(void **state)
{
	static const struct row rows[] = {
		{ "-t @/none pub", -1, { "cannot open " }, NULL },
		{ "-t @/empty pub", -1, { "" }, NULL },
		{ "-t a=@/trust -t a=@/other pub", -1, { "two trust stores are named a: name them apart with --trust NAME=FILE" }, NULL },
		{ "-t @/trust --upgrade X14.0.7,X14.2 --expressway X14.3 pub", -1,
		  { "--upgrade leads to X14.2, but --expressway says X14.3" }, NULL },
		{ "-t @/trust --upgrade X14.0.7 pub", -1, { "--upgrade wants two releases as in X14.0.7,X14.2" }, NULL },
		{ "-t @/trust --upgrade X14.0.7,Y pub", -1, { "--upgrade wants two releases" }, NULL },
		{ "-t @/trust --cipher-string RSA --no-discovery --node [a] pub", -1, { "" }, NULL },
		{ "-t @/trust -o @/no/r pub", -1, { "cannot write into" }, NULL },
		{ "-t @/trust --trust-snapshot @/none pub", -1, { "cannot open " }, NULL },
		{ "-t @/trust --client-certificate @/none pub", -1, { "cannot open " }, NULL },
	};

	(void)state;
	CHECK(rows);
}

static void write_many(const char *name, const char *line)
{
	FILE *file = fopen(path_of(name), "w");

	assert_non_null(file);
	for (int i = 0; i < 2000; i++)
		fputs(line, file);
	fclose(file);
}

/* gzip(1) of a file without its last octets, which hold the sum and the length (RFC 1952 2.3.1). */
static void cut(const char *name, const char *as)
{
	char command[300];

	snprintf(command, sizeof command, "gzip -c %s | head -c -4 > %s", path_of(name), path_of(as));
	assert_int_equal(system(command), 0);
}

/* A log is compared with the report that is named. */
static void test_a_log_and_a_report(void **state)
{
	static const struct row rows[] = {
		{ "log @/log1", 1, { "a.lab" }, NULL },
		{ "log --report @/none @/log1", -1, { "cannot open " }, NULL },
		{ HERE "-t @/trust --uds-port $0 -p $1 -o json:@/report pub.example.com", 1, { "" }, NULL },
		{ "log -f json --report @/report @/log1", 1, { "\"in_report\": false" }, NULL },
		{ "log -f json --report @/report @/log2", 1, { "\"in_report\": true" }, NULL },
		{ "log -f json @/log2", 1, { "\"in_report\": null" }, NULL },
		/* one that is cut off tells what it holds, and that */
		{ "log @/cut.gz", 1, { "a.lab" }, "cut.gz" },
		{ "log @/small.gz", -1, { "small.gz: ", "!(null)" }, NULL },
		{ HERE "-t @/trust --no-discovery -p $0 --from-log @/told", 0, { "the one advertised address" }, NULL },
		{ HERE "-t @/trust --no-discovery -p $0 --from-log @/told.gz", 0, { "the one advertised address" }, "told.gz" },
	};

	(void)state;
	write_text("log1",
	           "2026-11-28T10:00:00.000+00:00 exp traffic_server[7]: [ET_NET 0] WARNING: Core server certificate "
	           "verification failed for (a.lab). Action=Terminate Error=self signed certificate "
	           "server=a.lab(10.0.0.1) depth=0\n");
	write_text("log2",
	           "2026-11-28T10:00:00.000+00:00 exp traffic_server[7]: [ET_NET 0] WARNING: Core server certificate "
	           "verification failed for (pub.example.com). Action=Terminate Error=self signed certificate "
	           "server=pub.example.com(127.0.0.1) depth=0\n");
	write_many("told", "traffic_server[1]: Event=\"Request Allowed\" Request=\"https://pub.example.com:8443/cucm-uds/\"\n");
	write_many("many", contents("log1"));
	cut("log1", "small.gz");
	cut("many", "cut.gz");
	cut("told", "told.gz");
	CHECK(rows);
}

/* Which release is judged as which. */
static void test_policy(void **state)
{
	static const struct {
		const char *words, *era, *server, *expressway;
	} rows[] = {
		{ "", "openssl1", "ats8", "X14.2" },
		{ "--expressway X14.2", "openssl1", "ats8", "X14.2" },
		{ "--expressway X15.5", "openssl3", "ats9", "X15.5" },
		{ "--era openssl3", "openssl3", "ats9", "X14.2" },
		{ "--era openssl1 --expressway X15.5", "openssl1", "ats8", "X15.5" },
		{ "--traffic-server ats9", "openssl1", "ats9", "X14.2" },
		{ "--era openssl3 --traffic-server ats8", "openssl3", "ats8", "X14.2" },
		{ "--upgrade X14.0.7,X15.5", "openssl3", "ats9", "X15.5" },
		{ "--upgrade X14.0.7,X15.5 --expressway X15.5", "openssl3", "ats9", "X15.5" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *words = mem_printf(HERE "-t @/trust --no-discovery -p $2 -f json %s%spub.example.com",
		                         rows[i].words, *rows[i].words != '\0' ? " " : ""),
		     *era = mem_printf("\"era\": \"%s\"", rows[i].era),
		     *server = mem_printf("\"traffic_server\": \"%s\"", rows[i].server),
		     *expressway = mem_printf("\"expressway\": \"%s\"", rows[i].expressway);
		struct row row = { words, 3, { era, server, expressway, NULL }, NULL };

		check(&row);
		free(words);
		free(era);
		free(server);
		free(expressway);
	}
}

/* --- verify, replay, diff ---------------------------------------------------------------------- */

static void test_verify(void **state)
{
	static const struct row rows[] = {
		{ "verify --at @1790000000 -t @/trust --address pub.example.com @/chain", 0, { "Yes: Expressway would accept it." }, NULL },
		{ "verify --at @1790000000 -t @/trust @/chain", 0, { "Yes, as far as trust goes: no name was judged." }, NULL },
		{ "verify --at @1790000000 -t @/trust --address x.example.com @/chain", 1,
		  { "WARNING: SNI (x.example.com) not in certificate. Action=Terminate server=x.example.com()" }, NULL },
		{ "verify --at @1790000000 -t @/trust --address x.example.com --ip 192.0.2.7 @/chain", 1, { "server=x.example.com(192.0.2.7)" }, NULL },
		{ "verify --at @1790000000 -t @/trust --address 192.0.2.8 @/chain", 1, { "server=192.0.2.8(192.0.2.8)" }, NULL },
		{ "verify --at @1790000000 -t @/trust --address 192.0.2.8 --ip 192.0.2.7 @/chain", 1, { "server=192.0.2.8(192.0.2.7)" }, NULL },
		{ "verify --at @1790000000 -t @/trust --address ::1 @/chain", 1, { "server=[::1](::1)" }, NULL },
		{ "verify --at @1790000000 -t @/trust --address pub.example.com --address x @/chain", 1, { "No: Expressway would refuse it in 1 of 2 cases." }, NULL },
		{ "verify --at @1790000000 -t @/torn --address pub.example.com @/chain", 0, { "Yes: " }, "/torn, line " },
		{ "verify --at @1790000000 -t @/empty --address pub.example.com @/chain", 1, { "No: " }, NULL },
		{ "verify --at @1790000000 -t @/trust --address pub.example.com @/backwards", 0, { "Yes: " }, "the chain stands CA first" },
		{ "verify --at @1990000000 -t @/trust --address pub.example.com @/chain", 1, { "certificate has expired" }, NULL },
		{ "verify --at @1790000000 -t @/trust --address pub.example.com -f json @/chain", 0, { "\"accepted\": true" }, NULL },
		{ "verify --at @1790000000 -t @/trust @/none", -1, { "cannot open " }, NULL },
		{ "verify --at @1790000000 -t @/trust @/empty", -1, { "" }, NULL },
	};

	(void)state;
	CHECK(rows);
}

static void test_saved(void **state)
{
	static const struct row rows[] = {
		{ HERE "-t @/trust --uds-port $0 -p $0 -o json:@/good.json pub.example.com", 0, { "Yes: " }, NULL },
		{ HERE "-t none --uds-port $0 -p $0 -o json:@/bad.json pub.example.com", 1, { "No: " }, NULL },
		{ "diff @/good.json @/good.json", 0, { "no change " }, NULL },
		{ "diff @/good.json @/bad.json", 1, { "worse" }, NULL },
		{ "diff @/bad.json @/good.json", 0, { "better" }, NULL },
		{ "diff -f json @/good.json @/bad.json", 1, { "{", "\"worse\"" }, NULL },
		{ "diff @/none @/good.json", -1, { "cannot open " }, NULL },
		{ "diff @/good.json @/trust", -1, { "" }, NULL },
		{ "replay --at @1790000000 @/good.json", 0, { "Yes: " }, NULL },
		{ "replay --at @1790000000 -t none @/good.json", 1, { "No: " }, NULL },
		{ "replay --at @1790000000 -t @/trust @/bad.json", 0, { "Yes: " }, NULL },
		{ "replay --at @1990000000 @/good.json", 1, { "expired" }, NULL },
		{ "replay --at @1790000000 @/good.json @/trust", 3, { "Not known: 1 saved report could not be read" }, "left out" },
		{ "replay @/none", -1, { "cannot open " }, NULL },
		/* several: of one cluster they are one report, as all are in a format that has no form for many */
		{ HERE "-t @/trust --no-discovery -p $0 -o json:@/one.json pub.example.com", 0, { "Yes: " }, NULL },
		{ HERE "-t @/trust --no-discovery -p $0 -o json:@/two.json sub.example.com", 0, { "Yes: " }, NULL },
		{ HERE "-t @/trust --no-discovery -p $0 --expressway X15.5 -o json:@/later.json sub.example.com", 0, { "Yes: " }, NULL },
		{ "replay --at @1790000000 @/one.json @/one.json", 0, { "Yes: ", "!clusters" }, NULL },
		{ "replay --at @1790000000 @/one.json @/two.json", 0, { "Yes: 2 of 2 clusters " }, NULL },
		{ "replay --at @1790000000 @/one.json @/two.json @/one.json", 0, { "Yes: 2 of 2 clusters " }, NULL },
		{ "replay --at @1790000000 @/one.json @/later.json", 0, { "Yes: 2 of 2 clusters " }, NULL },
		{ "replay --at @1790000000 -f json @/one.json @/two.json", 0,
		  { "\"name\": \"pub.example.com\"", "\"name\": \"sub.example.com\"" }, NULL },
		{ "replay --at @1790000000 -f json @/one.json @/later.json", -1, { "was judged for another release" }, NULL },
		{ "replay --at @1790000000 @/two.json @/later.json", -1, { "was judged for another release" }, NULL },
		{ "replay -t @/none @/one.json @/two.json", -1, { "cannot open " }, NULL },
		{ "replay @/trust @/empty", -1, { "none of the 2 reports could be read" }, "left out" },
	};

	(void)state;
	CHECK(rows);
}

/* --- words about itself ------------------------------------------------------------------------ */

static void test_texts(void **state)
{
	static const struct row rows[] = {
		{ "--version", 0, { "mra-preflight " PACKAGE_VERSION " " }, NULL },
		{ "version", 0, { "mra-preflight " PACKAGE_VERSION " " }, NULL },
		{ "--help", 0, { "--trust", "--ports" }, NULL },
		{ "--help", 0, { " text ", " html ", " nagios ", " certificates " }, NULL },
		{ "help replay", 0, { " text ", " html ", " nagios ", "!--ports" }, NULL },
		{ "help log", 0, { "--report", "!--ports", " html ", "! csv " }, NULL },
		{ "help diff", 0, { " text ", " json ", "! html " }, NULL },
		{ "verify --help", 0, { "--address", "!--ports", " json ", "! html " }, NULL },
	};
	struct fault fault;

	(void)state;
	CHECK(rows);
	/* nothing was typed: what to type next, on standard error */
	{
		char *argv[] = { (char[]){ "mra-preflight" }, NULL };
		struct options options;
		int out, err, status;
		static const char *const usage[] = {
			"Usage:\n  mra-preflight [OPTION...] PUBLISHER[:PORT]...\n",
			"\n  mra-preflight verify [OPTION...] CHAIN.pem\n",
			"\n  mra-preflight log [OPTION...] FILE...\n",
			"Maintenance > Security > Trusted CA", "mra-preflight -t expressway-ca.pem ",
			"All options: mra-preflight help\n",
		};

		assert_int_equal(options_parse(&options, 1, argv, &fault), 0);
		out = redirect(STDOUT_FILENO, "stdout");
		err = redirect(STDERR_FILENO, "stderr");
		status = run(&options, NULL, &fault);
		restore(STDOUT_FILENO, out);
		restore(STDERR_FILENO, err);
		options_clear(&options);
		assert_int_equal(status, 2);
		assert_string_equal(contents("stdout"), "");
		for (size_t i = 0; i < sizeof usage / sizeof *usage; i++)
			if (strstr(contents("stderr"), usage[i]) == NULL)
				fail_msg("%s: %s", usage[i], contents("stderr"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_audit), cmocka_unit_test(test_how_long_it_took),
		cmocka_unit_test(test_what_judging_needs), cmocka_unit_test(test_who_talks),
		cmocka_unit_test(test_names_meanwhile), cmocka_unit_test(test_stopped),
		cmocka_unit_test(test_seconds),
		cmocka_unit_test(test_policy), cmocka_unit_test(test_verify),
		cmocka_unit_test(test_a_log_and_a_report),
		cmocka_unit_test(test_saved), cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
