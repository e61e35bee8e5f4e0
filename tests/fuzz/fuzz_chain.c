/* SPDX-License-Identifier: MIT */
/* Certificates from the input to a verdict in both eras, against libcrypto 3: where ours (era
 * openssl3) accepts and libcrypto refuses, it aborts. The input: four bytes are the time, then
 * certificates one after the other; a first byte whose lowest bit is set says "stored", else
 * "sent"; two bytes are the length. */
#include "config.h"

#include "pki/decode.h"
#include "judge/judge.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct input {
	struct certset set;
	struct store store;
	struct chain chain;
	X509_STORE *their_store;
	STACK_OF(X509) *their_chain;
	bool all_readable;
	int64_t at;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take(struct input *in, bool stored, const uint8_t *der, size_t len)
{
	const unsigned char *at = der;
	X509 *theirs = d2i_X509(NULL, &at, (long)len);
	const struct cert *ours = decode_cert(&in->set, der, len);

	if (stored) {
		if (theirs != NULL)
			X509_STORE_add_cert(in->their_store, theirs);
		if (ours->readable)
			store_add(&in->store, ours);
		X509_free(theirs);
		return;
	}
	chain_add(&in->chain, ours);
	if (theirs != NULL && at == der + len)
		sk_X509_push(in->their_chain, theirs);
	else
		in->all_readable = false;
	if (theirs != NULL && at != der + len)
		X509_free(theirs);
}

static void split(struct input *in, const uint8_t *data, size_t size)
{
	in->at = data[0] | data[1] << 8 | data[2] << 16 | (int64_t)data[3] << 24;
	data += 4;
	size -= 4;
	while (size >= 3) {
		size_t len = (size_t)data[1] << 8 | data[2];

		len = len < size - 3 ? len : size - 3;
		take(in, data[0] & 1, data + 3, len);
		data += 3 + len;
		size -= 3 + len;
	}
}

/* 0, or X509_V_ERR_*. */
static int libcrypto_says(const struct input *in)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	X509_VERIFY_PARAM *param;
	int error;

	X509_STORE_CTX_init(ctx, in->their_store, sk_X509_value(in->their_chain, 0),
	                    in->their_chain);
	X509_STORE_CTX_set_default(ctx, "ssl_server");
	param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_auth_level(param, 1);
	X509_VERIFY_PARAM_set_depth(param, 7);
	X509_VERIFY_PARAM_set_time(param, in->at);
	error = X509_verify_cert(ctx) == 1 ? 0 : X509_STORE_CTX_get_error(ctx);
	X509_STORE_CTX_free(ctx);
	return error;
}

static bool ours_accepts(const struct input *in, enum era era)
{
	struct policy policy = { .era = era,
		                 .traffic_server = traffic_server_of(era),
		                 .at = in->at };
	const struct presented presented = { .chain = &in->chain,
		                             .address = "nobody.invalid",
		                             .ip = "" };
	struct verdict verdict = { 0 };
	bool trusted = true;

	judge_chain(&presented, &in->store, &policy, &verdict);
	for (size_t i = 0; i < verdict.reason_count; i++)
		trusted &= verdict.reasons[i].reason == REASON_NAME_MISMATCH ||
		           reason_of_libssl(verdict.reasons[i].reason);
	if (verdict.accepted && !trusted)
		abort();
	verdict_clear(&verdict);
	return trusted;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { .all_readable = true };
	int error;

	if (size < 4)
		return 0;
	certset_init(&in.set);
	in.their_store = X509_STORE_new();
	in.their_chain = sk_X509_new_null();
	split(&in, data, size);
	ours_accepts(&in, ERA_OPENSSL1);
	if (ours_accepts(&in, ERA_OPENSSL3)) {
		error = in.all_readable && in.chain.count > 0 ? libcrypto_says(&in) : -1;
		if (error != 0) {
			fprintf(stderr, "FALSE PASS: libcrypto says %d\n", error);
			abort();
		}
	}
	sk_X509_pop_free(in.their_chain, X509_free);
	X509_STORE_free(in.their_store);
	chain_clear(&in.chain);
	store_clear(&in.store);
	certset_clear(&in.set);
	ERR_clear_error();
	return 0;
}
