/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/charset.h"
#include "base/mem.h"
#include "base/pem.h"
#include "pki/certfile.h"
#include "pki/decode.h"
#include "pki/pkcs7.h"
#include "pki/trust_aux.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { CERTS_MOST = 10000, PROBLEMS_MOST = 1000 };

void certfile_problem(struct certfile_reading *r, enum certfile_flaw flaw, size_t line,
                      const char *format, ...)
{
	struct certfile *file = r->file;
	va_list ap;

	if (file->flaws[flaw]++ >= PROBLEMS_MOST)
		return; /* nobody reads more; counted they are */
	file->problems = mem_grow(file->problems, file->problem_count, sizeof *file->problems);
	va_start(ap, format);
	file->problems[file->problem_count++] =
		(struct certfile_problem){ flaw, line, mem_vprintf(format, ap) };
	va_end(ap);
}

static void add(struct certfile_reading *r, const unsigned char *der, size_t len,
                struct certfile_cert item)
{
	struct certfile *file = r->file;

	if (file->count == CERTS_MOST) {
		r->too_many = true;
		return;
	}
	item.cert = decode_cert(r->set, der, len);
	file->certs = mem_grow(file->certs, file->count, sizeof *file->certs);
	file->certs[file->count++] = item;
	if (!item.cert->readable)
		certfile_problem(r, CERTFILE_LOST, item.line,
		                 "this is not a certificate that OpenSSL would read");
}

static void take_pkcs7(struct certfile_reading *r, struct bytes certs, size_t line)
{
	struct bytes cert;
	size_t count = 0;
	int found;

	while ((found = pkcs7_next(&certs, &cert)) != 0) {
		count++;
		if (found == 1)
			add(r, cert.at, cert.len, (struct certfile_cert){ .line = line });
		else
			certfile_problem(r, CERTFILE_LOST, line,
			                 "entry %zu of the PKCS#7 is not an X.509 certificate",
			                 count);
	}
	if (count == 0)
		certfile_problem(r, CERTFILE_LOST, line, "the PKCS#7 carries no certificate");
}

/* PEM_X509_INFO_read_bio (1.1.1w, 3.0) reads what stands first in a block and looks no further. */
static void note_tail(struct certfile_reading *r, size_t extra, size_t line)
{
	if (extra > 0)
		certfile_problem(
			r, CERTFILE_ODD, line,
			"%zu byte%s behind the certificate in its block; only the certificate is read",
			extra, extra == 1 ? " stands" : "s stand");
}

void certfile_take(struct certfile_reading *r, const unsigned char *der, size_t len, size_t line,
                   bool trusted_label)
{
	struct certfile_cert item = { .line = line, .trusted_label = trusted_label };
	struct bytes rest = { der, len }, certs;
	struct tlv first;
	size_t whole = len;

	if (pkcs7_open(rest, &certs)) {
		take_pkcs7(r, certs, line);
		return;
	}
	if (trusted_label)
		item.withheld = !trust_aux_cut(der, &len);
	if (r->use == CERTFILE_STORE && der_next(&rest, &first)) {
		len = first.whole.len;
		if (!trusted_label)
			note_tail(r, whole - len, line);
	}
	add(r, der, len, item);
}

/* --- files that are not PEM ------------------------------------------------------------------- */

static bool only_spaces(struct bytes in)
{
	for (size_t i = 0; i < in.len; i++)
		if (in.at[i] != '\0' && !isspace(in.at[i]))
			return false;
	return true;
}

/* One DER certificate or PKCS#7 after another. What is not BER to the end is given as it is to
 * whoever decodes. */
static bool take_binary(struct certfile_reading *r, struct bytes in)
{
	struct bytes rest = in, last;
	struct tlv tlv;

	if (!der_next(&rest, &tlv) || in.at[0] != 0x30 || !(in.at[1] & 0x80))
		return false;
	if (pkcs7_is_pfx(tlv.whole)) {
		certfile_problem(
			r, CERTFILE_BROKEN, 0,
			"it is a PKCS#12 (.pfx, .p12), which holds a private key: export the certificates "
			"alone, as PEM or .p7b");
		return true;
	}
	for (last = tlv.whole; rest.len > 0 && rest.at[0] == 0x30 && der_next(&rest, &tlv);
	     last = tlv.whole)
		certfile_take(r, last.at, last.len, 0, false);
	if (!only_spaces(rest))
		last.len += rest.len;
	certfile_take(r, last.at, last.len, 0, false);
	return true;
}

/* base64 without BEGIN and END, as it is copied out of web pages */
static bool take_bare_base64(struct certfile_reading *r, const char *text, size_t len)
{
	struct buf der;
	struct bytes in;
	struct tlv tlv;
	bool is = false;

	buf_init(&der);
	if (pem_decode_base64(&der, text, len) == 0) {
		in = (struct bytes){ (const unsigned char *)der.data, der.len };
		is = der_next(&in, &tlv) && in.len == 0 && take_binary(r, tlv.whole);
		if (is)
			certfile_problem(r, CERTFILE_ODD, 1,
			                 "the text has no BEGIN and END lines; read as base64");
	}
	buf_clear(&der);
	return is;
}

static void note_charset(struct certfile_reading *r, enum charset charset)
{
	if (charset == CHARSET_UTF8_MARK)
		certfile_problem(r, CERTFILE_ODD, 1,
		                 "the text begins with a byte order mark (UTF-8); save it without");
	else if (charset != CHARSET_PLAIN)
		certfile_problem(r, CERTFILE_ODD, 0,
		                 "the text is UTF-16 (as PowerShell writes it); save it as ASCII");
}

static int say_nothing_found(const struct certfile_reading *r, struct fault *fault)
{
	if (r->skipped > 0)
		return fault_set(fault, FAULT_INPUT,
		                 "%s has no certificate in it, only %s: it has to hold lines like "
		                 "-----BEGIN CERTIFICATE-----",
		                 r->what, r->skipped_label);
	return fault_set(
		fault, FAULT_INPUT,
		"%s has no certificate in it: it has to hold lines like -----BEGIN CERTIFICATE-----",
		r->what);
}

int certfile_read(struct certset *set, const char *bytes, size_t len, const char *what,
                  enum certfile_use use, struct certfile *file, struct fault *fault)
{
	struct certfile_reading r = { .set = set, .use = use, .what = what, .file = file };
	enum charset charset = charset_of(bytes, len);
	struct buf text;

	memset(file, 0, sizeof *file);
	if (len == 0)
		return fault_set(fault, FAULT_EMPTY,
		                 "%s is empty: it has to hold certificates in PEM form", what);
	buf_init(&text);
	if (!take_binary(&r, (struct bytes){ (const unsigned char *)bytes, len })) {
		note_charset(&r, charset);
		if (charset != CHARSET_PLAIN) {
			charset_read(charset, bytes, len, &text);
			bytes = text.data;
			len = text.len;
		}
		certfile_pem(&r, bytes, len);
		if (file->count == 0 && r.skipped == 0 &&
		    file->problem_count == (charset != CHARSET_PLAIN))
			take_bare_base64(&r, bytes, len);
	}
	buf_clear(&text);
	if (r.too_many)
		return fault_set(fault, FAULT_LIMIT, "%s has more than %d certificates", what,
		                 CERTS_MOST);
	if (file->count == 0 && file->problem_count == (charset != CHARSET_PLAIN))
		return say_nothing_found(&r, fault);
	return 0;
}

void certfile_clear(struct certfile *file)
{
	for (size_t i = 0; i < file->problem_count; i++)
		free(file->problems[i].text);
	free(file->problems);
	free(file->certs);
	memset(file, 0, sizeof *file);
}
