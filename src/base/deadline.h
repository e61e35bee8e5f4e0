/* SPDX-License-Identifier: MIT */
/* deadline: how long a run may go on, who may stop it, and who is told how far it is. Knows no
 * stage by name. */
#ifndef MRA_BASE_DEADLINE_H
#define MRA_BASE_DEADLINE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Lies in memory that another process sees: whether the one that works still turns, with whose
 * bytes it is busy, and whether it shall stop. */
struct deadline_pulse {
	volatile uint32_t beats;
	/* kind of what index counts, as with deadline_found(); 0: with nobody's */
	volatile uint32_t busy_with;
	volatile size_t index;
	volatile sig_atomic_t stop;
};

struct deadline {
	int64_t at_ms;                          /* of clock_mono_ms(); 0: none */
	const volatile sig_atomic_t *stop;      /* borrowed; NULL: nobody may stop it */
	/* NULL: nobody wants to know */
	void (*tell)(void *arg, const char *stage, size_t done, size_t all);
	void (*note)(void *arg, const char *line); /* -v: a line per event; NULL: no */
	/* a fact is final; NULL: nobody wants to know */
	void (*found)(void *arg, int kind, size_t index);
	void *arg;                              /* borrowed, handed to all three */
	struct deadline_pulse *pulse;           /* borrowed; NULL: nobody looks */
	/* one server after the other, busy with it to the end: one of them is fatal */
	bool one_at_a_time;
};

bool deadline_over(const struct deadline *deadline); /* deadline passed, or a stop was asked for */
int64_t deadline_left_ms(const struct deadline *deadline, int64_t most_ms); /* 0 .. most_ms */
void deadline_tell(const struct deadline *deadline, const char *stage, size_t done, size_t all);
void deadline_found(const struct deadline *deadline, int kind, size_t index);
/* with what this one sent, from now on */
void deadline_busy(const struct deadline *deadline, int kind, size_t index);
void deadline_idle(const struct deadline *deadline); /* with nobody's any more */
void deadline_note(const struct deadline *deadline, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
