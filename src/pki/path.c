/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "pki/detail.h"
#include "pki/issued.h"
#include "pki/path.h"

#include <string.h>

/* A chain grows to one more than the limit, then it is too long. */
enum { DEPTH_MOST = PATH_INTERMEDIATES_MOST + 1 };

struct building {
	const struct index *trusted;
	const struct chain *sent;
	enum era era;
	int64_t at;
	struct path *path;
};

/* X509_cmp_time: notBefore up to now and notAfter still to come */
static bool valid_now(const struct cert *cert, int64_t at)
{
	const struct cert_detail *d = cert->detail;

	return d->not_before.ok && d->not_before.at <= at && d->not_after.ok &&
	       d->not_after.at > at;
}

static bool self_signed(const struct cert *cert, enum era era)
{
	return cert->detail->self_signed[era] && !detail_invalid(cert, era);
}

static bool in_path(const struct path *path, const struct cert *cert)
{
	for (size_t i = 0; i < path->count; i++)
		if (path->certs[i] == cert)
			return true;
	return false;
}

/* Of several expired issuers 1.1.1 takes the last, 3 the one that ended last. */
static bool better_expired(const struct cert *than, const struct cert *cert, enum era era)
{
	if (than == NULL || era == ERA_OPENSSL1)
		return true;
	return cert->detail->not_after.loose && than->detail->not_after.loose &&
	       cert->detail->not_after.at > than->detail->not_after.at;
}

/* The first of the candidates that may be the issuer and is valid now, else an expired one. */
static const struct cert *choose(const struct building *b, const struct cert *const *certs,
                                 size_t count, const struct cert *subject, bool any)
{
	const struct cert *best = NULL;

	for (size_t i = 0; i < count; i++) {
		if (b->path->count == 1 &&
		    dn_same(&certs[i]->detail->subject, &subject->detail->issuer))
			b->path->leaf_compared = true;
		if (!issued_likely(subject, certs[i], b->era) ||
		    (!any && in_path(b->path, certs[i])))
			continue;
		if (valid_now(certs[i], b->at))
			return certs[i];
		if (better_expired(best, certs[i], b->era))
			best = certs[i];
	}
	return best;
}

static const struct cert *find_trusted(const struct building *b, const struct cert *subject)
{
	size_t count, first = index_find(b->trusted, &subject->detail->issuer, &count);

	return choose(b, b->trusted->certs + first, count, subject, true);
}

/* What is used is not looked at again. A self-issued leaf may meet itself. */
static const struct cert *find_sent(const struct building *b, const struct cert *subject)
{
	bool any = subject->detail->self_issued && b->path->count == 1;

	return choose(b, b->sent->certs, b->sent->count, subject, any);
}

enum step { STEP_GO_ON, STEP_NO_MORE, STEP_DONE };

/* One look into the store. A self-signed certificate that the server sent is replaced by itself,
 * never by a mimic. */
static enum step step_trusted(struct building *b)
{
	struct path *path = b->path;
	const struct cert *top = path->certs[path->count - 1];
	const struct cert *issuer = path->count > DEPTH_MOST ? NULL : find_trusted(b, top);

	if (issuer == NULL)
		return STEP_NO_MORE;
	if (b->era == ERA_OPENSSL3 && !top->detail->key.readable[b->era]) {
		path->end = PATH_BROKEN; /* X509_self_signed fails on a certificate without a key */
		return STEP_DONE;
	}
	if (!self_signed(top, b->era)) {
		path->certs[path->count++] = issuer;
	} else {
		if (issuer != top)
			return STEP_NO_MORE;
		if (path->untrusted == path->count)
			path->untrusted--;
	}
	if (index_withholds(b->trusted, issuer)) {
		path->end = PATH_REJECTED; /* check_trust: settings that reject end the search
		                              before a root counts */
		return STEP_DONE;
	}
	if (!self_signed(issuer, b->era))
		return STEP_GO_ON;
	path->end = PATH_TRUSTED;
	return STEP_DONE;
}

static bool step_sent(struct building *b)
{
	struct path *path = b->path;
	const struct cert *top = path->certs[path->count - 1];
	const struct cert *issuer =
		self_signed(top, b->era) || path->count > DEPTH_MOST ? NULL : find_sent(b, top);

	if (issuer == NULL)
		return false;
	path->certs[path->count++] = issuer;
	path->untrusted++;
	return true;
}

static void note_dead_end(struct path *path, enum era era)
{
	bool root = self_signed(path->certs[path->count - 1], era);

	path->too_long = path->count > DEPTH_MOST;
	if (root)
		path->end = path->count == 1 ? PATH_SELF_SIGNED_LEAF : PATH_SELF_SIGNED_ROOT;
	else
		path->end = path->untrusted < path->count ? PATH_ANCHOR_NOT_ROOT : PATH_NO_ISSUER;
}

/* At every step the store is asked first; once it has given an issuer, what the server sent is not
 * looked at any more. */
void path_build(const struct chain *sent, const struct index *trusted, enum era era, int64_t at,
                struct path *path)
{
	struct building b = {
		.trusted = trusted, .sent = sent, .era = era, .at = at, .path = path
	};
	bool look_at_sent = true;

	memset(path, 0, sizeof *path);
	path->certs[0] = sent->certs[0];
	path->count = path->untrusted = 1;
	for (;;) {
		enum step step = step_trusted(&b);

		if (step == STEP_DONE)
			break;
		if (step == STEP_GO_ON) {
			look_at_sent = false;
			continue;
		}
		if (look_at_sent && step_sent(&b))
			continue;
		note_dead_end(path, era);
		break;
	}
}
