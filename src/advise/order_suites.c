/* SPDX-License-Identifier: MIT */
/* A cipher string is a little program: each word adds, drops, moves or forbids suites in a list. What is modelled is
 * ssl_create_cipher_list() and ssl_cipher_process_rulestr() of OpenSSL's ssl_ciph.c: the list starts in OpenSSL's own
 * order of preference with every suite switched off; a word without prefix appends what it names, '-' switches off and
 * moves to the front, so that a later word finds it in the old order, '+' moves to the end, '!' removes for good.
 * Suites with PSK, SRP, DSS, anonymous or GOST keys are left out: no CUCM certificate goes with them. */
#include "config.h"

#include "advise/order.h"

#include <string.h>

enum kx { KX_ECDHE = 1, KX_DHE = 2, KX_RSA = 4 };
enum au { AU_RSA = 1, AU_ECDSA = 2 };
enum enc {
	ENC_AES256 = 1, ENC_AES128 = 2, ENC_AES256GCM = 4, ENC_AES128GCM = 8, ENC_AES256CCM = 16, ENC_AES128CCM = 32,
	ENC_AES256CCM8 = 64, ENC_AES128CCM8 = 128, ENC_CHACHA = 256, ENC_ARIA256 = 512, ENC_ARIA128 = 1024,
	ENC_CAMELLIA256 = 2048, ENC_CAMELLIA128 = 4096, ENC_3DES = 8192, ENC_NULL = 16384
};
enum mac { MAC_AEAD = 1, MAC_SHA1 = 2, MAC_SHA256 = 4, MAC_SHA384 = 8, MAC_MD5 = 16 };
enum tls { TLS_SSL3 = 1, TLS_1_0 = 2, TLS_1_2 = 3 };
enum grade { GRADE_HIGH = 1, GRADE_MEDIUM = 2, GRADE_NONE = 4, GRADE_NOT_DEFAULT = 8, GRADE_DEFAULT = 16 };

struct suite {
	const char *name;
	enum kx kx;
	enum au au;
	enum enc enc;
	enum mac mac;
	enum tls tls;
	unsigned bits;
};

/* In the order of `openssl ciphers ALL:eNULL`, 1.1.1 to 3.0. */
static const struct suite suites_known[] = {
	{ "ECDHE-ECDSA-AES256-GCM-SHA384", KX_ECDHE, AU_ECDSA, ENC_AES256GCM, MAC_AEAD, TLS_1_2, 256 },
	{ "ECDHE-RSA-AES256-GCM-SHA384", KX_ECDHE, AU_RSA, ENC_AES256GCM, MAC_AEAD, TLS_1_2, 256 },
	{ "DHE-RSA-AES256-GCM-SHA384", KX_DHE, AU_RSA, ENC_AES256GCM, MAC_AEAD, TLS_1_2, 256 },
	{ "ECDHE-ECDSA-CHACHA20-POLY1305", KX_ECDHE, AU_ECDSA, ENC_CHACHA, MAC_AEAD, TLS_1_2, 256 },
	{ "ECDHE-RSA-CHACHA20-POLY1305", KX_ECDHE, AU_RSA, ENC_CHACHA, MAC_AEAD, TLS_1_2, 256 },
	{ "DHE-RSA-CHACHA20-POLY1305", KX_DHE, AU_RSA, ENC_CHACHA, MAC_AEAD, TLS_1_2, 256 },
	{ "ECDHE-ECDSA-AES256-CCM8", KX_ECDHE, AU_ECDSA, ENC_AES256CCM8, MAC_AEAD, TLS_1_2, 256 },
	{ "ECDHE-ECDSA-AES256-CCM", KX_ECDHE, AU_ECDSA, ENC_AES256CCM, MAC_AEAD, TLS_1_2, 256 },
	{ "DHE-RSA-AES256-CCM8", KX_DHE, AU_RSA, ENC_AES256CCM8, MAC_AEAD, TLS_1_2, 256 },
	{ "DHE-RSA-AES256-CCM", KX_DHE, AU_RSA, ENC_AES256CCM, MAC_AEAD, TLS_1_2, 256 },
	{ "ECDHE-ECDSA-ARIA256-GCM-SHA384", KX_ECDHE, AU_ECDSA, ENC_ARIA256, MAC_AEAD, TLS_1_2, 256 },
	{ "ECDHE-ARIA256-GCM-SHA384", KX_ECDHE, AU_RSA, ENC_ARIA256, MAC_AEAD, TLS_1_2, 256 },
	{ "DHE-RSA-ARIA256-GCM-SHA384", KX_DHE, AU_RSA, ENC_ARIA256, MAC_AEAD, TLS_1_2, 256 },
	{ "ECDHE-ECDSA-AES128-GCM-SHA256", KX_ECDHE, AU_ECDSA, ENC_AES128GCM, MAC_AEAD, TLS_1_2, 128 },
	{ "ECDHE-RSA-AES128-GCM-SHA256", KX_ECDHE, AU_RSA, ENC_AES128GCM, MAC_AEAD, TLS_1_2, 128 },
	{ "DHE-RSA-AES128-GCM-SHA256", KX_DHE, AU_RSA, ENC_AES128GCM, MAC_AEAD, TLS_1_2, 128 },
	{ "ECDHE-ECDSA-AES128-CCM8", KX_ECDHE, AU_ECDSA, ENC_AES128CCM8, MAC_AEAD, TLS_1_2, 128 },
	{ "ECDHE-ECDSA-AES128-CCM", KX_ECDHE, AU_ECDSA, ENC_AES128CCM, MAC_AEAD, TLS_1_2, 128 },
	{ "DHE-RSA-AES128-CCM8", KX_DHE, AU_RSA, ENC_AES128CCM8, MAC_AEAD, TLS_1_2, 128 },
	{ "DHE-RSA-AES128-CCM", KX_DHE, AU_RSA, ENC_AES128CCM, MAC_AEAD, TLS_1_2, 128 },
	{ "ECDHE-ECDSA-ARIA128-GCM-SHA256", KX_ECDHE, AU_ECDSA, ENC_ARIA128, MAC_AEAD, TLS_1_2, 128 },
	{ "ECDHE-ARIA128-GCM-SHA256", KX_ECDHE, AU_RSA, ENC_ARIA128, MAC_AEAD, TLS_1_2, 128 },
	{ "DHE-RSA-ARIA128-GCM-SHA256", KX_DHE, AU_RSA, ENC_ARIA128, MAC_AEAD, TLS_1_2, 128 },
	{ "ECDHE-ECDSA-AES256-SHA384", KX_ECDHE, AU_ECDSA, ENC_AES256, MAC_SHA384, TLS_1_2, 256 },
	{ "ECDHE-RSA-AES256-SHA384", KX_ECDHE, AU_RSA, ENC_AES256, MAC_SHA384, TLS_1_2, 256 },
	{ "DHE-RSA-AES256-SHA256", KX_DHE, AU_RSA, ENC_AES256, MAC_SHA256, TLS_1_2, 256 },
	{ "ECDHE-ECDSA-CAMELLIA256-SHA384", KX_ECDHE, AU_ECDSA, ENC_CAMELLIA256, MAC_SHA384, TLS_1_2, 256 },
	{ "ECDHE-RSA-CAMELLIA256-SHA384", KX_ECDHE, AU_RSA, ENC_CAMELLIA256, MAC_SHA384, TLS_1_2, 256 },
	{ "DHE-RSA-CAMELLIA256-SHA256", KX_DHE, AU_RSA, ENC_CAMELLIA256, MAC_SHA256, TLS_1_2, 256 },
	{ "ECDHE-ECDSA-AES128-SHA256", KX_ECDHE, AU_ECDSA, ENC_AES128, MAC_SHA256, TLS_1_2, 128 },
	{ "ECDHE-RSA-AES128-SHA256", KX_ECDHE, AU_RSA, ENC_AES128, MAC_SHA256, TLS_1_2, 128 },
	{ "DHE-RSA-AES128-SHA256", KX_DHE, AU_RSA, ENC_AES128, MAC_SHA256, TLS_1_2, 128 },
	{ "ECDHE-ECDSA-CAMELLIA128-SHA256", KX_ECDHE, AU_ECDSA, ENC_CAMELLIA128, MAC_SHA256, TLS_1_2, 128 },
	{ "ECDHE-RSA-CAMELLIA128-SHA256", KX_ECDHE, AU_RSA, ENC_CAMELLIA128, MAC_SHA256, TLS_1_2, 128 },
	{ "DHE-RSA-CAMELLIA128-SHA256", KX_DHE, AU_RSA, ENC_CAMELLIA128, MAC_SHA256, TLS_1_2, 128 },
	{ "ECDHE-ECDSA-AES256-SHA", KX_ECDHE, AU_ECDSA, ENC_AES256, MAC_SHA1, TLS_1_0, 256 },
	{ "ECDHE-RSA-AES256-SHA", KX_ECDHE, AU_RSA, ENC_AES256, MAC_SHA1, TLS_1_0, 256 },
	{ "DHE-RSA-AES256-SHA", KX_DHE, AU_RSA, ENC_AES256, MAC_SHA1, TLS_SSL3, 256 },
	{ "DHE-RSA-CAMELLIA256-SHA", KX_DHE, AU_RSA, ENC_CAMELLIA256, MAC_SHA1, TLS_SSL3, 256 },
	{ "ECDHE-ECDSA-AES128-SHA", KX_ECDHE, AU_ECDSA, ENC_AES128, MAC_SHA1, TLS_1_0, 128 },
	{ "ECDHE-RSA-AES128-SHA", KX_ECDHE, AU_RSA, ENC_AES128, MAC_SHA1, TLS_1_0, 128 },
	{ "DHE-RSA-AES128-SHA", KX_DHE, AU_RSA, ENC_AES128, MAC_SHA1, TLS_SSL3, 128 },
	{ "DHE-RSA-CAMELLIA128-SHA", KX_DHE, AU_RSA, ENC_CAMELLIA128, MAC_SHA1, TLS_SSL3, 128 },
	{ "AES256-GCM-SHA384", KX_RSA, AU_RSA, ENC_AES256GCM, MAC_AEAD, TLS_1_2, 256 },
	{ "AES256-CCM8", KX_RSA, AU_RSA, ENC_AES256CCM8, MAC_AEAD, TLS_1_2, 256 },
	{ "AES256-CCM", KX_RSA, AU_RSA, ENC_AES256CCM, MAC_AEAD, TLS_1_2, 256 },
	{ "ARIA256-GCM-SHA384", KX_RSA, AU_RSA, ENC_ARIA256, MAC_AEAD, TLS_1_2, 256 },
	{ "AES128-GCM-SHA256", KX_RSA, AU_RSA, ENC_AES128GCM, MAC_AEAD, TLS_1_2, 128 },
	{ "AES128-CCM8", KX_RSA, AU_RSA, ENC_AES128CCM8, MAC_AEAD, TLS_1_2, 128 },
	{ "AES128-CCM", KX_RSA, AU_RSA, ENC_AES128CCM, MAC_AEAD, TLS_1_2, 128 },
	{ "ARIA128-GCM-SHA256", KX_RSA, AU_RSA, ENC_ARIA128, MAC_AEAD, TLS_1_2, 128 },
	{ "AES256-SHA256", KX_RSA, AU_RSA, ENC_AES256, MAC_SHA256, TLS_1_2, 256 },
	{ "CAMELLIA256-SHA256", KX_RSA, AU_RSA, ENC_CAMELLIA256, MAC_SHA256, TLS_1_2, 256 },
	{ "AES128-SHA256", KX_RSA, AU_RSA, ENC_AES128, MAC_SHA256, TLS_1_2, 128 },
	{ "CAMELLIA128-SHA256", KX_RSA, AU_RSA, ENC_CAMELLIA128, MAC_SHA256, TLS_1_2, 128 },
	{ "AES256-SHA", KX_RSA, AU_RSA, ENC_AES256, MAC_SHA1, TLS_SSL3, 256 },
	{ "CAMELLIA256-SHA", KX_RSA, AU_RSA, ENC_CAMELLIA256, MAC_SHA1, TLS_SSL3, 256 },
	{ "AES128-SHA", KX_RSA, AU_RSA, ENC_AES128, MAC_SHA1, TLS_SSL3, 128 },
	{ "CAMELLIA128-SHA", KX_RSA, AU_RSA, ENC_CAMELLIA128, MAC_SHA1, TLS_SSL3, 128 },
	{ "ECDHE-ECDSA-NULL-SHA", KX_ECDHE, AU_ECDSA, ENC_NULL, MAC_SHA1, TLS_1_0, 0 },
	{ "ECDHE-RSA-NULL-SHA", KX_ECDHE, AU_RSA, ENC_NULL, MAC_SHA1, TLS_1_0, 0 },
	{ "NULL-SHA256", KX_RSA, AU_RSA, ENC_NULL, MAC_SHA256, TLS_1_2, 0 },
	{ "NULL-SHA", KX_RSA, AU_RSA, ENC_NULL, MAC_SHA1, TLS_SSL3, 0 },
	{ "NULL-MD5", KX_RSA, AU_RSA, ENC_NULL, MAC_MD5, TLS_SSL3, 0 },
};

enum { SUITES = sizeof suites_known / sizeof *suites_known };

/* What a word selects: of each member that is not 0, one bit has to agree. A word for something that no CUCM
 * certificate goes with (PSK, aNULL, ...) selects NOTHING, but is a word that OpenSSL knows. */
struct mask {
	unsigned kx, au, enc, mac, tls, grade;
	const char *name; /* one suite by its name */
	bool nothing;
};

#define AES_256 (ENC_AES256 | ENC_AES256GCM | ENC_AES256CCM | ENC_AES256CCM8)
#define AES_128 (ENC_AES128 | ENC_AES128GCM | ENC_AES128CCM | ENC_AES128CCM8)
#define NOTHING { .nothing = true }

static const struct {
	const char *word;
	struct mask mask;
} words[] = {
	{ "ALL", { .enc = ~(unsigned)ENC_NULL } }, { "COMPLEMENTOFALL", { .enc = ENC_NULL } },
	{ "COMPLEMENTOFDEFAULT", { .grade = GRADE_NOT_DEFAULT } },
	{ "kRSA", { .kx = KX_RSA } }, { "kEDH", { .kx = KX_DHE } }, { "kDHE", { .kx = KX_DHE } }, { "DH", { .kx = KX_DHE } },
	{ "kEECDH", { .kx = KX_ECDHE } }, { "kECDHE", { .kx = KX_ECDHE } }, { "ECDH", { .kx = KX_ECDHE } },
	{ "EDH", { .kx = KX_DHE } }, { "DHE", { .kx = KX_DHE } },
	{ "EECDH", { .kx = KX_ECDHE } }, { "ECDHE", { .kx = KX_ECDHE } },
	{ "RSA", { .kx = KX_RSA, .au = AU_RSA } }, { "aRSA", { .au = AU_RSA } },
	{ "aECDSA", { .au = AU_ECDSA } }, { "ECDSA", { .au = AU_ECDSA } },
	{ "aNULL", NOTHING }, { "aDSS", NOTHING }, { "DSS", NOTHING }, { "aPSK", NOTHING }, { "aSRP", NOTHING },
	{ "aGOST", NOTHING }, { "aGOST01", NOTHING }, { "aGOST12", NOTHING }, { "kGOST", NOTHING }, { "kPSK", NOTHING },
	{ "kRSAPSK", NOTHING }, { "kECDHEPSK", NOTHING }, { "kDHEPSK", NOTHING }, { "kSRP", NOTHING }, { "PSK", NOTHING },
	{ "SRP", NOTHING }, { "ADH", NOTHING }, { "AECDH", NOTHING }, { "RC4", NOTHING }, { "RC2", NOTHING },
	{ "IDEA", NOTHING }, { "SEED", NOTHING }, { "LOW", NOTHING }, { "GOST89", NOTHING }, { "GOST94", NOTHING },
	{ "GOST89MAC", NOTHING },
	{ "3DES", { .enc = ENC_3DES } }, { "eNULL", { .enc = ENC_NULL } }, { "NULL", { .enc = ENC_NULL } },
	{ "AES128", { .enc = AES_128 } }, { "AES256", { .enc = AES_256 } }, { "AES", { .enc = AES_128 | AES_256 } },
	{ "AESGCM", { .enc = ENC_AES128GCM | ENC_AES256GCM } },
	{ "AESCCM", { .enc = ENC_AES128CCM | ENC_AES256CCM | ENC_AES128CCM8 | ENC_AES256CCM8 } },
	{ "AESCCM8", { .enc = ENC_AES128CCM8 | ENC_AES256CCM8 } },
	{ "CAMELLIA128", { .enc = ENC_CAMELLIA128 } }, { "CAMELLIA256", { .enc = ENC_CAMELLIA256 } },
	{ "CAMELLIA", { .enc = ENC_CAMELLIA128 | ENC_CAMELLIA256 } }, { "CHACHA20", { .enc = ENC_CHACHA } },
	{ "ARIA", { .enc = ENC_ARIA128 | ENC_ARIA256 } }, { "ARIAGCM", { .enc = ENC_ARIA128 | ENC_ARIA256 } },
	{ "ARIA128", { .enc = ENC_ARIA128 } }, { "ARIA256", { .enc = ENC_ARIA256 } },
	{ "MD5", { .mac = MAC_MD5 } }, { "SHA1", { .mac = MAC_SHA1 } }, { "SHA", { .mac = MAC_SHA1 } },
	{ "SHA256", { .mac = MAC_SHA256 } }, { "SHA384", { .mac = MAC_SHA384 } },
	{ "SSLv3", { .tls = 1u << TLS_SSL3 } }, { "TLSv1", { .tls = 1u << TLS_1_0 } }, { "TLSv1.0", { .tls = 1u << TLS_1_0 } },
	{ "TLSv1.2", { .tls = 1u << TLS_1_2 } },
	{ "HIGH", { .grade = GRADE_HIGH } }, { "MEDIUM", { .grade = GRADE_MEDIUM } }, { "FIPS", { .enc = ENC_AES128 | ENC_AES256 | ENC_AES128GCM | ENC_AES256GCM } },
};

struct list {
	const struct suite *at[SUITES];
	bool on[SUITES];
	size_t count;
	int level; /* of @SECLEVEL */
};

static unsigned grades(const struct suite *suite)
{
	bool common = suite->enc != ENC_NULL && (suite->enc & (ENC_CAMELLIA128 | ENC_CAMELLIA256 | ENC_ARIA128 | ENC_ARIA256 |
	              ENC_AES128CCM | ENC_AES256CCM | ENC_AES128CCM8 | ENC_AES256CCM8)) == 0;

	return (suite->enc == ENC_NULL ? GRADE_NONE : GRADE_HIGH) | (common ? GRADE_DEFAULT : GRADE_NOT_DEFAULT);
}

static bool selects(const struct mask *mask, const struct suite *suite)
{
	return !mask->nothing && (mask->name == NULL || mask->name == suite->name) &&
	       (mask->kx == 0 || (mask->kx & suite->kx) != 0) && (mask->au == 0 || (mask->au & suite->au) != 0) &&
	       (mask->enc == 0 || (mask->enc & suite->enc) != 0) && (mask->mac == 0 || (mask->mac & suite->mac) != 0) &&
	       (mask->tls == 0 || (mask->tls & 1u << suite->tls) != 0) &&
	       (mask->grade == 0 || (mask->grade & grades(suite)) != 0);
}

/* Splits the list in two, each in its order, and joins them again: what is picked goes to the front or to the end. */
static void move(struct list *list, const bool picked[SUITES], bool to_front, bool on)
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
	bool picked[SUITES] = { false };
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++)
		picked[i] = selects(mask, list->at[i]) && (command == '!' || list->on[i] == (command != 'a'));
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

static void sort_by_strength(struct list *list)
{
	static const unsigned strengths[] = { 256, 128, 0 };

	for (size_t s = 0; s < sizeof strengths / sizeof *strengths; s++) {
		bool picked[SUITES] = { false };

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
	for (size_t i = 0; i < SUITES; i++) {
		if (word_is(word, len, suites_known[i].name)) {
			*mask = (struct mask){ .name = suites_known[i].name };
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
	return narrow(&mask->kx, by->kx) && narrow(&mask->au, by->au) && narrow(&mask->enc, by->enc) &&
	       narrow(&mask->mac, by->mac) && narrow(&mask->tls, by->tls) && narrow(&mask->grade, by->grade);
}

static bool is_separator(char c)
{
	return c == ':' || c == ' ' || c == ';' || c == ',';
}

static bool is_word_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '=';
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

/* One element; returns where the next one begins, NULL where OpenSSL refuses the whole string. What does not end in a
 * separator runs on: "HIGH!aRSA" are two elements. */
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

/* ssl_security_default_callback(): what the security level takes away from the list. */
static bool level_allows(int level, const struct suite *suite)
{
	static const unsigned least_bits[] = { 0, 80, 112, 128, 192, 256 };

	return suite->bits >= least_bits[level] && (level < 4 || suite->mac != MAC_SHA1) && (level < 3 || suite->kx != KX_RSA);
}

/* CUCM's own suites are AES in GCM and CBC mode; another one decides only where there is none of these. */
static bool collect(const struct list *list, unsigned enc, struct order_suites *suites)
{
	size_t rsa_before_ecdsa = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct suite *suite = list->at[i];

		if (!list->on[i] || (suite->enc & enc) == 0 || !level_allows(list->level, suite))
			continue;
		if (suites->first == NULL) {
			suites->first = suite->name;
			suites->rsa_first = suite->au == AU_RSA;
		}
		if (suite->au == AU_RSA && suites->first_rsa == NULL)
			suites->first_rsa = suite->name;
		if (suite->au == AU_ECDSA && suites->first_ecdsa == NULL)
			suites->first_ecdsa = suite->name;
		rsa_before_ecdsa += suite->au == AU_RSA && suites->first_ecdsa == NULL;
	}
	suites->lifted = suites->first_ecdsa != NULL && rsa_before_ecdsa == 1;
	return suites->first != NULL;
}

enum { STRING_MOST = 4096 };

int order_read_suites(const char *cipher_string, struct order_suites *suites, struct fault *fault)
{
	struct list list = { .level = 1 };

	memset(suites, 0, sizeof *suites);
	if (strnlen(cipher_string, STRING_MOST + 1) > STRING_MOST)
		return fault_set(fault, FAULT_USAGE, "the cipher string is longer than %d characters", STRING_MOST);
	if (strncmp(cipher_string, "SUITEB192", 9) == 0)
		cipher_string = "ECDHE-ECDSA-AES256-GCM-SHA384";
	else if (strncmp(cipher_string, "SUITEB128", 9) == 0)
		cipher_string = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384";
	for (; list.count < SUITES; list.count++)
		list.at[list.count] = &suites_known[list.count];
	if (run_string(&list, cipher_string) != 0)
		return fault_set(fault, FAULT_USAGE,
		                 "OpenSSL would not take this cipher string; copy it from Maintenance > Security > Ciphers");
	if (!collect(&list, ENC_AES256GCM | ENC_AES128GCM | ENC_AES256 | ENC_AES128, suites) &&
	    !collect(&list, ~(unsigned)ENC_NULL, suites))
		return fault_set(fault, FAULT_USAGE,
		                 "the cipher string leaves no RSA and no ECDSA suite; copy it from Maintenance > Security > Ciphers");
	return 0;
}
