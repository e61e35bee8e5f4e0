/* SPDX-License-Identifier: MIT */
/* progress: how far a run is, on one line of a terminal that is rewritten, and a line per event for
 * -v. Knows no stage and no report; it is handed to the stages as the `tell` and `note` of a struct
 * deadline. */
#ifndef MRA_OUT_PROGRESS_H
#define MRA_OUT_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	int fd;             /* borrowed; standard error */
	bool shown;         /* the rewritten line is wanted at all */
	bool drawn;         /* there is one on the screen now */
	char stage[32];
	int64_t stage_began_ms, drawn_ms;
};

/* wanted: on a terminal, or --progress=always; the caller knows. */
void progress_init(struct progress *progress, int fd, bool wanted);
/* a struct progress * */
void progress_tell(void *progress, const char *stage, size_t done, size_t all);
void progress_note(void *progress, const char *line); /* a struct progress * */
void progress_end(struct progress *progress); /* wipes the line: before anything else is printed */

/* The text of the line, at most so many columns: "probe  120 of 480, about 3 s left". For the
 * tests. */
void progress_line(char *text, size_t size, const char *stage, size_t done, size_t all,
                   int64_t elapsed_ms);

#endif
