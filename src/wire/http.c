/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "wire/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	HEADER_MOST = 65536,
	NAP_MS = 200,
	REQUESTS_AT_ONCE = 64,
	SOCKETS_MOST = 8 /* libcurl tries two IPs at a time, and closes what has failed */
};

struct transfer { /* one request under way */
	struct http_request *request;    /* borrowed */
	const struct http_how *how;  /* borrowed */
	CURL *curl;
	struct curl_slist *resolve;
	int64_t begun_ms; /* 0 while it waits for one of how->per_host */
	curl_socket_t sockets[SOCKETS_MOST]; /* open ones; libcurl's */
	size_t socket_count;
	size_t header_len;
	bool too_large, compressed;
};

/* --- one question ----------------------------------------------------------------------------- */

static size_t take_body(char *bytes, size_t size, size_t count, void *arg)
{
	struct transfer *transfer = arg;

	if (size * count > transfer->how->body_most - transfer->request->body.len) {
		transfer->too_large = true;
		return 0;
	}
	buf_add(&transfer->request->body, bytes, size * count);
	return size * count;
}

/* libcurl decodes any Transfer-Encoding that it knows (RFC 9112 6.1), asked for or not: only
 * "chunked" is let through. */
static bool is_compressed(const char *line, size_t len)
{
	static const char name[] = "Transfer-Encoding:", chunked[] = "chunked", blanks[] = " \t\r\n";
	char *text = mem_strndup(line, len);
	bool compressed = false;

	if (strncasecmp(text, name, strlen(name)) == 0) {
		const char *value = text + strlen(name), *rest;

		value += strspn(value, blanks);
		rest = value + strcspn(value, blanks);
		compressed = strncasecmp(value, chunked, strlen(chunked)) != 0 ||
		             rest != value + strlen(chunked) || rest[strspn(rest, blanks)] != '\0';
	}
	free(text);
	return compressed;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *arg)
{
	struct transfer *transfer = arg;

	transfer->header_len += size * count;
	transfer->too_large = transfer->too_large || transfer->header_len > HEADER_MOST;
	transfer->compressed = transfer->compressed || is_compressed(bytes, size * count);
	return transfer->too_large || transfer->compressed ? 0 : size * count;
}

static int note_socket(void *arg, curl_socket_t fd, curlsocktype purpose)
{
	struct transfer *transfer = arg;

	(void)purpose;
	if (transfer->begun_ms == 0)
		transfer->begun_ms = clock_mono_ms();
	if (transfer->socket_count < SOCKETS_MOST)
		transfer->sockets[transfer->socket_count++] = fd;
	return CURL_SOCKOPT_OK;
}

static int close_socket(void *arg, curl_socket_t fd)
{
	struct transfer *transfer = arg;

	for (size_t i = 0; i < transfer->socket_count; i++)
		if (transfer->sockets[i] == fd)
			transfer->sockets[i--] = transfer->sockets[--transfer->socket_count];
	return close(fd);
}

static char *bracketed(const char *host)
{
	return strchr(host, ':') != NULL ? mem_printf("[%s]", host) : mem_strdup(host);
}

static void set_url(struct transfer *transfer)
{
	char *host = bracketed(transfer->request->host);
	char *url = mem_printf("https://%s:%u%s", host, transfer->request->port,
	                       transfer->request->path);

	curl_easy_setopt(transfer->curl, CURLOPT_URL, url);
	free(url);
	free(host);
}

/* Our own resolver has found the IPs (--dns-server, --resolve): libcurl is told, and asks
 * nobody. */
static void set_ips(struct transfer *transfer)
{
	const struct http_request *request = transfer->request;
	struct buf line;

	buf_init(&line);
	buf_printf(&line, "%s:%u:", request->host, request->port);
	for (size_t i = 0; i < request->ip_count; i++)
		buf_printf(&line, strchr(request->ips[i], ':') != NULL ? "%s[%s]" : "%s%s",
		           i > 0 ? "," : "", request->ips[i]);
	if (strchr(request->host, ':') == NULL)
		transfer->resolve = curl_slist_append(NULL, line.data);
	curl_easy_setopt(transfer->curl, CURLOPT_RESOLVE, transfer->resolve);
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
	curl_easy_setopt(curl, CURLOPT_CAINFO,
	                 NULL); /* else the host's hundreds of CAs are read, for nothing */
	curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(curl, CURLOPT_CERTINFO, 1L);
}

static int open_transfer(struct transfer *transfer)
{
	CURL *curl = transfer->curl = curl_easy_init();

	if (curl == NULL)
		return -1;
	set_protocols(curl);
	curl_easy_setopt(curl, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(
		curl, CURLOPT_FORBID_REUSE,
		1L); /* nothing is asked twice: a server with one thread must not hold it for us */
	/* To libcurl a connection is TCP and TLS together; how long TCP may take, is_overdue() sees
	 * to. */
	curl_easy_setopt(
		curl, CURLOPT_CONNECTTIMEOUT_MS,
		(long)(transfer->how->connect_timeout_ms + transfer->how->handshake_timeout_ms));
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)transfer->request->timeout_ms);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, transfer);
	curl_easy_setopt(curl, CURLOPT_SOCKOPTFUNCTION, note_socket);
	curl_easy_setopt(curl, CURLOPT_SOCKOPTDATA, transfer);
	curl_easy_setopt(curl, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
	curl_easy_setopt(curl, CURLOPT_CLOSESOCKETDATA, transfer);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, PACKAGE_NAME "/" PACKAGE_VERSION);
	if (!transfer->how->environment_proxy)
		curl_easy_setopt(curl, CURLOPT_PROXY, "");
	set_ips(transfer);
	set_url(transfer);
	return 0;
}

static void close_transfer(CURLM *multi, struct transfer *transfer)
{
	if (transfer->curl == NULL)
		return;
	curl_multi_remove_handle(multi, transfer->curl);
	curl_easy_cleanup(transfer->curl);
	curl_slist_free_all(transfer->resolve);
	transfer->curl = NULL;
	transfer->resolve = NULL;
}

/* --- the answer ------------------------------------------------------------------------------- */

static void copy_certificates(struct transfer *transfer)
{
	struct http_request *request = transfer->request;
	struct curl_certinfo *info = NULL;

	curl_easy_getinfo(transfer->curl, CURLINFO_CERTINFO, &info);
	if (info == NULL)
		return;
	request->certificates =
		mem_array((size_t)info->num_of_certs, sizeof *request->certificates);
	for (int i = 0; i < info->num_of_certs; i++) {
		for (const struct curl_slist *line = info->certinfo[i]; line != NULL;
		     line = line->next) {
			if (strncmp(line->data, "Cert:", 5) != 0)
				continue;
			buf_init(&request->certificates[request->certificate_count]);
			buf_puts(&request->certificates[request->certificate_count++],
			         line->data + 5);
			break;
		}
	}
}

static enum http_outcome outcome_of_status(const struct transfer *transfer, long status,
                                           char **detail)
{
	const char *location = NULL;

	if (status == 200)
		return HTTP_OK;
	if (status < 300 || status > 399) {
		*detail = mem_printf("HTTP status %ld", status);
		return HTTP_STATUS;
	}
	curl_easy_getinfo(transfer->curl, CURLINFO_REDIRECT_URL, &location);
	*detail = mem_printf("HTTP status %ld to %.200s", status,
	                     location != NULL ? location : "nowhere");
	return HTTP_REDIRECT;
}

static enum http_outcome outcome_of_connect(const struct transfer *transfer, char **detail)
{
	long error = 0;

	curl_easy_getinfo(transfer->curl, CURLINFO_OS_ERRNO, &error);
	*detail = mem_strdup(error != 0 ? strerror((int)error) : "no connection");
	return error == ECONNREFUSED ? HTTP_REFUSED
	       : error == ETIMEDOUT  ? HTTP_TIMEOUT
	                             : HTTP_UNREACHABLE;
}

static enum http_outcome outcome_of(const struct transfer *transfer, CURLcode code, char **detail)
{
	long status = 0;

	curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &status);
	/* Decoding is never asked for, so what cannot be decoded is the transfer: 8.x tells before
	 * take_header() sees it. */
	if (transfer->compressed || code == CURLE_BAD_CONTENT_ENCODING) {
		*detail = mem_strdup("compressed, which nobody asked for");
		return HTTP_BROKEN;
	}
	if (transfer->too_large) {
		*detail = mem_printf("more than %zu bytes", transfer->header_len > HEADER_MOST
		                                                    ? (size_t)HEADER_MOST
		                                                    : transfer->how->body_most);
		return HTTP_TOO_LARGE;
	}
	if (code == CURLE_OK)
		return outcome_of_status(transfer, status, detail);
	if (code == CURLE_COULDNT_CONNECT)
		return outcome_of_connect(transfer, detail);
	*detail = mem_strdup(curl_easy_strerror(code));
#if LIBCURL_VERSION_NUM >= 0x080600 /* it has a bound of its own for headers since */
	if (code == CURLE_TOO_LARGE)
		return HTTP_TOO_LARGE;
#endif
	if (code == CURLE_OPERATION_TIMEDOUT)
		return HTTP_TIMEOUT;
	/* Nothing is verified, and neither ciphers nor a certificate of ours are set: there is no
	 * other error of TLS. */
	return code == CURLE_SSL_CONNECT_ERROR ? HTTP_TLS : HTTP_BROKEN;
}

static void end_transfer(struct transfer *transfer, CURLcode code)
{
	struct http_request *request = transfer->request;
	const char *ip = NULL;

	request->outcome = outcome_of(transfer, code, &request->detail);
	if (curl_easy_getinfo(transfer->curl, CURLINFO_PRIMARY_IP, &ip) == CURLE_OK && ip != NULL &&
	    *ip != '\0')
		request->ip = mem_strdup(ip);
	copy_certificates(transfer);
	request->answered_ms = clock_mono_ms();
	request->answered(request->arg, request);
}

/* --- all of them ------------------------------------------------------------------------------ */

struct batch {
	CURLM *multi;
	struct transfer *transfers;
	size_t count, begun, under_way;
	const struct http_how *how;
};

static void begin_more(struct batch *batch)
{
	for (; batch->begun < batch->count && batch->under_way < REQUESTS_AT_ONCE; batch->begun++) {
		struct transfer *transfer = &batch->transfers[batch->begun];

		if (open_transfer(transfer) == 0 &&
		    curl_multi_add_handle(batch->multi, transfer->curl) == CURLM_OK) {
			batch->under_way++;
			continue;
		}
		transfer->request->outcome = HTTP_BROKEN;
		transfer->request->detail = mem_strdup("libcurl has no room for a connection");
		transfer->request->answered(transfer->request->arg, transfer->request);
		close_transfer(batch->multi, transfer);
	}
}

static void end_some(struct batch *batch)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(batch->multi, &left)) != NULL) {
		CURLcode code = message->data.result;
		CURL *curl = message->easy_handle;
		void *found = NULL;
		struct transfer *transfer;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(curl, CURLINFO_PRIVATE, (char **)&found);
		transfer = found;
		end_transfer(transfer, code);
		close_transfer(batch->multi, transfer);
		batch->under_way--;
	}
}

/* Whether TCP stands. What libcurl tells of a connection it tells once TLS stands as well
 * (CURLINFO_CONNECT_TIME_T in 7.88, CURLINFO_PRIMARY_IP in 8.14): the kernel is asked. */
static bool is_connected(const struct transfer *transfer)
{
	for (size_t i = 0; i < transfer->socket_count; i++) {
		struct sockaddr_storage peer;
		socklen_t len = sizeof peer;

		if (getpeername(transfer->sockets[i], (struct sockaddr *)&peer, &len) == 0)
			return true;
	}
	return false;
}

static bool is_overdue(const struct transfer *transfer, int64_t now_ms)
{
	const struct http_request *beside = transfer->request->beside;

	if (beside != NULL && beside->answered_ms > 0 &&
	    now_ms - beside->answered_ms > transfer->how->connect_timeout_ms)
		return true;
	return transfer->begun_ms > 0 &&
	       now_ms - transfer->begun_ms > transfer->how->connect_timeout_ms &&
	       !is_connected(transfer);
}

static void end_overdue(struct batch *batch)
{
	int64_t now_ms = clock_mono_ms();

	for (size_t i = 0; i < batch->begun; i++) {
		struct transfer *transfer = &batch->transfers[i];

		if (transfer->curl == NULL || !is_overdue(transfer, now_ms))
			continue;
		end_transfer(transfer, CURLE_OPERATION_TIMEDOUT);
		close_transfer(batch->multi, transfer);
		batch->under_way--;
	}
}

static void perform(struct batch *batch, const struct deadline *deadline)
{
	int running; /* libcurl wants to tell */

	begin_more(batch);
	while (batch->under_way > 0 && !deadline_over(deadline)) { /* what is new is due at once */
		int nap_ms = (int)deadline_left_ms(deadline, NAP_MS);

		curl_multi_poll(batch->multi, NULL, 0, nap_ms, NULL);
		if (curl_multi_perform(batch->multi, &running) != CURLM_OK)
			break;
		end_some(batch);
		end_overdue(batch);
		begin_more(batch);
	}
}

static void stop_the_rest(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		struct transfer *transfer = &batch->transfers[i];

		if (i >= batch->begun || transfer->curl != NULL) {
			transfer->request->outcome = HTTP_STOPPED;
			transfer->request->answered(transfer->request->arg, transfer->request);
		}
		close_transfer(batch->multi, transfer);
	}
}

int http_get_all(struct http_request *requests, size_t count, const struct http_how *how,
                 const struct deadline *deadline, struct fault *fault)
{
	struct batch batch = { .count = count, .how = how };

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
	    (batch.multi = curl_multi_init()) == NULL)
		return fault_set(fault, FAULT_LIBRARY, "libcurl cannot be set up");
	curl_multi_setopt(batch.multi, CURLMOPT_MAX_HOST_CONNECTIONS,
	                  (long)how->per_host);
	batch.transfers = mem_array(count + 1, sizeof *batch.transfers);
	for (size_t i = 0; i < count; i++) {
		batch.transfers[i] = (struct transfer){ .request = &requests[i], .how = how };
		buf_init(&requests[i].body);
	}
	perform(&batch, deadline);
	stop_the_rest(&batch);
	curl_multi_cleanup(batch.multi);
	curl_global_cleanup();
	free(batch.transfers);
	return 0;
}

void http_request_clear(struct http_request *request)
{
	for (size_t i = 0; i < request->certificate_count; i++)
		buf_clear(&request->certificates[i]);
	free(request->certificates);
	buf_clear(&request->body);
	free(request->detail);
	free(request->ip);
}
