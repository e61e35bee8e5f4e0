/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/file.h"
#include "options.h"
#include "run.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum { EXIT_ERROR = 2 };

static volatile sig_atomic_t stop_wished;

/* The first signal asks for a report of what is known; a second one ends it the hard way. */
static void on_signal(int number)
{
	if (stop_wished)
		_exit(128 + number);
	stop_wished = 1;
}

static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

int main(int argc, char **argv)
{
	struct options options;
	struct fault fault = { FAULT_NONE, "" };
	int status;

	catch_signals();
	status = options_parse(&options, argc, argv, &fault);
	if (status == 0)
		status = run(&options, &stop_wished, &fault);
	if (status < 0)
		fprintf(stderr, "mra-preflight: %s\n", fault.text);
	options_clear(&options);
	return status < 0 ? EXIT_ERROR : status;
}
