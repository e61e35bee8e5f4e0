/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/suite.h"

const struct suite suite_rows[SUITE_COUNT] = {
#define SUITE(code, iana, name, kx, au, enc, mac, tls, bits) \
	{ code,        iana, name, SUITE_KX_##kx, SUITE_AU_##au, SUITE_ENC_##enc, SUITE_MAC_##mac, \
	  SUITE_##tls, bits },
#define SUITE13(code, iana)
#include "model/suite.def"
#undef SUITE
#undef SUITE13
};

#define SUITE(code, iana, name, kx, au, enc, mac, tls, bits)
#define SUITE13(code, iana) code,
const uint16_t suite13_codes[SUITE13_COUNT] = {
#include "model/suite.def"
};
#undef SUITE13
#define SUITE13(code, iana) iana,
static const char *const suite13_names[SUITE13_COUNT] = {
#include "model/suite.def"
};
#undef SUITE
#undef SUITE13

const struct suite *suite_find(uint16_t code)
{
	for (size_t i = 0; i < SUITE_COUNT; i++)
		if (suite_rows[i].code == code)
			return &suite_rows[i];
	return NULL;
}

const char *suite_iana(uint16_t code)
{
	const struct suite *suite = suite_find(code);

	if (suite != NULL)
		return suite->iana;
	for (size_t i = 0; i < SUITE13_COUNT; i++)
		if (suite13_codes[i] == code)
			return suite13_names[i];
	return NULL;
}

bool suites_have(const struct suites *suites, uint16_t code)
{
	for (size_t i = 0; i < suites->count; i++)
		if (suites->codes[i] == code)
			return true;
	return false;
}
