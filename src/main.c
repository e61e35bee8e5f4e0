/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/file.h"
#include "options.h"
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum { EXIT_ERROR = 2 }; /* before anything is known */

static volatile sig_atomic_t stop_asked;

/* The first signal asks for a report of what is known; a second one ends it the hard way. */
static void on_signal(int number)
{
	if (stop_asked) {
		file_abandon();
		_exit(128 + number);
	}
	stop_asked = 1;
}

static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a write beyond ulimit -f then fails like one to a full disk */
}

/* A closed standard descriptor would be the number of the next socket, and what is meant for the
 * user would go to a call manager. Taken by something that fails as a closed one does: read(2) on
 * 0, write(2) on 1 and 2. */
static void take_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			_exit(EXIT_ERROR);
}

int main(int argc, char **argv)
{
	struct options options;
	struct fault fault = { FAULT_NONE, "" };
	int status;

	take_standard_descriptors();
	catch_signals();
	status = options_parse(&options, argc, argv, &fault);
	if (status == 0)
		status = run(&options, &stop_asked, &fault);
	if (status < 0)
		status = run_problem(argc, argv, &fault);
	options_clear(&options);
	return status;
}
