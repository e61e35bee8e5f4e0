/* SPDX-License-Identifier: MIT */
/* plan_parts: what the parts of the plan share: the refusals that count, and copies of the stores
 * to try things on. Knows no format. */
#ifndef MRA_ADVISE_PLAN_PARTS_H
#define MRA_ADVISE_PLAN_PARTS_H

#include "base/buf.h"
#include "judge/judge.h"
#include "model/report.h"

/* What is judged is the same for many refusals: chain, address, handshake and store. */
struct group {
	struct presented presented; /* borrows from an observation */
	size_t store;
	unsigned version;          /* of the store's copy when it was judged last */
	/* that version + 1, when a way up was searched without and with decisions */
	unsigned searched[2];
	unsigned searched_ended;   /* that version + 1, when it was tried without expired CAs */
	bool accepted;
	bool trusted;              /* accepted but for the name */
	const struct cert *orphan; /* no issuer of this one is known anywhere; NULL: none */
	/* what leads up to it that the server does not send, nor the store hold */
	struct chain between;
};

enum remedy { REMEDY_STORE, REMEDY_CIPHER, REMEDY_TFTP, REMEDY_REISSUE };

struct want { /* a refusal that counts */
	size_t verdict; /* index in report->verdicts */
	size_t group;
	enum remedy remedy;
	bool done;
	/* once the steps so far are done it is trusted, as far as can be known: only the name is
	 * left */
	bool covered;
};

struct plan {
	struct report *report;
	struct store *stores;       /* copies; certs owned, names borrowed */
	unsigned *versions;         /* one a store: counts its changes */
	struct group *groups;       size_t group_count;
	struct want *wants;         size_t want_count;
	size_t *node_wants;         /* of each node: its first want, + 1; 0: none */
	size_t *next_want;          /* of each want: the next of its node, + 1; 0: the last */
	const struct observation *
		*places; /* every observation, sorted by node, address, IP, port, order */
	size_t place_count;
	size_t *first_verdict;      /* of each observation; 0 also if it has none */
	/* every readable certificate of the report by subject, among equals as it came: indexes of
	 * its certset; NULL until a way up is searched */
	size_t *by_subject;
	size_t subject_count;
	struct names undotted;      /* names without the dot at their end; see plan_undotted */
	/* of each node: what to advertise instead, borrowed; NULL: nothing better is known */
	const char **names;
};

void plan_open(struct plan *plan, struct report *report);
void plan_close(struct plan *plan);

const struct observation *plan_observation(const struct plan *plan, const struct want *want);
const struct verdict *plan_verdict_of(const struct plan *plan,
                                      const struct observation *observation, size_t store);
/* The same node, address, IP and port in the other order; NULL if that was not seen. */
const struct observation *plan_other_order(const struct plan *plan,
                                           const struct observation *observation);
/* All places of a node: [*first, *first + count). */
size_t plan_places(const struct plan *plan, size_t node, size_t *first);

void plan_judge(struct plan *plan, struct group *group); /* again, if its store has changed since */
bool plan_trusts(const struct plan *plan, const struct group *group, const struct store *store);
/* Is all that is accepted with the report's store accepted with the changed one as well? */
bool plan_nothing_breaks(const struct plan *plan, size_t store, const struct store *changed);
/* Would judging the one say what judging the other has said? Two IPs of a name may send different
 * intermediates, and TLS 1.2 and 1.3 are not refused for the same. */
bool plan_judged_alike(const struct observation *a, const struct observation *b);
/* A copy of the store with these instead of those that have their CN; its array is the caller's.
 * removed, to be cleared by the caller, gets what had to go. */
struct store plan_exchange(const struct store *from, const struct chain *more,
                           struct chain *removed);
/* Would it be trusted with these in the store's copy? */
bool plan_would_trust(const struct plan *plan, const struct group *group, const struct chain *more);
/* What to upload so that the group is trusted (found is to be cleared); false: no way is known,
 * group->orphan may say why. */
bool plan_find_way(struct plan *plan, struct group *group, struct chain *found);
bool plan_self_issued(const struct cert *cert);
bool plan_same_cn(const struct cert *a, const struct cert *b);

/* The name without a dot at its end: the plan owns that one; name itself if it has none. */
const char *plan_undotted(struct plan *plan, const char *name);
/* A name that every certificate of the node holds that counts and will stay; NULL: none is known.
 * Borrowed from the report or the plan. */
const char *plan_better_name(struct plan *plan, size_t at, const struct observation *observation);

/* Has a CA of its chain expired? */
bool plan_ended_above(const struct plan *plan, const struct want *want);
/* Would the peer of the want accept this in its stead, with what was done to its store so far? */
bool plan_accepts(const struct plan *plan, const struct want *want,
                  const struct presented *presented);

/* the server's certificate itself is at fault: only a new one helps */
bool plan_at_fault(const struct verdict *verdict);
bool plan_name_wrong(const struct verdict *verdict);

/* Steps; each marks what it repairs. */
/* uploads that need no decision, or those that do */
void plan_stores(struct plan *plan, bool decided);
void plan_remove_ended(struct plan *plan); /* expired CAs in the stores that hide a good way */
void plan_unknown(struct plan *plan);      /* issuers that nobody sent */
void plan_successors(struct plan *plan);   /* of other expired CAs */
/* what RSA first would spare, both ways; after all that mends tomcat */
void plan_cipher(struct plan *plan);
void plan_choose(struct plan *plan); /* sets each want's remedy; before all steps */
/* new certificates; cipher: of those that RSA first would spare */
void plan_reissue(struct plan *plan, bool cipher);
void plan_advertise(struct plan *plan);
void plan_restart(struct plan *plan); /* of services that show an older certificate */
/* what has to be done before an upgrade, whatever is refused */
void plan_before(struct plan *plan);
/* what to look at, what could not be checked, refresh, the workaround */
void plan_rest(struct plan *plan);
void plan_count(struct plan *plan); /* in addresses, what each step repairs; after all steps */

extern const char plan_store_where[]; /* of an upload */
/* "every peer", "peer2", "peer1 and peer3". */
void plan_say_peers(struct buf *out, const struct plan *plan, const struct names *stores);
/* All that a CA to be got from somewhere mends is said at once: the refusals of `wants` that keys
 * are given for, sorted by key, and those that RSA first would spare as well where their key is one
 * of the others'. Frees the keys. */
struct keyed {
	struct want *want;
	char *key; /* owned */
};
void plan_by_key(struct plan *plan, struct keyed *keyed, size_t count,
                 void (*step)(struct plan *plan, const struct keyed *keyed, size_t count));

/* swallows title */
struct step *plan_step(struct plan *plan, enum step_kind kind, char *title, const char *where);
void plan_add_cert(struct step *step, const struct cert *cert); /* borrowed */
void plan_repairs(struct plan *plan, struct step *step, struct want *want); /* marks it done */
/* Sentences that end with a blank each, to a step's note; NULL: there are none. Clears them. */
char *plan_take_note(struct buf *sentences);

#endif
