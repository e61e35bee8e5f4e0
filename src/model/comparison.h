/* SPDX-License-Identifier: MIT */
/* comparison: what is different in a newer report, a change each. Knows no format. */
#ifndef MRA_MODEL_COMPARISON_H
#define MRA_MODEL_COMPARISON_H

#include "model/report.h"

/* In the order in which they are told. */
enum news { NEWS_WORSE, NEWS_BETTER, NEWS_CHANGED, NEWS_NEW, NEWS_GONE };
enum { NEWS_COUNT = 5 };

struct change {
	enum news news;
	/* owned; one line for people, without the kind of news; may hold anything a server said */
	char *text;
	/* of an address, port, order and store; NULL where the change is about something else. All
	 * owned. */
	char *node, *address, *store;
	uint16_t port;    /* 0: none */
	enum order order; /* of no meaning without a port */
	bool advertised;
	char *was, *now;  /* owned; NULL: not there */
};

struct comparison {
	struct change *changes; /* owned; by kind of news */
	size_t count;
	bool worse;             /* there is a change of NEWS_WORSE */
};

const char *news_name(enum news news); /* "worse" "better" "changed" "new" "gone" */
void comparison_clear(struct comparison *comparison);

#endif
