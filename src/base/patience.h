/* SPDX-License-Identifier: MIT */
/* patience: how long a run may go on, who may stop it, and who is told how far it is. Knows no stage by name. */
#ifndef MRA_BASE_PATIENCE_H
#define MRA_BASE_PATIENCE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct patience {
	int64_t deadline_ms;                    /* of clock_mono_ms(); 0: none */
	const volatile sig_atomic_t *stop;      /* borrowed; NULL: nobody may stop it */
	void (*tell)(void *arg, const char *stage, size_t done, size_t all); /* NULL: nobody wants to know */
	void (*note)(void *arg, const char *line);                           /* -v: a line per event; NULL: no */
	void *arg;                              /* borrowed, handed to both */
};

bool patience_over(const struct patience *patience);                 /* deadline passed, or a stop was wished for */
int64_t patience_left_ms(const struct patience *patience, int64_t most_ms); /* 0 .. most_ms */
void patience_tell(const struct patience *patience, const char *stage, size_t done, size_t all);
void patience_note(const struct patience *patience, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
