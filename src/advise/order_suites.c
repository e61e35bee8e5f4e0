/* SPDX-License-Identifier: MIT */
/* A cipher string is a little program: each word adds, drops, moves or forbids suites in a list.
 * What is modelled is ssl_create_cipher_list() and ssl_cipher_process_rulestr() of OpenSSL's
 * ssl_ciph.c: the list starts in OpenSSL's own order of preference with every suite switched off; a
 * word without prefix appends what it names, '-' switches off and moves to the front, so that a
 * later word finds it in the old order, '+' moves to the end, '!' removes for good. Suites with
 * PSK, SRP, anonymous or GOST keys are left out: no certificate goes with them. */
#include "config.h"

#include "advise/order.h"
#include "model/suite.h"

#include <string.h>

enum grade {
	GRADE_HIGH = 1,
	GRADE_MEDIUM = 2,
	GRADE_NONE = 4,
	GRADE_NOT_DEFAULT = 8,
	GRADE_DEFAULT = 16
};

/* What a word selects: of each member that is not 0, one bit has to agree. A word for something
 * that no CUCM certificate goes with (PSK, aNULL, ...) selects NOTHING, but is a word that OpenSSL
 * knows. */
struct mask {
	unsigned kx, au, enc, mac, tls, grade;
	const char *name; /* one suite by its name */
	bool nothing;
};

#define AES_256 \
	(SUITE_ENC_AES256 | SUITE_ENC_AES256GCM | SUITE_ENC_AES256CCM | SUITE_ENC_AES256CCM8)
#define AES_128 \
	(SUITE_ENC_AES128 | SUITE_ENC_AES128GCM | SUITE_ENC_AES128CCM | SUITE_ENC_AES128CCM8)
#define NOTHING { .nothing = true }

static const struct {
	const char *word;
	struct mask mask;
} words[] = {
	{ "ALL", { .enc = ~(unsigned)SUITE_ENC_NULL } },
	{ "COMPLEMENTOFALL", { .enc = SUITE_ENC_NULL } },
	{ "COMPLEMENTOFDEFAULT", { .grade = GRADE_NOT_DEFAULT } },
	{ "kRSA", { .kx = SUITE_KX_RSA } },
	{ "kEDH", { .kx = SUITE_KX_DHE } },
	{ "kDHE", { .kx = SUITE_KX_DHE } },
	{ "DH", { .kx = SUITE_KX_DHE } },
	{ "kEECDH", { .kx = SUITE_KX_ECDHE } },
	{ "kECDHE", { .kx = SUITE_KX_ECDHE } },
	{ "ECDH", { .kx = SUITE_KX_ECDHE } },
	{ "EDH", { .kx = SUITE_KX_DHE } },
	{ "DHE", { .kx = SUITE_KX_DHE } },
	{ "EECDH", { .kx = SUITE_KX_ECDHE } },
	{ "ECDHE", { .kx = SUITE_KX_ECDHE } },
	{ "RSA", { .kx = SUITE_KX_RSA, .au = SUITE_AU_RSA } },
	{ "aRSA", { .au = SUITE_AU_RSA } },
	{ "aECDSA", { .au = SUITE_AU_ECDSA } },
	{ "ECDSA", { .au = SUITE_AU_ECDSA } },
	{ "aNULL", NOTHING },
	{ "aDSS", { .au = SUITE_AU_DSS } },
	{ "DSS", { .au = SUITE_AU_DSS } },
	{ "aPSK", NOTHING },
	{ "aSRP", NOTHING },
	{ "aGOST", NOTHING },
	{ "aGOST01", NOTHING },
	{ "aGOST12", NOTHING },
	{ "kGOST", NOTHING },
	{ "kPSK", NOTHING },
	{ "kRSAPSK", NOTHING },
	{ "kECDHEPSK", NOTHING },
	{ "kDHEPSK", NOTHING },
	{ "kSRP", NOTHING },
	{ "PSK", NOTHING },
	{ "SRP", NOTHING },
	{ "ADH", NOTHING },
	{ "AECDH", NOTHING },
	{ "RC4", NOTHING },
	{ "RC2", NOTHING },
	{ "IDEA", NOTHING },
	{ "SEED", NOTHING },
	{ "LOW", NOTHING },
	{ "GOST89", NOTHING },
	{ "GOST94", NOTHING },
	{ "GOST89MAC", NOTHING },
	{ "3DES", { .enc = SUITE_ENC_3DES } },
	{ "eNULL", { .enc = SUITE_ENC_NULL } },
	{ "NULL", { .enc = SUITE_ENC_NULL } },
	{ "AES128", { .enc = AES_128 } },
	{ "AES256", { .enc = AES_256 } },
	{ "AES", { .enc = AES_128 | AES_256 } },
	{ "AESGCM", { .enc = SUITE_ENC_AES128GCM | SUITE_ENC_AES256GCM } },
	{ "AESCCM",
	  { .enc = SUITE_ENC_AES128CCM | SUITE_ENC_AES256CCM | SUITE_ENC_AES128CCM8 |
	           SUITE_ENC_AES256CCM8 } },
	{ "AESCCM8", { .enc = SUITE_ENC_AES128CCM8 | SUITE_ENC_AES256CCM8 } },
	{ "CAMELLIA128", { .enc = SUITE_ENC_CAMELLIA128 } },
	{ "CAMELLIA256", { .enc = SUITE_ENC_CAMELLIA256 } },
	{ "CAMELLIA", { .enc = SUITE_ENC_CAMELLIA128 | SUITE_ENC_CAMELLIA256 } },
	{ "CHACHA20", { .enc = SUITE_ENC_CHACHA } },
	{ "ARIA", { .enc = SUITE_ENC_ARIA128 | SUITE_ENC_ARIA256 } },
	{ "ARIAGCM", { .enc = SUITE_ENC_ARIA128 | SUITE_ENC_ARIA256 } },
	{ "ARIA128", { .enc = SUITE_ENC_ARIA128 } },
	{ "ARIA256", { .enc = SUITE_ENC_ARIA256 } },
	{ "MD5", { .mac = SUITE_MAC_MD5 } },
	{ "SHA1", { .mac = SUITE_MAC_SHA1 } },
	{ "SHA", { .mac = SUITE_MAC_SHA1 } },
	{ "SHA256", { .mac = SUITE_MAC_SHA256 } },
	{ "SHA384", { .mac = SUITE_MAC_SHA384 } },
	{ "SSLv3", { .tls = 1u << SUITE_SSL3 } },
	{ "TLSv1", { .tls = 1u << SUITE_TLS10 } },
	{ "TLSv1.0", { .tls = 1u << SUITE_TLS10 } },
	{ "TLSv1.2", { .tls = 1u << SUITE_TLS12 } },
	{ "HIGH", { .grade = GRADE_HIGH } },
	{ "MEDIUM", { .grade = GRADE_MEDIUM } },
	{ "FIPS",
	  { .enc = SUITE_ENC_AES128 | SUITE_ENC_AES256 | SUITE_ENC_AES128GCM |
	           SUITE_ENC_AES256GCM } },
};

struct list {
	const struct suite *at[SUITE_COUNT];
	bool on[SUITE_COUNT];
	size_t count;
	int level; /* of @SECLEVEL */
};

static unsigned grades(const struct suite *suite)
{
	bool common =
		suite->enc != SUITE_ENC_NULL && suite->au != SUITE_AU_DSS &&
		(suite->enc & (SUITE_ENC_CAMELLIA128 | SUITE_ENC_CAMELLIA256 | SUITE_ENC_ARIA128 |
	                       SUITE_ENC_ARIA256 | SUITE_ENC_AES128CCM | SUITE_ENC_AES256CCM |
	                       SUITE_ENC_AES128CCM8 | SUITE_ENC_AES256CCM8)) == 0;

	return (suite->enc == SUITE_ENC_NULL ? GRADE_NONE : GRADE_HIGH) |
	       (common ? GRADE_DEFAULT : GRADE_NOT_DEFAULT);
}

static bool selects(const struct mask *mask, const struct suite *suite)
{
	return !mask->nothing && (mask->name == NULL || mask->name == suite->name) &&
	       (mask->kx == 0 || (mask->kx & suite->kx) != 0) &&
	       (mask->au == 0 || (mask->au & suite->au) != 0) &&
	       (mask->enc == 0 || (mask->enc & suite->enc) != 0) &&
	       (mask->mac == 0 || (mask->mac & suite->mac) != 0) &&
	       (mask->tls == 0 || (mask->tls & 1u << suite->tls) != 0) &&
	       (mask->grade == 0 || (mask->grade & grades(suite)) != 0);
}

/* Splits the list in two, each in its order, and joins them again: what is picked goes to the front
 * or to the end. */
static void move(struct list *list, const bool picked[SUITE_COUNT], bool to_front, bool on)
{
	struct list next = { .level = list->level };

	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < list->count; i++)
			if (picked[i] == (to_front == (pass == 0))) {
				next.on[next.count] = picked[i] ? on : list->on[i];
				next.at[next.count++] = list->at[i];
			}
	*list = next;
}

static void apply(struct list *list, char command, const struct mask *mask)
{
	bool picked[SUITE_COUNT] = { false };
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++)
		picked[i] = selects(mask, list->at[i]) &&
		            (command == '!' || list->on[i] == (command != 'a'));
	if (command != '!') {
		move(list, picked, command == '-', command != '-');
		return;
	}
	for (size_t i = 0; i < list->count; i++) {
		if (picked[i])
			continue;
		list->on[kept] = list->on[i];
		list->at[kept++] = list->at[i];
	}
	list->count = kept;
}

/* What has neither 128 bits nor none has 256 and comes first. */
static void sort_by_strength(struct list *list)
{
	static const unsigned strengths[] = { 128, 0 };

	for (size_t s = 0; s < sizeof strengths / sizeof *strengths; s++) {
		bool picked[SUITE_COUNT] = { false };

		for (size_t i = 0; i < list->count; i++)
			picked[i] = list->on[i] && list->at[i]->bits == strengths[s];
		move(list, picked, false, true);
	}
}

static bool word_is(const char *word, size_t len, const char *what)
{
	return strlen(what) == len && memcmp(word, what, len) == 0;
}

static bool find_word(const char *word, size_t len, struct mask *mask)
{
	for (size_t i = 0; i < SUITE_COUNT; i++) {
		if (word_is(word, len, suite_rows[i].name)) {
			*mask = (struct mask){ .name = suite_rows[i].name };
			return true;
		}
	}
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (word_is(word, len, words[i].word)) {
			*mask = words[i].mask;
			return true;
		}
	}
	return false;
}

static bool narrow(unsigned *mask, unsigned by)
{
	if (by == 0)
		return true;
	*mask = *mask == 0 ? by : *mask & by;
	return *mask != 0;
}

/* "AES256+SHA": both. False when nothing can be both: OpenSSL then passes over the word. */
static bool join(struct mask *mask, const struct mask *by)
{
	if (by->name != NULL)
		mask->name = by->name;
	mask->nothing = mask->nothing || by->nothing;
	return narrow(&mask->kx, by->kx) && narrow(&mask->au, by->au) &&
	       narrow(&mask->enc, by->enc) && narrow(&mask->mac, by->mac) &&
	       narrow(&mask->tls, by->tls) && narrow(&mask->grade, by->grade);
}

static bool is_separator(char c)
{
	return c == ':' || c == ' ' || c == ';' || c == ',';
}

static bool is_word_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.' || c == '=';
}

static int special(struct list *list, const char *word, size_t len)
{
	if (word_is(word, len, "STRENGTH"))
		sort_by_strength(list);
	else if (len == 10 && memcmp(word, "SECLEVEL=", 9) == 0 && word[9] >= '0' && word[9] <= '5')
		list->level = word[9] - '0';
	else
		return -1;
	return 0;
}

/* One element; returns where the next one begins, NULL where OpenSSL refuses the whole string. What
 * does not end in a separator runs on: "HIGH!aRSA" are two elements. */
static const char *run_element(struct list *list, const char *text)
{
	char command = strchr("-+!@", *text) != NULL ? *text : 'a';
	const char *word = command == 'a' ? text : text + 1;
	struct mask all = { .name = NULL };
	bool known = true;

	for (;;) {
		size_t len = 0;
		struct mask one;

		while (is_word_char(word[len]))
			len++;
		if (len == 0)
			return NULL;
		if (command == '@')
			return special(list, word, len) == 0 ? word + strcspn(word, ": ;,") : NULL;
		known = find_word(word, len, &one) && join(&all, &one);
		word += len;
		if (*word != '+' || !known)
			break;
		word++;
	}
	if (!known)
		return word + strcspn(word, ": ;,");
	apply(list, command, &all);
	return word;
}

static int run_string(struct list *list, const char *text)
{
	if (strncmp(text, "DEFAULT", 7) == 0) {
		apply(list, '!', &(struct mask){ .grade = GRADE_NOT_DEFAULT });
		apply(list, 'a', &(struct mask){ .grade = GRADE_DEFAULT });
		text += 7;
	}
	while (*text != '\0') {
		if (is_separator(*text)) {
			text++;
			continue;
		}
		text = run_element(list, text);
		if (text == NULL)
			return -1;
	}
	return 0;
}

static const unsigned least_bits[] = { 0, 80, 112, 128, 192, 256 }; /* of each level */

/* ssl_security_default_callback(): what the security level takes away from the list. */
static bool level_allows(int level, const struct suite *suite)
{
	return suite->bits >= least_bits[level] && (level < 4 || suite->mac != SUITE_MAC_SHA1) &&
	       (level < 3 || suite->kx != SUITE_KX_RSA);
}

/* CUCM's own suites are AES in GCM and CBC mode; another one decides only where there is none of
 * these. */
static bool collect(const struct list *list, unsigned enc, struct order_suites *suites)
{
	size_t rsa_before_ecdsa = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct suite *suite = list->at[i];

		if (!list->on[i] || (suite->enc & enc) == 0 || suite->au == SUITE_AU_DSS ||
		    !level_allows(list->level, suite))
			continue;
		if (suites->first == NULL) {
			suites->first = suite->name;
			suites->rsa_first = suite->au == SUITE_AU_RSA;
		}
		if (suite->au == SUITE_AU_RSA && suites->first_rsa == NULL)
			suites->first_rsa = suite->name;
		if (suite->au == SUITE_AU_ECDSA && suites->first_ecdsa == NULL)
			suites->first_ecdsa = suite->name;
		rsa_before_ecdsa += suite->au == SUITE_AU_RSA && suites->first_ecdsa == NULL;
	}
	suites->lifted = suites->first_ecdsa != NULL && rsa_before_ecdsa == 1;
	return suites->first != NULL;
}

/* What is offered, TLS 1.2 and older suites alike: whoever speaks 1.2 may choose any of them. */
static void list_offered(const struct list *list, struct suites *offered)
{
	offered->count = 0;
	for (size_t i = 0; i < list->count; i++)
		if (list->on[i] && level_allows(list->level, list->at[i]))
			offered->codes[offered->count++] = list->at[i]->code;
}

enum { STRING_MOST = 4096 };

int order_read_suites(const char *cipher_string, struct order_suites *suites, struct fault *fault)
{
	struct list list = { .level = 1 };

	memset(suites, 0, sizeof *suites);
	if (strnlen(cipher_string, STRING_MOST + 1) > STRING_MOST)
		return fault_set(fault, FAULT_USAGE,
		                 "the cipher string is longer than %d characters", STRING_MOST);
	if (strncmp(cipher_string, "SUITEB192", 9) == 0)
		cipher_string = "ECDHE-ECDSA-AES256-GCM-SHA384";
	else if (strncmp(cipher_string, "SUITEB128", 9) == 0)
		cipher_string = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384";
	for (; list.count < SUITE_COUNT; list.count++)
		list.at[list.count] = &suite_rows[list.count];
	if (run_string(&list, cipher_string) != 0)
		return fault_set(
			fault, FAULT_USAGE,
			"OpenSSL would not take this cipher string; copy it from Maintenance > Security > Ciphers");
	list_offered(&list, &suites->offered);
	if (!collect(&list,
	             SUITE_ENC_AES256GCM | SUITE_ENC_AES128GCM | SUITE_ENC_AES256 |
	                     SUITE_ENC_AES128,
	             suites) &&
	    !collect(&list, ~(unsigned)SUITE_ENC_NULL, suites))
		return fault_set(
			fault, FAULT_USAGE,
			"the cipher string leaves no RSA and no ECDSA suite; copy it from Maintenance > Security > Ciphers");
	return 0;
}

#define DEFAULT_STRING "EECDH:EDH:HIGH:-AES256+SHA:!MEDIUM:!LOW:!3DES:!MD5:!PSK:!eNULL:!aNULL:!aDH"

void order_offered(const char *cipher_string, enum order order, struct suites *offered)
{
	const char *of_release = order == ORDER_RSA_FIRST
	                                 ? "ECDHE-RSA-AES256-GCM-SHA384:" DEFAULT_STRING
	                                 : DEFAULT_STRING;
	struct order_suites suites;
	struct fault fault;

	if (cipher_string == NULL || order_read_suites(cipher_string, &suites, &fault) != 0)
		order_read_suites(of_release, &suites, &fault);
	*offered = suites.offered;
}
