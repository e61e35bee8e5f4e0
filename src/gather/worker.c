/* SPDX-License-Identifier: MIT */
/* The process is a fork of this one: it has the report as it is, and sends what it adds to it
 * through a pipe. Its pulse lies in shared memory: that it still turns, and with whose bytes it is
 * busy. That tells a server whose bytes are computed with for ever from one that is slow, and names
 * the one of which the process died. */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "gather/facts.h"
#include "gather/sandbox.h"
#include "gather/worker.h"
#include "model/lookup.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	NAP_MS = 100,
	GRACE_MS = 400,      /* after the deadline or a signal, to hand over what is known */
	STARTS_MOST = 32,    /* processes, one after the other */
	STRAYS_MOST = 3,     /* of them, those that died without being busy with anybody */
	PROGRESS_MS = 50,
	FLUSH_LEN = 64 << 10,
	EXIT_NO_MEMORY = 2   /* base/mem's and base/heap's */
};

struct worker {
	struct report *report;           /* borrowed, like the next four */
	worker_fn *gather;
	void *arg;
	const struct worker_how *how;
	const struct deadline *deadline;
	struct deadline_pulse *pulse;    /* shared memory */
	bool one_at_a_time;
	pid_t pid;
	int fd;
	char cause[160];                 /* of the last death; "" if there was none */
	bool lied;        /* it died of what it sent, and went on until that was read */
	size_t announced; /* of the last one: whom it said to be busy with; SIZE_MAX: nobody */
};

/* --- the process: what it tells --------------------------------------------------------------- */

struct sender {
	struct facts_out out;
	struct report *report; /* borrowed */
	int fd;
	bool *told;            /* by observation: it is final, and has been told */
	size_t told_count;
	int64_t progress_ms;   /* when it was last told */
	size_t progress_all;
};

/* The other side is gone: nobody is interested any more. */
static void flush(struct sender *sender)
{
	const char *at = sender->out.bytes.data;
	size_t left = sender->out.bytes.len;

	while (left > 0) {
		ssize_t put = write(sender->fd, at, left);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			_exit(1);
		at += put;
		left -= (size_t)put;
	}
	sender->out.bytes.len = 0;
}

static void tell_one(struct sender *sender, enum fact fact, size_t index)
{
	facts_tell(&sender->out, fact, index);
	if (sender->out.bytes.len > FLUSH_LEN)
		flush(sender);
}

static bool *told_of(struct sender *sender, size_t index)
{
	while (sender->told_count <= index) {
		sender->told = mem_grow(sender->told, sender->told_count, sizeof *sender->told);
		sender->told[sender->told_count++] = false;
	}
	return &sender->told[index];
}

static void tell_observations(struct sender *sender, bool with_pending)
{
	const struct report *report = sender->report;

	for (size_t i = 0; i < report->observation_count; i++) {
		bool *told = told_of(sender, i),
		     final = report->observations[i].outcome != OUTCOME_PENDING;

		if (!*told && (final || with_pending))
			tell_one(sender, FACT_OBSERVATION, i);
		*told = final;
	}
}

static void tell_step(struct sender *sender, enum gathered step)
{
	const struct report *report = sender->report;

	for (size_t i = 0; i < report->cluster_count && step <= GATHERED_NODES; i++)
		tell_one(sender, FACT_CLUSTER, i);
	for (size_t i = 0; i < report->node_count && step <= GATHERED_ADDRESSES; i++)
		tell_one(sender, FACT_NODE, i);
	if (step >= GATHERED_PLAN)
		tell_observations(sender, step == GATHERED_PLAN);
	facts_tell(&sender->out, FACT_GATHERED, (size_t)step);
}

static void on_found(void *arg, int fact, size_t index)
{
	struct sender *sender = arg;

	if (fact == FACT_GATHERED) {
		tell_step(sender, (enum gathered)index);
	} else if (fact == FACT_OBSERVATION) {
		*told_of(sender, index) = true;
		facts_tell(&sender->out, FACT_OBSERVATION, index);
	} else if (fact == FACT_BUSY || fact == FACT_REVERSES || fact == FACT_CLIENT) {
		facts_tell(&sender->out, (enum fact)fact, index);
	}
	flush(sender);
}

/* Progress rides along with the next fact, and need not be told more often than anybody looks. */
static void on_progress(void *arg, const char *stage, size_t done, size_t all)
{
	struct sender *sender = arg;
	int64_t now_ms = clock_mono_ms();

	if (done > 0 && done < all && all == sender->progress_all &&
	    now_ms - sender->progress_ms < PROGRESS_MS)
		return;
	sender->progress_ms = now_ms;
	sender->progress_all = all;
	facts_progress(&sender->out, stage, done, all);
	flush(sender);
}

static void on_note(void *arg, const char *line)
{
	struct sender *sender = arg;

	facts_note(&sender->out, line);
	flush(sender);
}

static void wake(int number)
{
	(void)number; /* that poll(2) ends is all: what is asked for is in the pulse */
}

/* Ctrl-C goes to every process of the terminal: ours alone decides what is to be done. */
static void leave_signals_alone(void)
{
	struct sigaction action = { .sa_handler = wake };

	sigemptyset(&action.sa_mask);
	sigaction(SIGTERM, &action, NULL);
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
}

__attribute__((noreturn)) static void work(struct worker *worker, int fd, pid_t parent)
{
	struct sender sender = { .report = worker->report, .fd = fd };
	struct sandbox_how limits = { .keep_fd = fd,
		                      .files = worker->how->files,
		                      .cpu_s = worker->how->cpu_s };
	struct deadline deadline = {
		.at_ms = worker->deadline->at_ms,
		.stop = &worker->pulse->stop,
		.pulse = worker->pulse,
		.arg = &sender,
		.tell = worker->deadline->tell != NULL ? on_progress : NULL,
		.note = worker->deadline->note != NULL ? on_note : NULL,
		.found = on_found,
		.one_at_a_time = worker->one_at_a_time,
	};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	leave_signals_alone();
	facts_out_init(&sender.out, worker->report);
	for (size_t i = 0; i < worker->report->observation_count; i++)
		*told_of(&sender, i) = worker->report->observations[i].outcome != OUTCOME_PENDING;
	sandbox_enter(&limits, &deadline);
	worker->gather(worker->report, &deadline, worker->arg);
	facts_tell(&sender.out, FACT_END, 0);
	flush(&sender);
	facts_out_clear(&sender.out);
	free(sender.told);
	sandbox_exit();
}

/* --- the parent: what it hears ---------------------------------------------------------------- */

/* -1: none can be had; errno says why. */
static int start(struct worker *worker)
{
	pid_t parent = getpid();
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	worker->pulse->stop = 0;
	worker->pulse->busy_with = FACT_NONE;
	worker->pid = fork();
	if (worker->pid == 0) {
		close(ends[0]);
		work(worker, ends[1], parent);
	}
	close(ends[1]);
	worker->fd = ends[0];
	if (worker->pid < 0) {
		int saved = errno;

		close(ends[0]);
		errno = saved;
		return -1;
	}
	return 0;
}

__attribute__((format(printf, 2, 3))) static void blame(struct worker *worker, const char *format,
                                                        ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(worker->cause, sizeof worker->cause, format, ap);
	va_end(ap);
}

static void name_end(struct worker *worker, int status)
{
	if (WIFSIGNALED(status))
		blame(worker, "was ended by signal %d (%s)", WTERMSIG(status),
		      strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status) == EXIT_NO_MEMORY)
		blame(worker, "ran out of memory");
	else
		blame(worker, "ended with status %d before it was done", WEXITSTATUS(status));
}

/* Waits for the process, which has closed the pipe or is to be ended. Its status. */
static int reap(struct worker *worker, bool end_it)
{
	static const struct timespec nap = { .tv_nsec = 200000 };
	int64_t until_ms = clock_mono_ms() + GRACE_MS;
	int status = 0;

	while (!end_it && waitpid(worker->pid, &status, WNOHANG) == 0) {
		end_it = clock_mono_ms() > until_ms;
		nanosleep(&nap, NULL);
	}
	if (end_it) {
		kill(worker->pid, SIGKILL);
		while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR)
			continue;
	}
	close(worker->fd);
	return status;
}

struct watching {
	struct worker *worker;
	struct facts_in in;
	uint32_t beats;
	int64_t looked_ms;        /* when it was last looked at */
	int64_t cpu_us;           /* what it had used by then */
	int64_t busy_us, idle_ms; /* since it last beat: what it used; how long it wanted nothing */
	int64_t stop_ms;          /* when it was told to stop; 0: not yet */
};

/* The CPU time that the process has used; where the kernel does not say, what the clock says. */
static int64_t cpu_used_us(const struct worker *worker, int64_t now_ms)
{
	struct timespec used;
	clockid_t clock;

	if (clock_getcpuclockid(worker->pid, &clock) != 0 || clock_gettime(clock, &used) != 0)
		return now_ms * US_PER_MS;
	return (int64_t)used.tv_sec * MS_PER_S * US_PER_MS + used.tv_nsec / NS_PER_US;
}

/* proc_pid_stat(5): the state stands behind the name, which is in parentheses. */
static bool is_waiting_for_its_turn(pid_t pid)
{
	char path[40], line[256], *end;
	FILE *file;
	bool runnable = false;

	snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
	file = fopen(path, "re");
	if (file == NULL)
		return false;
	if (fgets(line, sizeof line, file) != NULL && (end = strrchr(line, ')')) != NULL)
		runnable = strncmp(end, ") R", 3) == 0;
	fclose(file);
	return runnable;
}

/* How long the process has given no sign of life: CPU time, and time in which it wanted none. On a
 * busy machine it may wait long for its turn. Time in which we did not look (a machine that slept,
 * a debugger) is nothing to hold against it. */
static int64_t stalled_ms(struct watching *watching)
{
	int64_t now_ms = clock_mono_ms(), passed_ms = now_ms - watching->looked_ms,
		cpu_us = cpu_used_us(watching->worker, now_ms);
	uint32_t beats = watching->worker->pulse->beats;

	watching->busy_us += cpu_us - watching->cpu_us;
	if (cpu_us == watching->cpu_us && !is_waiting_for_its_turn(watching->worker->pid))
		watching->idle_ms += passed_ms < 2 * NAP_MS ? passed_ms : 2 * NAP_MS;
	if (beats != watching->beats)
		watching->busy_us = watching->idle_ms = 0;
	watching->beats = beats;
	watching->looked_ms = now_ms;
	watching->cpu_us = cpu_us;
	return watching->busy_us / US_PER_MS + watching->idle_ms;
}

/* It knows the deadline itself; this is for the signal, and for the case that it does not
 * listen. */
static bool is_too_late(struct watching *watching)
{
	struct worker *worker = watching->worker;

	if (!deadline_over(worker->deadline))
		return false;
	if (watching->stop_ms == 0) {
		watching->stop_ms = clock_mono_ms();
		worker->pulse->stop = 1;
		kill(worker->pid, SIGTERM);
	}
	return clock_mono_ms() - watching->stop_ms > GRACE_MS;
}

/* 1: something came; 0: nothing, for a while; -1: the end of the pipe, or no facts. */
static int hear(struct watching *watching)
{
	struct worker *worker = watching->worker;
	struct pollfd poll_fd = { .fd = worker->fd, .events = POLLIN };
	static char bytes[FLUSH_LEN];
	ssize_t got;

	if (poll(&poll_fd, 1,
	         (int)(watching->stop_ms != 0 ? NAP_MS
	                                      : deadline_left_ms(worker->deadline, NAP_MS))) <= 0)
		return 0;
	got = read(worker->fd, bytes, sizeof bytes);
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (got <= 0)
		return -1;
	if (facts_read(&watching->in, bytes, (size_t)got) == 0)
		return 1;
	worker->lied = true;
	blame(worker, "sent something that is not a fact");
	return -1;
}

/* Until its last word, its end, or ours. Sets the cause of its end; "": we have stopped it. True:
 * it has said all. */
static bool attend(struct worker *worker)
{
	int64_t now_ms = clock_mono_ms(), still_ms;
	struct watching watching = { .worker = worker,
		                     .looked_ms = now_ms,
		                     .beats = worker->pulse->beats,
		                     .cpu_us = cpu_used_us(worker, now_ms) };
	bool end_it = false;
	int heard = 0, status;

	facts_in_init(&watching.in, worker->report, worker->deadline);
	worker->cause[0] = '\0';
	worker->lied = false;
	while (heard >= 0 && !end_it && !watching.in.ended) {
		heard = hear(&watching);
		if (heard < 0)
			break;
		end_it = is_too_late(&watching);
		still_ms = stalled_ms(&watching);
		if (!end_it && still_ms > worker->how->stall_ms) { /* it may talk all the while */
			blame(worker, "gave no sign of life for %lld s",
			      (long long)still_ms / MS_PER_S);
			end_it = true;
		}
	}
	status = reap(worker, end_it || worker->cause[0] != '\0');
	if (heard < 0 && worker->cause[0] == '\0')
		name_end(worker, status);
	worker->announced = watching.in.busy;
	facts_in_clear(&watching.in);
	return watching.in.ended && worker->cause[0] == '\0';
}

/* --- after a death ---------------------------------------------------------------------------- */

static void write_off_observation(struct worker *worker, struct observation *observation,
                                  const char *tail)
{
	observation->outcome = OUTCOME_CRASHED;
	free(observation->detail);
	observation->detail =
		mem_printf("the process that talks to the servers %s%s", worker->cause, tail);
}

static void write_off_cluster(struct worker *worker, struct cluster *cluster, const char *tail)
{
	cluster->outcome = DISCOVERY_BROKEN;
	free(cluster->detail);
	cluster->detail =
		mem_printf("the process that talks to the servers %s%s", worker->cause, tail);
}

/* Everything else at the same IP and port would most likely be the death of the next process
 * too. */
static void write_off_place(struct worker *worker, size_t index)
{
	struct report *report = worker->report;
	const struct observation *culprit = &report->observations[index];

	for (size_t i = 0; i < report->observation_count; i++) {
		struct observation *observation = &report->observations[i];

		if (i != index && observation->outcome == OUTCOME_PENDING &&
		    observation->port == culprit->port && strcmp(observation->ip, culprit->ip) == 0)
			write_off_observation(worker, observation,
			                      " while it talked to the same IP and port before");
	}
	write_off_observation(worker, &report->observations[index],
	                      " while it talked to this IP and port");
}

static bool is_discovering(const struct report *report)
{
	return report->gathered < GATHERED_NODES;
}

/* Whoever it was busy with is left out from now on. False: with nobody that is still to be asked.
 * The pulse is the dead process's word: it is believed as far as there is such an index. One that
 * lied has gone on since, and its pulse with it. */
static bool write_off_culprit(struct worker *worker)
{
	struct report *report = worker->report;
	uint32_t kind = !worker->lied            ? worker->pulse->busy_with
	                : is_discovering(report) ? FACT_CLUSTER
	                                         : FACT_OBSERVATION;
	size_t index = worker->lied ? worker->announced : worker->pulse->index;

	if (kind == FACT_CLUSTER && report->gathered < GATHERED_NODES &&
	    index < report->cluster_count &&
	    report->clusters[index].outcome == DISCOVERY_NOT_TRIED) {
		write_off_cluster(worker, &report->clusters[index],
		                  " while it talked to this publisher");
		return true;
	}
	if (kind == FACT_OBSERVATION && report->gathered >= GATHERED_PLAN &&
	    index < report->observation_count &&
	    report->observations[index].outcome == OUTCOME_PENDING) {
		write_off_place(worker, index);
		return true;
	}
	if (kind == FACT_CLIENT && index < report->client_count &&
	    report->clients[index].from == CLIENT_WEB && !report->clients[index].fetched) {
		report->clients[index].fetched = true;
		report->clients[index].problem =
			mem_printf("the process that talks to the servers %s while it talked to it",
		                   worker->cause);
		return true;
	}
	return false;
}

/* --- the rest: not gathered, and said so ------------------------------------------------------ */

static void write_off_name(struct worker *worker, struct address *address)
{
	if (address->unresolved == NULL ||
	    strcmp(address->unresolved, lookup_text(LOOKUP_STOPPED)) != 0)
		return;
	free(address->unresolved);
	address->unresolved = mem_printf("the process that talks to the servers %s", worker->cause);
}

/* What was left undone because of a death is not "stopped". */
static void write_off_rest(struct worker *worker)
{
	struct report *report = worker->report;

	for (size_t i = 0; i < report->cluster_count; i++)
		if (report->clusters[i].outcome == DISCOVERY_STOPPED)
			write_off_cluster(worker, &report->clusters[i], "");
	for (size_t i = 0; i < report->node_count; i++)
		for (size_t j = 0; j < report->nodes[i].address_count; j++)
			write_off_name(worker, &report->nodes[i].addresses[j]);
	for (size_t i = 0; i < report->observation_count; i++)
		if (report->observations[i].outcome == OUTCOME_STOPPED)
			write_off_observation(worker, &report->observations[i], "");
}

/* The same steps, with no time left: they write down what is not known, and touch no network. */
static void finish(struct worker *worker)
{
	static const volatile sig_atomic_t stop = 1;
	struct deadline over = { .stop = &stop };
	bool died = worker->cause[0] != '\0' && !deadline_over(worker->deadline);

	worker->gather(worker->report, &over, worker->arg);
	if (died)
		write_off_rest(worker);
}

static void run(struct worker *worker)
{
	unsigned starts = 0, strays = 0;

	while (start(worker) == 0) {
		if (attend(worker))
			return;
		starts++;
		deadline_note(worker->deadline, "the process that talks to the servers %s",
		              worker->cause[0] != '\0' ? worker->cause : "was stopped");
		if (deadline_over(worker->deadline))
			break;
		if (!write_off_culprit(worker)) {
			strays++;
			worker->one_at_a_time =
				worker->lied ||
				is_discovering(worker->report); /* libcurl does not say whose bytes
			                                           it reads */
		}
		if (starts == STARTS_MOST || strays == STRAYS_MOST)
			break;
	}
	if (starts == 0) { /* nobody has died yet: better than nothing */
		deadline_note(worker->deadline, "not isolated: no process can be had: %s",
		              strerror(errno));
		worker->gather(worker->report, worker->deadline, worker->arg);
		return;
	}
	finish(worker);
}

void worker_run(struct report *report, worker_fn *gather, void *arg, const struct worker_how *how,
                const struct deadline *deadline)
{
	struct worker worker = {
		.report = report, .gather = gather, .arg = arg, .how = how, .deadline = deadline
	};
	void *page = mmap(NULL, sizeof *worker.pulse, PROT_READ | PROT_WRITE,
	                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED) {
		deadline_note(deadline, "not isolated: no shared memory can be had: %s",
		              strerror(errno));
		gather(report, deadline, arg);
		return;
	}
	worker.pulse = page;
	run(&worker);
	munmap(page, sizeof *worker.pulse);
}
