/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "advise/order.h"
#include "model/release.h"

#include <stdlib.h>
#include <string.h>

#define PREFIX "ECDHE-RSA-AES256-GCM-SHA384:"

static void explain(struct policy *policy, char *why, char *next)
{
	free(policy->order_why);
	free(policy->order_next);
	policy->order_why = why;
	policy->order_next = next;
}

static void put_in_force(struct policy *policy, enum order order, bool probe_both)
{
	policy->order_assumed = probe_both;
	for (int i = 0; i < ORDER_COUNT; i++) {
		policy->order_in_force[i] = i == (int)order;
		policy->probe_order[i] = probe_both || i == (int)order;
	}
}

static char *why_of_suites(const struct order_suites *suites)
{
	if (suites->first_ecdsa == NULL)
		return mem_printf(
			"The cipher string leaves no ECDSA suite: with TLS 1.2 Expressway can only be shown the RSA certificate "
			"(tomcat), and a server that has no other than tomcat-ECDSA cannot be reached. TLS 1.3 does not go by the string.");
	if (suites->first_rsa == NULL)
		return mem_printf(
			"The cipher string leaves no RSA suite: with TLS 1.2 Expressway can only be shown tomcat-ECDSA, and a server "
			"that has no other than tomcat (8443 by default) cannot be reached. TLS 1.3 does not go by the string.");
	if (suites->lifted)
		return mem_printf(
			"RSA first: the cipher string puts %s in front of %s. It is the only RSA suite there: a server "
			"that does not offer it is asked for ECDSA next.",
			suites->first_rsa, suites->first_ecdsa);
	return mem_printf("%s first: the cipher string begins with %s, before %s.",
	                  suites->rsa_first ? "RSA" : "ECDSA", suites->first,
	                  suites->rsa_first ? suites->first_ecdsa : suites->first_rsa);
}

static char *next_of_suites(const struct order_suites *suites)
{
	if (suites->first_ecdsa == NULL || suites->first_rsa == NULL || suites->rsa_first)
		return mem_strdup(
			"An upgrade from X14.0 or later is documented to keep RSA first (it puts " PREFIX
			" in front of the string), but one was met with ECDSA: read the string afterwards. An upgrade "
			"from below X14.0, a fresh installation or a reset of the string puts ECDSA first.");
	return mem_strdup(
		"To put RSA first, write " PREFIX
		" in front of the string (Maintenance > Security > Ciphers, or "
		"xConfiguration Ciphers). Read the string again after every upgrade, also after one from X14.0 or later to X14.2, which is "
		"documented to put it there itself.");
}

int order_from_string(const char *cipher_string, struct policy *policy, struct fault *fault)
{
	struct order_suites suites;

	if (order_read_suites(cipher_string, &suites, fault) != 0)
		return -1;
	put_in_force(policy, suites.rsa_first ? ORDER_RSA_FIRST : ORDER_ECDSA_FIRST, false);
	explain(policy, why_of_suites(&suites), next_of_suites(&suites));
	return 0;
}

struct path { /* of an upgrade */
	struct release from, to;
	bool fresh; /* nothing was there before: from means nothing */
};

static bool parse_path(const char *from_to, struct path *path)
{
	const char *comma = strchr(from_to, ',');

	memset(path, 0, sizeof *path);
	if (comma == NULL || release_parse(comma + 1, strlen(comma + 1), &path->to) != 0)
		return false;
	path->fresh = comma - from_to == 5 && memcmp(from_to, "fresh", 5) == 0;
	return path->fresh || release_parse(from_to, (size_t)(comma - from_to), &path->from) == 0;
}

static char *next_of_upgrade(const struct release *to, enum order order)
{
	if (release_compare_to(to, 14, 0, 0) < 0)
		return mem_strdup(
			"The next upgrade, from below X14.0 to X14.2 or later, puts ECDSA first.");
	if (release_compare_to(to, 14, 2, 0) < 0)
		return mem_strdup(
			"The next upgrade, from X14.0 or later to X14.2 or later, is documented to keep RSA first: it puts " PREFIX
			" in front of the cipher string. Read the string afterwards.");
	if (order == ORDER_RSA_FIRST)
		return mem_strdup(
			"The next upgrade is documented to keep RSA first; a fresh installation, or the prefix " PREFIX
			" taken away, puts ECDSA first.");
	return mem_strdup(
		"It stays so until " PREFIX
		" is put in front of the cipher string (Maintenance > Security > Ciphers); read "
		"the string after the next upgrade and give it as --cipher-string.");
}

/* The release that the upgrade comes from may verify already: from X14.0.8 on, as two vendor pages
 * say, else from X14.2. */
static const char *string_is_there(const struct path *path)
{
	if (path->fresh || release_find(&path->from)->checks == RELEASE_CHECKS_NO)
		return "";
	if (release_find(&path->from)->checks == RELEASE_CHECKS_MAYBE)
		return " The release it comes from may check already, so its own cipher string tells more: give it as --cipher-string.";
	return " The release it comes from checks already, so its own cipher string tells more: give it as --cipher-string.";
}

static char *why_of_upgrade(const char *from_to, const struct path *path, enum order order)
{
	const char *comma = strchr(from_to, ',');
	const char *why = path->fresh ? "a fresh installation of X14.2 or later prefers ECDSA"
	                  : order == ORDER_RSA_FIRST
	                          ? "an upgrade from X14.0 or later is documented to keep RSA first (" PREFIX
	                            " goes in front of the cipher string)"
	                          : "an upgrade from below X14.0 prefers ECDSA";

	return mem_printf(
		"%s first after %s%.*s%s%s: %s. The configured string decides in the end (one upgrade from X14.0.7 was met with "
		"ECDSA on 6972), so failures in the other order are warnings.%s",
		order == ORDER_RSA_FIRST ? "RSA" : "ECDSA", path->fresh ? "" : "the upgrade from ",
		path->fresh ? 0 : (int)(comma - from_to), from_to,
		path->fresh ? "installing " : " to ", comma + 1, why, string_is_there(path));
}

int order_from_upgrade(const char *from_to, struct policy *policy, struct fault *fault)
{
	struct path path;
	enum order order;

	if (!parse_path(from_to, &path))
		return fault_set(
			fault, FAULT_USAGE,
			"--upgrade wants two releases as in X14.0.7,X14.2 (or fresh,X14.2)");
	if (!path.fresh && release_compare(&path.from, &path.to) > 0)
		return fault_set(fault, FAULT_USAGE,
		                 "--upgrade wants the older release first, as in X14.0.7,X14.2");
	order = !path.fresh && release_compare_to(&path.from, 14, 0, 0) >= 0 ? ORDER_RSA_FIRST
	                                                                     : ORDER_ECDSA_FIRST;
	put_in_force(policy, order, true);
	policy->chain_first = !path.fresh && release_compare_to(&path.from, 14, 0, 2) < 0;
	explain(policy, why_of_upgrade(from_to, &path, order), next_of_upgrade(&path.to, order));
	return 0;
}
