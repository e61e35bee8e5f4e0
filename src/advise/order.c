/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "advise/order.h"

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
		return mem_printf("The cipher string leaves no ECDSA suite: Expressway can only be shown the RSA certificate "
		                  "(tomcat). A server that has no other than tomcat-ECDSA cannot be reached with it, though it answers this probe.");
	if (suites->first_rsa == NULL)
		return mem_printf("The cipher string leaves no RSA suite: Expressway can only be shown tomcat-ECDSA. A server "
		                  "that has no other than tomcat (8443 by default) cannot be reached with it, though it answers this probe.");
	if (suites->rsa_first && suites->lifted)
		return mem_printf("RSA first: the cipher string puts %s in front of %s. It is the only RSA suite there: a server "
		                  "that does not offer it is asked for ECDSA next.", suites->first_rsa, suites->first_ecdsa);
	return mem_printf("%s first: the cipher string begins with %s, before %s.", suites->rsa_first ? "RSA" : "ECDSA",
	                  suites->first, suites->rsa_first ? suites->first_ecdsa : suites->first_rsa);
}

static char *next_of_suites(const struct order_suites *suites)
{
	if (suites->first_ecdsa == NULL || suites->first_rsa == NULL || suites->rsa_first)
		return mem_strdup("An upgrade from X14.0 or later keeps RSA first (it puts " PREFIX " in front of the string); an upgrade "
		                  "from below X14.0, a fresh installation or a reset of the string puts ECDSA first.");
	return mem_strdup("To put RSA first, write " PREFIX " in front of the string (Maintenance > Security > Ciphers, or "
	                  "xConfiguration Ciphers). Read the string again after every upgrade: from X14.0 to X14.2 the upgrade puts it there itself.");
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

enum { PARTS = 3, PART_MOST = 999 };

struct release {
	unsigned part[PARTS];
	bool fresh; /* nothing was there before */
};

static int parse_release(const char *text, size_t len, struct release *release)
{
	const char *end = text + len;
	size_t parts = 0;

	memset(release, 0, sizeof *release);
	if (len == 5 && memcmp(text, "fresh", 5) == 0) {
		release->fresh = true;
		return 0;
	}
	if (text < end && (*text == 'X' || *text == 'x'))
		text++;
	while (parts < PARTS) {
		const char *from = text;

		for (; text < end && *text >= '0' && *text <= '9' && release->part[parts] <= PART_MOST; text++)
			release->part[parts] = release->part[parts] * 10 + (unsigned)(*text - '0');
		if (text == from || release->part[parts++] > PART_MOST)
			return -1;
		if (text == end)
			return release->part[0] >= 1 ? 0 : -1;
		if (*text++ != '.')
			return -1;
	}
	return -1;
}

static int compare_release(const struct release *a, unsigned major, unsigned minor, unsigned patch)
{
	const unsigned b[PARTS] = { major, minor, patch };

	for (int i = 0; i < PARTS; i++)
		if (a->part[i] != b[i])
			return a->part[i] < b[i] ? -1 : 1;
	return 0;
}

/* Two vendor statements on where the check begins, and nobody outside knows which one holds. */
static const char *check_begins(const struct release *to)
{
	if (compare_release(to, 14, 2, 0) >= 0)
		return "";
	if (compare_release(to, 14, 0, 8) >= 0)
		return " Whether this release verifies at all is not certain: the release notes name X14.2 as the first that checks every "
		       "request (CSCwc69661, CSCwa25108), one later vendor page says X14.0.8.";
	return " This release does not verify the certificates of single requests: that begins with X14.2 (CSCwc69661, CSCwa25108), or "
	       "with X14.0.8 as one later vendor page says. The verdicts here hold from then on.";
}

static const char *holds_from(const struct release *to)
{
	if (compare_release(to, 14, 2, 0) >= 0)
		return NULL;
	return compare_release(to, 14, 0, 8) >= 0 ? "whether this release verifies each request is not certain, X14.2 does"
	                                          : "this release does not verify yet: it holds from X14.2 on";
}

static char *next_of_upgrade(const struct release *to, enum order order)
{
	if (compare_release(to, 14, 0, 0) < 0)
		return mem_strdup("The next upgrade, from below X14.0 to X14.2 or later, puts ECDSA first.");
	if (compare_release(to, 14, 2, 0) < 0)
		return mem_strdup("The next upgrade, from X14.0 or later to X14.2 or later, keeps RSA first: it puts " PREFIX
		                  " in front of the cipher string.");
	if (order == ORDER_RSA_FIRST)
		return mem_strdup("The next upgrade keeps RSA first; a fresh installation, or the prefix " PREFIX " taken away, puts ECDSA first.");
	return mem_strdup("It stays so until " PREFIX " is put in front of the cipher string (Maintenance > Security > Ciphers); read "
	                  "the string after the next upgrade and give it as --cipher-string.");
}

static char *why_of_upgrade(const char *from_to, const struct release *from, const struct release *to, enum order order)
{
	const char *comma = strchr(from_to, ',');
	const char *note = compare_release(from, 14, 2, 0) >= 0 && !from->fresh ?
		" The release it comes from checks already, so its own cipher string tells more: give it as --cipher-string." : "";
	const char *path = from->fresh ? "a fresh installation of X14.2 or later prefers ECDSA" :
		order == ORDER_RSA_FIRST ? "an upgrade from X14.0 or later keeps RSA first (" PREFIX " goes in front of the cipher string)" :
		"an upgrade from below X14.0 prefers ECDSA";

	return mem_printf("%s first after %s%.*s%s%s: %s. The configured string decides in the end (one upgrade from X14.0.7 was met with "
	                  "ECDSA on 6972), so failures in the other order are warnings.%s%s",
	                  order == ORDER_RSA_FIRST ? "RSA" : "ECDSA", from->fresh ? "" : "the upgrade from ",
	                  from->fresh ? 0 : (int)(comma - from_to), from_to, from->fresh ? "installing " : " to ", comma + 1, path, note, check_begins(to));
}

int order_from_upgrade(const char *from_to, struct policy *policy, struct fault *fault)
{
	const char *comma = strchr(from_to, ',');
	struct release from, to;
	enum order order;

	if (comma == NULL || parse_release(from_to, (size_t)(comma - from_to), &from) != 0 ||
	    parse_release(comma + 1, strlen(comma + 1), &to) != 0 || to.fresh)
		return fault_set(fault, FAULT_USAGE, "--upgrade wants two releases as in X14.0.7,X14.2 (or fresh,X14.2)");
	if (!from.fresh && compare_release(&from, to.part[0], to.part[1], to.part[2]) > 0)
		return fault_set(fault, FAULT_USAGE, "--upgrade wants the older release first, as in X14.0.7,X14.2");
	order = !from.fresh && compare_release(&from, 14, 0, 0) >= 0 ? ORDER_RSA_FIRST : ORDER_ECDSA_FIRST;
	put_in_force(policy, order, true);
	policy->holds = holds_from(&to);
	policy->chain_first = !from.fresh && compare_release(&from, 14, 0, 2) < 0;
	explain(policy, why_of_upgrade(from_to, &from, &to, order), next_of_upgrade(&to, order));
	return 0;
}
