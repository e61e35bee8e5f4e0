/* SPDX-License-Identifier: MIT */
/* finding: one cause and all it hits; step: one thing to do. Know no format. */
#ifndef MRA_MODEL_FINDING_H
#define MRA_MODEL_FINDING_H

#include "base/buf.h"
#include "model/names.h"
#include "model/verdict.h"

enum severity { SEVERITY_FAIL, SEVERITY_WARNING, SEVERITY_INFO };

/* What a finding is about: a refusal (its reason says which), or one of finding.def's rows. */
enum finding_kind {
#define FINDING(name, id, severity, detail, action) FINDING_##name,
#include "model/finding.def"
#undef FINDING
	FINDING_REFUSED,
	FINDING_REFUSED_UNUSED /* a refusal where no client is sent today */
};

struct finding {
	enum finding_kind kind;
	enum reason reason; /* of the two kinds of refusal */
	const char *id; /* static; for scripts: reason_id(reason), or finding.def's */
	enum severity severity;
	char *title;    /* owned; one line: what is wrong */
	/* owned; what MRA users would see, why; may hold several sentences; NULL if none */
	char *detail;
	char *action;   /* owned; what to do, one or two sentences; NULL if none */
	/* borrowed; the first of those that it is about; NULL if it is about none */
	const struct cert *certificate;
	const struct cert *
		*certs; /* owned array, borrowed; all of them, where there are several; else NULL */
	size_t cert_count;
	/* a line for each of those: whose it is, and what is particular to it */
	struct names facts;
	char *certificate_kind;         /* owned; "tomcat" "tomcat-ECDSA", NULL */
	struct names nodes, addresses, ports, orders, stores; /* what it hits */
	unsigned services;              /* a bit (1 << enum service) for each that it hits */
	char *log;      /* owned; Expressway's line for the first of them, NULL if none */
};

enum step_kind {
	STEP_STORE_ADD,
	STEP_STORE_REMOVE,
	STEP_SEND_CHAIN,
	STEP_REISSUE,
	STEP_ADVERTISE,
	STEP_CIPHER,
	STEP_RESTART_TFTP,
	STEP_DNS,
	STEP_CHECK,
	STEP_REFRESH,
	STEP_WORKAROUND,
	STEP_EXPRESSWAY_CHAIN,
	STEP_READ_CIPHER,
	STEP_EXPRESSWAY_REISSUE
};

struct step_target { /* one of several nodes that the same is done to */
	char *node;         /* owned */
	struct names names; /* for its new certificate, at least; or the name to advertise */
};

struct step {
	enum step_kind kind;
	char *title; /* owned; imperative: "Reissue tomcat of cucm1" */
	char *why;   /* owned */
	char *where; /* owned; where to click or type */
	char *note;  /* owned; what must not be missed, shown wherever the title is; or NULL */
	/* owned array, borrowed elements; what to upload or to remove; NULL if none */
	const struct cert **certs;
	size_t cert_count;
	struct names sans; /* for STEP_REISSUE: at least these; STEP_ADVERTISE: the new names */
	struct names nodes, stores;
	/* owned; where each of several nodes has names of its own; nodes and sans hold them all */
	struct step_target *targets;
	size_t target_count;
	/* owned; indices of verdicts that this step, after those before it, makes acceptances */
	size_t *repairs;
	size_t repair_count;
	size_t addresses; /* advertised addresses of which it repairs something ... */
	size_t mended;    /* ... and of which nothing is refused any more, after those before it */
	/* does the work of so many steps before it in another way: either they or this one */
	size_t instead_of;
	bool proved; /* judged again on a copy: what repairs lists was accepted */
	/* trusts something only because it was presented: a person has to compare fingerprints */
	bool needs_decision;
};

const char *severity_name(enum severity severity); /* "fail" "warning" "info" */
int severity_parse(const char *text, enum severity *severity); /* -1: none of these */
const char *step_kind_name(enum step_kind kind);   /* "store-add" ... */
/* with the severity and the texts of its row */
void finding_init(struct finding *finding, enum finding_kind kind);
/* of finding.def's rows; -1: none of them */
int finding_parse(const char *id, enum finding_kind *kind);
bool finding_is_refusal(const struct finding *finding);
void finding_clear(struct finding *finding);
/* One more node; good until the next is added. */
struct step_target *step_add_target(struct step *step, const char *node);
void step_clear_targets(struct step *step);
void step_clear(struct step *step);

#endif
