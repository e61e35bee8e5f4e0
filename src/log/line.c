/* SPDX-License-Identifier: MIT */
/* A copy from a page or a mail breaks lines in the middle of words and loses blanks. So all is
 * matched in a form that has no white space at all; what is shown is written anew from what was
 * understood. */
#include "config.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/pem.h"
#include "base/safe.h"
#include "log/line.h"
#include "model/node.h"
#include "model/verdict.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SQUEEZED_MOST = 16 << 10, VERIFY_FAILED = 0x086, ALERT_BASE = 1000 };
/* Of characters of at most four bytes; the words in front of them are of one each, which leaves
 * room for what stands where some are left out. */
enum { TEXT_COLUMNS = LINE_TEXT / 4 - 8 };

#define CODE "error:"
#define HAS(text, len, word) (memmem(text, len, word, sizeof word - 1) != NULL)

bool line_matters(const char *text, size_t len)
{
	return HAS(text, len, "traffic") || HAS(text, len, "ET_NET") || HAS(text, len, "WARNING") ||
	       HAS(text, len, "ERROR") || HAS(text, len, "<address>") ||
	       HAS(text, len, "RequestAllowed") || HAS(text, len, "Request Allowed");
}

static bool digits(const char *text, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!isdigit((unsigned char)text[i]))
			return false;
	return true;
}

static bool starts(const char *text, size_t len, const char *word)
{
	return len >= strlen(word) && memcmp(text, word, strlen(word)) == 0;
}

/* Of the 10 bytes "2022-07-11", or of fewer and a zero. */
static bool is_date(const char *p)
{
	return digits(p, 4) && p[4] == '-' && digits(p + 5, 2) && p[7] == '-' && digits(p + 8, 2);
}

/* "18:55:26" */
static bool is_clock(const char *p)
{
	return digits(p, 2) && p[2] == ':' && digits(p + 3, 2) && p[5] == ':' && digits(p + 6, 2);
}

/* How long is "+02:00", or "+0200" as journalctl writes it (ISO 8601's basic form)? 0: it is none. */
static size_t zone_len(const char *p)
{
	if ((*p != '+' && *p != '-') || !digits(p + 1, 2))
		return 0;
	return p[3] == ':' && digits(p + 4, 2) ? strlen("+02:00")
	       : digits(p + 3, 2)              ? strlen("+0200")
	                                       : 0;
}

static bool is_month(const char *text, size_t len)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (const char *month = months; len >= 3 && *month != '\0'; month += 3)
		if (memcmp(text, month, 3) == 0)
			return true;
	return false;
}

static bool dated(const char *text, size_t len)
{
	if (len > strlen("2022-07-11") && is_date(text))
		return true;
	if (starts(text, len, "["))
		text++, len--;
	/* up to the hour's colon: a date alone is no frame */
	return len >= 10 && is_month(text, len) && text[3] == ' ';
}

bool line_begins(const char *text, size_t len)
{
	return dated(text, len) || starts(text, len, "WARNING:") || starts(text, len, "ERROR:") ||
	       starts(text, len, "[ET_NET") || starts(text, len, "UTCTime=") ||
	       starts(text, len, "\xe2\x80\xa6") || starts(text, len, "traffic_server");
}

/* Two digits, whatever follows: a copy without blanks has the hour right behind the day. */
static int two(const char *p)
{
	return (p[0] - '0') * 10 + p[1] - '0';
}

/* "2022-07-11T18:55:26.123+02:00" or "2022-07-1116:55:26,000": 0 where it is none */
static int64_t time_of(const char *text, size_t len)
{
	char copy[64]; /* ends with a zero, so that none of it is looked for behind its end */
	const char *p = copy;
	int64_t ms = 0, s;
	int offset;

	snprintf(copy, sizeof copy, "%.*s", (int)len, text);
	if (!is_date(p))
		return 0;
	s = clock_from_civil(two(p) * 100 + two(p + 2), two(p + 5), two(p + 8), 0, 0, 0);
	p += strlen("2022-07-11");
	if (*p == 'T' || *p == ' ')
		p++;
	if (!is_clock(p))
		return 0;
	s += two(p) * 3600 + two(p + 3) * 60 + two(p + 6);
	p += strlen("18:55:26");
	if ((*p == '.' || *p == ',') && digits(p + 1, 3)) {
		ms = (p[1] - '0') * 100 + (p[2] - '0') * 10 + (p[3] - '0');
		p += 1 + strspn(p + 1, "0123456789");
	}
	if (zone_len(p) > 0) {
		offset = two(p + 1) * 3600 + two(p + zone_len(p) - 2) * 60;
		s -= *p == '+' ? offset : -offset;
	}
	return s > 0 ? s * 1000 + ms : 0;
}

int64_t line_time(const char *text, size_t len)
{
	const char *utc = memmem(text, len, "UTCTime=\"", 9);
	int64_t ms = 0;

	if (utc != NULL) {
		utc += 9;
		ms = time_of(utc, len - (size_t)(utc - text));
	}
	return ms != 0 ? ms : time_of(text, len);
}

/* All but white space and what a mail puts in front of a quoted line; NUL-terminated. */
static size_t squeeze(const char *text, size_t len, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < len && n < SQUEEZED_MOST - 1; i++)
		if ((unsigned char)text[i] > ' ' && text[i] != 0x7f)
			out[n++] = text[i];
	out[n] = '\0';
	return n;
}

/* Copies what an address may be made of, up to `end`, where something else stands; false: it is
 * none. */
static bool take_address(const char *from, const char *end, char *to)
{
	size_t len = (size_t)(end - from);

	if (*from == '[' && from[len - 1] == ']')
		from++, len -= 2;
	if (len == 0 || len >= LINE_NAME)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)from[i]) && strchr("-._:", from[i]) == NULL)
			return false;
	memcpy(to, from, len);
	to[len] = '\0';
	return true;
}

static bool take_ip(const char *from, const char *end, struct line *line)
{
	char text[LINE_NAME], *canonical;

	if (!take_address(from, end, text) || (canonical = address_canonical_ip(text)) == NULL)
		return false;
	snprintf(line->ip, sizeof line->ip, "%s", canonical);
	free(canonical);
	return true;
}

/* What follows the word; NULL: it is not there. */
static const char *behind(const char *text, const char *word)
{
	const char *at = strstr(text, word);

	return at == NULL ? NULL : at + strlen(word);
}

/* The value of NAME="..." in the squeezed line; its end in *end; NULL: there is none. */
static const char *value_of(const char *squeezed, const char *name, const char **end)
{
	const char *at = behind(squeezed, name);

	*end = at == NULL ? NULL : strchr(at, '"');
	return *end == NULL ? NULL : at;
}

static bool take_port(const char *text, uint16_t *port)
{
	unsigned long n = isdigit((unsigned char)*text) ? strtoul(text, NULL, 10) : 0;

	*port = (uint16_t)n;
	return n != 0 && *port == n;
}

/* "DOMAIN/https/HOST/PORT" */
static bool take_descriptor(const char *text, struct line *line)
{
	const char *host = behind(text, "/https/"), *end = host == NULL ? NULL : strchr(host, '/');

	return end != NULL && take_address(host, end, line->address) &&
	       take_port(end + 1, &line->port);
}

/* The message, up to its quote: "GET http://HOST:PORT/BASE64/..." or "GET /BASE64/...". */
static enum line_kind take_told(const char *message, struct line *line)
{
	const char *path = message + strcspn(message, "/\"");
	char base64[SQUEEZED_MOST]; /* the message is shorter, by more than the padding */
	enum line_kind kind = LINE_NOTHING;
	struct buf plain;
	size_t n = 0;

	if (starts(path, strlen(path), "//")) {
		path += strlen("//");
		path += strcspn(path, "/\"");
	}
	if (*path != '/')
		return LINE_NOTHING;
	for (path++; isalnum((unsigned char)*path) || strchr("+-_", *path) != NULL; path++)
		base64[n++] = *path == '-' ? '+' : *path == '_' ? '/' : *path;
	while (n % 4 != 0)
		base64[n++] = '=';
	buf_init(&plain);
	if (pem_decode_base64(&plain, base64, n) == 0 && plain.len == strlen(plain.data))
		kind = take_descriptor(plain.data, line)        ? LINE_TOLD
		       : strstr(plain.data, "/http/") != NULL ? LINE_PLAIN
		                                              : LINE_NOTHING;
	buf_clear(&plain);
	return kind;
}

/* Which API a path belongs to: UDS is CUCM's, EPASSoap IM&P's, vmrest Unity Connection's; 6970 and
 * 6972 are CUCM's TFTP. */
static int role_of(const char *squeezed, uint16_t port)
{
	static const struct {
		const char *path;
		enum node_role role;
	} paths[] = { { "/cucm-uds/", ROLE_CUCM },
		      { "/EPASSoap/", ROLE_IMP },
		      { "/vmrest/", ROLE_UNITY } };

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		if (strstr(squeezed, paths[i].path) != NULL)
			return (int)paths[i].role;
	return port == 6970 || port == 6972 ? ROLE_CUCM : -1;
}

static void read_request(const char *squeezed, struct line *line)
{
	const char *end, *at = value_of(squeezed, "Txn-id=\"", &end);

	if (at == NULL)
		return;
	line->txn = strtoull(at, NULL, 10);
	if (strstr(squeezed, "Detail=\"ReceiveRequest\"") != NULL) {
		at = value_of(squeezed, "Msg=\"", &end);
		if (at != NULL)
			line->kind = take_told(at, line);
	} else if (strstr(squeezed, "Detail=\"SendingRequest\"") != NULL) {
		if ((at = value_of(squeezed, "Dst-port=\"", &end)) != NULL &&
		    take_port(at, &line->port) &&
		    (at = value_of(squeezed, "Dst-ip=\"", &end)) != NULL &&
		    take_ip(at, end, line))
			line->kind = LINE_SENT;
	} else if (strstr(squeezed, "Detail=\"ReceiveResponse\"") != NULL) {
		if ((at = value_of(squeezed, "Src-port=\"", &end)) != NULL &&
		    take_port(at, &line->port) &&
		    (at = value_of(squeezed, "Src-ip=\"", &end)) != NULL &&
		    take_ip(at, end, line))
			line->kind = LINE_ANSWER;
	} else if (strstr(squeezed, "Detail=\"SendingResponse\"") != NULL) {
		line->kind = LINE_CLIENT;
	}
}

/* What Traffic Server says itself where it got no answer (HttpTransact.cc: handle_server_died,
 * OSDNSLookup). A name without an IP is a 502 of 8.1 and a 500 of 9.2, a server that falls silent
 * behind its handshake a 504 of both; 9.2 leaves the phrase of a failed handshake empty. */
static const char *own_status(const char *squeezed)
{
	if (strncmp(squeezed, "502", 3) == 0)
		return "502";
	if (strncmp(squeezed, "504", 3) == 0)
		return "504";
	/* other 500s are the server's as well: the line with its answer may be missing */
	return starts(squeezed, strlen(squeezed), "500Cannotfindserver.\"") ? "500" : NULL;
}

static void read_phrase(const char *squeezed, struct line *line)
{
	static const char *const phrases[] = { "connect failed",
		                               "Connection reset by peer",
		                               "Connection refused",
		                               "Cannot find server.",
		                               "internal error - server connection terminated",
		                               "Connection timed out",
		                               "Connection Timed Out",
		                               "Broken pipe",
		                               "Server Hangup",
		                               "Invalid HTTP Response",
		                               "Malformed Server Response Status" };
	const char *end, *at = value_of(squeezed, "Msg=\"HTTP/1.", &end), *status;
	struct buf words;
	char one[128];

	status = at == NULL || at == end ? NULL : own_status(at + 1);
	if (status == NULL)
		return;
	at += strlen("1502");
	for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
		size_t n = squeeze(phrases[i], strlen(phrases[i]), one);

		if ((size_t)(end - at) == n && strncmp(at, one, n) == 0) {
			snprintf(line->phrase, sizeof line->phrase, "%s %s", status, phrases[i]);
			return;
		}
	}
	buf_init(&words);
	for (; *at != '"'; at++)
		if (isalnum((unsigned char)*at) || strchr(".-", *at) != NULL)
			buf_putc(&words, *at);
	snprintf(line->phrase, sizeof line->phrase, "%s %s", status, words.data);
	buf_clear(&words);
}

/* The reason whose code that is, of its function as well in the era that numbers functions; -1:
 * none, or several (two ways to send no list of certificates; two bad signatures in the other
 * era). */
static int reason_of(unsigned long code, enum era era)
{
	int found = -1;

	for (int reason = 0; reason < REASON_COUNT; reason++) {
		const char *text = reason_text((enum reason)reason, era);

		if (!starts(text, strlen(text), CODE) ||
		    strtoul(text + strlen(CODE), NULL, 16) != code)
			continue;
		if (found != -1)
			return -1;
		found = reason;
	}
	return found;
}

/* "error:1416F086:": reason and era. The last 12 bits say why, whatever function it was. */
static void read_code(const char *squeezed, struct line *line)
{
	const char *at = behind(squeezed, CODE);
	unsigned long code, why;

	if (at == NULL || strspn(at, "0123456789ABCDEFabcdef") != 8)
		return;
	code = strtoul(at, NULL, 16);
	why = code & 0xfff;
	line->era = code >> 24 == 0x14 ? ERA_OPENSSL1 : code >> 24 == 0x0a ? ERA_OPENSSL3 : -1;
	line->error_verify = why == VERIFY_FAILED;
	if (why >= ALERT_BASE && why < ALERT_BASE + 256)
		line->alert = (int)why - ALERT_BASE;
	else if (line->era != -1)
		line->reason = reason_of(code, (enum era)line->era);
}

/* From `word` on, as it was logged: word for word where the copy is whole, else with white space as
 * it came. There is a word in it. */
static void keep_text(const char *text, size_t len, const char *word, struct line *line)
{
	const char *at = memmem(text, len, word, strlen(word));
	struct buf copy;
	char *safe;

	while (isspace((unsigned char)text[len - 1]))
		len--;
	buf_init(&copy);
	for (at = at == NULL ? text : at; at < text + len; at++)
		if (*at != '\n' && *at != '\r' && *at != '\0')
			buf_putc(&copy, *at);
	safe = safe_brief(copy.data, TEXT_COLUMNS);
	snprintf(line->text, sizeof line->text, "%s", safe);
	free(safe);
	buf_clear(&copy);
}

/* "server=NAME(IP)depth=N" */
static bool read_server(const char *at, struct line *line)
{
	const char *open = strchr(at, '('), *shut = open == NULL ? NULL : strchr(open, ')');

	if (shut == NULL || !take_address(at, open, line->address))
		return false;
	take_ip(open + 1, shut, line); /* it may have none */
	return true;
}

static bool is_ipv6(const char *text)
{
	return strchr(text, ':') != NULL;
}

/* server= is the URL's host, with brackets around an IPv6 address; the IP behind it has none. */
static void write_warning(const char *raw_reason, const char *form, struct line *line)
{
	const char *l = is_ipv6(line->address) ? "[" : "", *r = *l != '\0' ? "]" : "";
	const char *action = line->terminate ? "Terminate" : "Continue";
	bool chain = *form == 'C';

	if (chain)
		snprintf(line->text, sizeof line->text,
		         "WARNING: Core server certificate verification failed for (%.253s). "
		         "Action=%s Error=%.80s server=%s%.253s%s(%.45s) depth=%d",
		         line->address, action, raw_reason, l, line->address, r, line->ip,
		         line->depth);
	else
		snprintf(
			line->text, sizeof line->text,
			"WARNING: %s (%.253s) not in certificate. Action=%s server=%s%.253s%s(%.45s)",
			form, line->address, action, l, line->address, r, line->ip);
}

static const char *reason_in(const char *from, const char *end, struct line *line)
{
	char one[256];

	for (int reason = 0; reason < REASON_COUNT; reason++)
		for (int era = 0; era < ERA_COUNT; era++) {
			const char *text = reason_text((enum reason)reason, (enum era)era);

			if (squeeze(text, strlen(text), one) == (size_t)(end - from) &&
			    strncmp(from, one, strlen(one)) == 0) {
				line->reason = reason;
				if (strcmp(reason_text((enum reason)reason, ERA_OPENSSL1),
				           reason_text((enum reason)reason, ERA_OPENSSL3)) != 0)
					line->era = era;
				return text;
			}
		}
	return NULL;
}

static void read_warning(const char *text, size_t len, const char *squeezed, struct line *line)
{
	static const char sign[] = "server=";
	const char *server = strstr(squeezed, sign), *action = strstr(squeezed, "Action="), *next,
		   *error, *known = NULL, *depth;
	const char *form = strstr(squeezed, "Coreservercertificateverificationfailed") != NULL
	                           ? "Core"
	                   : strstr(squeezed, "Originhostname(") != NULL ? "Origin hostname"
	                   : strstr(squeezed, "SNI(") != NULL            ? "SNI"
	                                                                 : NULL;

	while (server != NULL && (next = strstr(server + strlen(sign), sign)) != NULL)
		server = next;
	if (form == NULL || server == NULL || action == NULL ||
	    !read_server(server + strlen(sign), line))
		return;
	line->kind = LINE_WARNING;
	line->terminate = starts(action, strlen(action), "Action=Terminate");
	if (*form == 'O')
		line->generation = TRAFFIC_SERVER_9;
	if (*form != 'C') {
		line->reason = REASON_NAME_MISMATCH;
		write_warning("", form, line);
		return;
	}
	error = behind(action, "Error=");
	depth = behind(server, ")depth=");
	if (depth != NULL && isdigit((unsigned char)*depth))
		line->depth = atoi(depth) & 0xff;
	if (error != NULL && error < server)
		known = reason_in(error, server, line);
	if (known != NULL && line->depth >= 0)
		write_warning(known, form, line);
	else
		keep_text(text, len, "WARNING", line);
}

static void read_error(const char *text, size_t len, const char *squeezed, struct line *line)
{
	const char *at = behind(squeezed, "SSLconnectionfailedfor'"),
		   *end = at == NULL ? NULL : strchr(at, '\'');

	if (end == NULL || !take_address(at, end, line->address))
		return;
	line->kind = LINE_ERROR;
	line->generation = TRAFFIC_SERVER_8;
	read_code(end, line);
	keep_text(text, len, "ERROR", line);
	if (line->error_verify &&
	    strstr(end,
	           "1416F086:SSLroutines:tls_process_server_certificate:certificateverifyfailed") !=
	            NULL)
		snprintf(line->text, sizeof line->text,
		         "ERROR: SSL connection failed for '%s': error:1416F086:SSL routines:"
		         "tls_process_server_certificate:certificate verify failed",
		         line->address);
}

static void read_allowed(const char *squeezed, struct line *line)
{
	const char *end, *at = value_of(squeezed, "Request=\"https://", &end), *host_end;

	if (at == NULL)
		return;
	host_end = at + strcspn(at, *at == '[' ? "]\"/" : ":/\"");
	host_end += *host_end == ']';
	if (*host_end == ':' && take_address(at, host_end, line->address) &&
	    take_port(host_end + 1, &line->port))
		line->kind = LINE_ALLOWED;
}

bool line_opens_edge(const char *text, size_t len)
{
	return HAS(text, len, "edgeconfigprovisioning") && HAS(text, len, "HTTPMSG");
}

bool line_edge(const char *text, size_t len, size_t *at, char address[LINE_NAME])
{
	static const char tag[] = "<address>";
	const char *from, *end;

	while ((from = memmem(text + *at, len - *at, tag, strlen(tag))) != NULL) {
		from += strlen(tag);
		end = memchr(from, '<', len - (size_t)(from - text));
		if (end == NULL)
			break;
		*at = (size_t)(end - text);
		if (take_address(from, end, address))
			return true;
	}
	*at = len;
	return false;
}

static unsigned long pid_of(const char *squeezed)
{
	const char *at = behind(squeezed, "traffic_server[");

	return at != NULL && isdigit((unsigned char)*at) ? strtoul(at, NULL, 10) : 0;
}

/* Behind "T10:00:01.123+00:00", "Z" or none of these: where a time ends. The last one in front of
 * the process: a relay may have put its own before it. */
static const char *iso_time_end(const char *text, const char *end)
{
	const char *found = NULL;

	for (const char *at = text; (at = memchr(at, 'T', (size_t)(end - at))) != NULL; at++)
		found = is_clock(at + 1) ? at : found;
	if (found == NULL)
		return NULL;
	found += strlen("T10:00:01");
	found += strspn(found, ".0123456789");
	return *found == 'Z' ? found + 1 : found + zone_len(found);
}

/* Behind "Nov2810:00:01", of a day of one digit or two: the frame of a syslog server (RFC 3164, 4.1.2),
 * without its blanks. */
static const char *bsd_time_end(const char *text)
{
	if (!is_month(text, strlen(text)))
		return NULL;
	for (size_t day = 1; day <= 2; day++)
		if (digits(text + 3, day) && is_clock(text + 3 + day))
			return text + 3 + day + strlen("10:00:01");
	return NULL;
}

/* Which peer of the cluster wrote it: what stands between the time and the process, blanks or none.
 * Two peers may have two trust stores. */
static void take_peer(const char *squeezed, char peer[TRAFFIC_PEER])
{
	const char *end = strstr(squeezed, "traffic_server["),
		   *at = end == NULL ? NULL : iso_time_end(squeezed, end) ?: bsd_time_end(squeezed);
	size_t len = 0;

	for (; at != NULL && at < end && len + 1 < TRAFFIC_PEER; at++)
		if (isalnum((unsigned char)*at) || strchr("-._", *at) != NULL)
			peer[len++] = *at;
	peer[len] = '\0';
}

void line_read(const char *text, size_t len, struct line *line)
{
	char squeezed[SQUEEZED_MOST];

	memset(line, 0, sizeof *line);
	line->reason = line->depth = line->era = line->generation = line->alert = line->role = -1;
	squeeze(text, len, squeezed);
	if (strstr(squeezed, "network.http.trafficserver") != NULL) {
		read_request(squeezed, line);
		if (line->kind == LINE_CLIENT)
			read_phrase(squeezed, line);
	} else if (strstr(squeezed, "WARNING:") != NULL && strstr(squeezed, "server=") != NULL) {
		read_warning(text, len, squeezed, line);
	} else if (strstr(squeezed, "ERROR:SSLconnectionfailed") != NULL) {
		read_error(text, len, squeezed, line);
	} else if (strstr(squeezed, "Event=\"RequestAllowed\"") != NULL) {
		read_allowed(squeezed, line);
	}
	if (line->kind == LINE_NOTHING)
		return;
	line->role = line->kind == LINE_TOLD || line->kind == LINE_ALLOWED
	                     ? role_of(squeezed, line->port)
	                     : -1;
	line->pid = pid_of(squeezed);
	take_peer(squeezed, line->peer);
	line->time_ms = line_time(text, len);
	if (line->time_ms == 0)
		line->time_ms = line_time(squeezed, strlen(squeezed));
	line->dated = line->time_ms != 0 || bsd_time_end(squeezed) != NULL;
}
