/* SPDX-License-Identifier: MIT */
/* measure FILE COMMAND...: runs COMMAND and writes "wall_s user_s system_s peak_kib status" to
 * FILE. Small on purpose: the kernel counts what a process held before exec(2) as its peak, so a
 * large parent (python) would hide a small child. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
	struct timespec begun, ended;
	struct rusage used;
	int status;
	pid_t child;
	FILE *out;

	if (argc < 3)
		return 2;
	clock_gettime(CLOCK_MONOTONIC, &begun);
	child = fork();
	if (child == 0) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &used) < 0)
		return 2;
	clock_gettime(CLOCK_MONOTONIC, &ended);
	out = fopen(argv[1], "w");
	if (out == NULL)
		return 2;
	fprintf(out, "%.6f %.6f %.6f %ld %d\n",
	        (double)(ended.tv_sec - begun.tv_sec) +
	                (double)(ended.tv_nsec - begun.tv_nsec) / 1e9,
	        seconds(used.ru_utime), seconds(used.ru_stime), used.ru_maxrss,
	        WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return fclose(out) == 0 ? 0 : 2;
}
