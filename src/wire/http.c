/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "wire/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER_MOST = 65536, CERTIFICATES_MOST = 128, NAP_MS = 200, VISITS_AT_ONCE = 64 };

struct trip { /* one visit under way */
	struct http_visit *visit;    /* borrowed */
	const struct http_how *how;  /* borrowed */
	CURL *curl;
	struct curl_slist *resolve;
	size_t header_len;
	bool too_large;
};

/* --- one question ------------------------------------------------------------------------------------------------------- */

static size_t take_body(char *bytes, size_t size, size_t count, void *arg)
{
	struct trip *trip = arg;

	if (size * count > trip->how->body_most - trip->visit->body.len) {
		trip->too_large = true;
		return 0;
	}
	buf_add(&trip->visit->body, bytes, size * count);
	return size * count;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *arg)
{
	struct trip *trip = arg;

	(void)bytes;
	trip->header_len += size * count;
	trip->too_large = trip->too_large || trip->header_len > HEADER_MOST;
	return trip->too_large ? 0 : size * count;
}

static char *bracketed(const char *host)
{
	return strchr(host, ':') != NULL ? mem_printf("[%s]", host) : mem_strdup(host);
}

static void set_url(struct trip *trip)
{
	char *host = bracketed(trip->visit->host);
	char *url = mem_printf("https://%s:%u%s", host, trip->visit->port, trip->visit->path);

	curl_easy_setopt(trip->curl, CURLOPT_URL, url);
	free(url);
	free(host);
}

/* Our own resolver has found the IPs (--dns-server, --resolve): libcurl is told, and asks nobody. */
static void set_ips(struct trip *trip)
{
	const struct http_visit *visit = trip->visit;
	struct buf line;

	buf_init(&line);
	buf_printf(&line, "%s:%u:", visit->host, visit->port);
	for (size_t i = 0; i < visit->ip_count; i++)
		buf_printf(&line, strchr(visit->ips[i], ':') != NULL ? "%s[%s]" : "%s%s", i > 0 ? "," : "", visit->ips[i]);
	if (strchr(visit->host, ':') == NULL)
		trip->resolve = curl_slist_append(NULL, line.data);
	curl_easy_setopt(trip->curl, CURLOPT_RESOLVE, trip->resolve);
	buf_clear(&line);
}

static void set_protocols(CURL *curl)
{
#if LIBCURL_VERSION_NUM >= 0x075500
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
#else
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS, (long)CURLPROTO_HTTPS);
#endif
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_0);
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
	curl_easy_setopt(curl, CURLOPT_CAINFO, NULL); /* else the host's hundreds of CAs are read, for nothing */
	curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(curl, CURLOPT_CERTINFO, 1L);
}

static int open_trip(struct trip *trip)
{
	CURL *curl = trip->curl = curl_easy_init();

	if (curl == NULL)
		return -1;
	set_protocols(curl);
	curl_easy_setopt(curl, CURLOPT_PRIVATE, trip);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L); /* a server with one hand must not be kept waiting */
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)trip->how->connect_timeout_ms);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)trip->visit->timeout_ms);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, trip);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, trip);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, PACKAGE_NAME "/" PACKAGE_VERSION);
	if (!trip->how->environment_proxy)
		curl_easy_setopt(curl, CURLOPT_PROXY, "");
	set_ips(trip);
	set_url(trip);
	return 0;
}

static void close_trip(struct trip *trip)
{
	if (trip->curl != NULL)
		curl_easy_cleanup(trip->curl);
	curl_slist_free_all(trip->resolve);
	trip->curl = NULL;
	trip->resolve = NULL;
}

/* --- the answer ------------------------------------------------------------------------------------------------------------ */

static void copy_certificates(struct trip *trip)
{
	struct http_visit *visit = trip->visit;
	struct curl_certinfo *info = NULL;

	if (visit->certificate_count > 0 || curl_easy_getinfo(trip->curl, CURLINFO_CERTINFO, &info) != CURLE_OK || info == NULL ||
	    info->num_of_certs <= 0)
		return;
	visit->certificates = mem_array((size_t)info->num_of_certs, sizeof *visit->certificates);
	for (int i = 0; i < info->num_of_certs && i < CERTIFICATES_MOST; i++) {
		for (const struct curl_slist *line = info->certinfo[i]; line != NULL; line = line->next) {
			if (strncmp(line->data, "Cert:", 5) != 0)
				continue;
			buf_init(&visit->certificates[visit->certificate_count]);
			buf_puts(&visit->certificates[visit->certificate_count++], line->data + 5);
			break;
		}
	}
}

static enum http_outcome outcome_of_status(const struct trip *trip, long status, char **detail)
{
	const char *location = NULL;

	if (status == 200)
		return HTTP_OK;
	if (status < 300 || status > 399) {
		*detail = mem_printf("HTTP status %ld", status);
		return HTTP_STATUS;
	}
	curl_easy_getinfo(trip->curl, CURLINFO_REDIRECT_URL, &location);
	*detail = mem_printf("HTTP status %ld to %.200s", status, location != NULL ? location : "nowhere");
	return HTTP_REDIRECT;
}

static enum http_outcome outcome_of_connect(const struct trip *trip, char **detail)
{
	long error = 0;

	curl_easy_getinfo(trip->curl, CURLINFO_OS_ERRNO, &error);
	*detail = mem_strdup(error != 0 ? strerror((int)error) : "no connection");
	return error == ECONNREFUSED ? HTTP_REFUSED : error == ETIMEDOUT ? HTTP_TIMEOUT : HTTP_UNREACHABLE;
}

static enum http_outcome outcome_of(const struct trip *trip, CURLcode code, char **detail)
{
	long status = 0;

	curl_easy_getinfo(trip->curl, CURLINFO_RESPONSE_CODE, &status);
	if (trip->too_large) {
		*detail = mem_printf("more than %zu bytes", trip->header_len > HEADER_MOST ? (size_t)HEADER_MOST : trip->how->body_most);
		return HTTP_TOO_LARGE;
	}
	if (code == CURLE_OK)
		return outcome_of_status(trip, status, detail);
	if (code == CURLE_COULDNT_CONNECT)
		return outcome_of_connect(trip, detail);
	*detail = mem_strdup(curl_easy_strerror(code));
	if (code == CURLE_OPERATION_TIMEDOUT)
		return HTTP_TIMEOUT;
	if (code == CURLE_SSL_CONNECT_ERROR || code == CURLE_SSL_CIPHER || code == CURLE_PEER_FAILED_VERIFICATION ||
	    code == CURLE_SSL_CERTPROBLEM)
		return HTTP_TLS;
	return HTTP_BROKEN;
}

static void end_trip(struct trip *trip, CURLcode code)
{
	struct http_visit *visit = trip->visit;
	const char *ip = NULL;

	visit->outcome = outcome_of(trip, code, &visit->detail);
	if (curl_easy_getinfo(trip->curl, CURLINFO_PRIMARY_IP, &ip) == CURLE_OK && ip != NULL && *ip != '\0')
		visit->ip = mem_strdup(ip);
	copy_certificates(trip);
	visit->answered(visit->arg, visit);
}

/* --- all of them ------------------------------------------------------------------------------------------------------------- */

struct journey {
	CURLM *multi;
	struct trip *trips;
	size_t count, begun, under_way;
	const struct http_how *how;
};

static void begin_more(struct journey *journey)
{
	for (; journey->begun < journey->count && journey->under_way < VISITS_AT_ONCE; journey->begun++) {
		struct trip *trip = &journey->trips[journey->begun];

		if (open_trip(trip) == 0 && curl_multi_add_handle(journey->multi, trip->curl) == CURLM_OK) {
			journey->under_way++;
			continue;
		}
		trip->visit->outcome = HTTP_BROKEN;
		trip->visit->detail = mem_strdup("libcurl has no room for a connection");
		trip->visit->answered(trip->visit->arg, trip->visit);
		close_trip(trip);
	}
}

static void end_some(struct journey *journey)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(journey->multi, &left)) != NULL) {
		CURLcode code = message->data.result;
		CURL *curl = message->easy_handle;
		void *found = NULL;
		struct trip *trip;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(curl, CURLINFO_PRIVATE, (char **)&found);
		trip = found;
		curl_multi_remove_handle(journey->multi, curl);
		end_trip(trip, code);
		close_trip(trip);
		journey->under_way--;
	}
}

static void travel(struct journey *journey, const struct deadline *deadline)
{
	int running = 0;

	begin_more(journey);
	while (journey->under_way > 0 && !deadline_over(deadline)) {
		if (curl_multi_perform(journey->multi, &running) != CURLM_OK)
			break;
		end_some(journey);
		begin_more(journey);
		if (journey->under_way > 0 && running > 0)
			curl_multi_poll(journey->multi, NULL, 0, (int)deadline_left_ms(deadline, NAP_MS), NULL);
	}
}

static void stop_the_rest(struct journey *journey)
{
	for (size_t i = 0; i < journey->count; i++) {
		struct trip *trip = &journey->trips[i];

		if (i >= journey->begun || trip->curl != NULL) {
			trip->visit->outcome = HTTP_STOPPED;
			trip->visit->answered(trip->visit->arg, trip->visit);
		}
		if (trip->curl != NULL)
			curl_multi_remove_handle(journey->multi, trip->curl);
		close_trip(trip);
	}
}

int http_visit_all(struct http_visit *visits, size_t count, const struct http_how *how, const struct deadline *deadline,
                   struct fault *fault)
{
	struct journey journey = { .count = count, .how = how };

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || (journey.multi = curl_multi_init()) == NULL)
		return fault_set(fault, FAULT_LIBRARY, "libcurl cannot be set up");
	curl_multi_setopt(journey.multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)(how->per_host > 0 ? how->per_host : 1));
	journey.trips = mem_array(count + 1, sizeof *journey.trips);
	for (size_t i = 0; i < count; i++) {
		journey.trips[i] = (struct trip){ .visit = &visits[i], .how = how };
		buf_init(&visits[i].body);
	}
	travel(&journey, deadline);
	stop_the_rest(&journey);
	curl_multi_cleanup(journey.multi);
	curl_global_cleanup();
	free(journey.trips);
	return 0;
}

void http_visit_clear(struct http_visit *visit)
{
	for (size_t i = 0; i < visit->certificate_count; i++)
		buf_clear(&visit->certificates[i]);
	free(visit->certificates);
	buf_clear(&visit->body);
	free(visit->detail);
	free(visit->ip);
}
