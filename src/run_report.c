/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/safe.h"
#include "formats.h"
#include "saved/json.h"
#include "run.h"
#include "run_report.h"
#include "saved/export.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EXIT_ERROR = 2 };

static int terminal_width(void)
{
	struct winsize size;

	if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
	    size.ws_col >= 40)
		return size.ws_col;
	return 80;
}

/* NO_COLOR (no-color.org) and TERM=dumb count only where the user did not say. */
static bool want_color(enum when when)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (when != WHEN_AUTO)
		return when == WHEN_ALWAYS;
	return isatty(STDOUT_FILENO) && (no_color == NULL || *no_color == '\0') && term != NULL &&
	       strcmp(term, "dumb") != 0;
}

static struct out_how how_of(const struct options *options)
{
	return (struct out_how){ .color = want_color(options->color),
		                 .verbose = options->verbose,
		                 .quiet = options->quiet,
		                 .width = terminal_width(),
		                 .terminal = isatty(STDOUT_FILENO) };
}

/* A folder that is not there or not writable is found before the network is touched, not after. */
static int check_writable(const char *path, struct fault *fault)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash == NULL   ? mem_strdup(".")
	               : slash == path ? mem_strdup("/")
	                               : mem_strndup(path, (size_t)(slash - path));
	struct stat st;
	int rc = 0;

	if (file_descriptor_named(path) >= 0)
		rc = 0;
	else if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		rc = fault_set(fault, FAULT_FILE, "cannot write %s: it is a folder", path);
	else if ((stat(path, &st) != 0 || S_ISREG(st.st_mode)) && access(folder, W_OK | X_OK) != 0)
		rc = fault_set(fault, FAULT_FILE, "cannot write into %s: %s", folder,
		               strerror(errno));
	free(folder);
	return rc;
}

static int check_once(const struct options *options, size_t i, struct fault *fault)
{
	const char *path = options->outputs[i].path;

	for (size_t k = 0; k < i; k++)
		if (file_same(path, options->outputs[k].path))
			return fault_set(
				fault, FAULT_USAGE,
				"two --output go to %.200s: the second would undo the first", path);
	return 0;
}

static const struct out_format *format_of(const struct options *options)
{
	return formats_find(options->format == NULL ? "text" : options->format);
}

/* As given with it, else with -f, else as its name ends, else text. */
static const struct out_format *format_for(const struct option_output *output,
                                           const struct options *options)
{
	const struct out_format *by_name =
		options->format == NULL ? formats_by_ending(output->path) : NULL;

	return output->format != NULL ? formats_find(output->format)
	       : by_name != NULL      ? by_name
	                              : format_of(options);
}

/* The ending of a file's name may ask for a format that has no form for a log. */
static int check_log_format(const struct out_format *format, struct fault *fault)
{
	return format->write_log != NULL
	               ? 0
	               : fault_set(fault, FAULT_USAGE, "log writes text, json or html, not %s",
	                           format->name);
}

int run_report_check_log(const struct options *options, struct fault *fault)
{
	if (check_log_format(format_of(options), fault) != 0)
		return -1;
	for (size_t i = 0; i < options->output_count; i++)
		if (check_log_format(format_for(&options->outputs[i], options), fault) != 0)
			return -1;
	return run_report_check(options, fault);
}

int run_report_check(const struct options *options, struct fault *fault)
{
	for (size_t i = 0; i < options->output_count; i++)
		if (check_writable(options->outputs[i].path, fault) != 0 ||
		    check_once(options, i, fault) != 0)
			return -1;
	return options->export_dir == NULL ? 0
	       : check_writable(options->export_dir, NULL) != 0 &&
	                       access(options->export_dir, W_OK | X_OK) != 0
	               ? fault_set(fault, FAULT_FILE, "cannot write into %s: %s",
	                           options->export_dir, strerror(errno))
	               : 0;
}

/* What is to be written: one report, or many, or what a log shows. */
struct product {
	const struct report *report; /* NULL: fleet or traffic */
	const struct fleet *fleet;
	const struct traffic *traffic; /* NULL: one of the others */
};

/* Where it goes, piece by piece: a large report is never held as a whole in any format. */
struct sink {
	struct file *file; /* NULL: standard output */
	struct fault *fault;
	int rc;
};

static void drain(void *arg, struct buf *out)
{
	struct sink *sink = arg;

	if (sink->rc == 0 && sink->file != NULL)
		sink->rc = file_put(sink->file, out->data, out->len, sink->fault);
	else if (sink->rc == 0)
		sink->rc = file_write_fd(STDOUT_FILENO, "standard output", out->data, out->len,
		                         sink->fault);
	out->len = 0;
	*out->data = '\0';
}

static int write_to(const struct product *product, const struct out_format *format,
                    struct out_how how, struct sink *sink)
{
	struct buf out;

	how.drain = drain;
	how.drain_arg = sink;
	buf_init(&out);
	if (product->report != NULL)
		format->write(product->report, &how, &out);
	else if (product->traffic != NULL)
		format->write_log(product->traffic, &how, &out);
	else
		format->write_fleet(product->fleet, &how, &out);
	drain(sink, &out);
	buf_clear(&out);
	return sink->rc;
}

static int write_file(const struct product *product, const struct option_output *output,
                      const struct options *options, struct fault *fault)
{
	struct out_how how = { .verbose = options->verbose, .width = 80 };
	struct file file;
	struct sink sink = { &file, fault, 0 };

	if (file_begin(&file, output->path, fault) != 0)
		return -1;
	return file_end(&file, write_to(product, format_for(output, options), how, &sink) == 0,
	                fault);
}

/* "-o FILE" takes the place of standard output; "-o FORMAT:FILE" comes beside it, unless it is
 * standard output. */
static bool stdout_wanted(const struct options *options)
{
	for (size_t i = 0; i < options->output_count; i++)
		if (options->outputs[i].format == NULL ||
		    file_descriptor_named(options->outputs[i].path) == STDOUT_FILENO)
			return false;
	return true;
}

static int print(struct buf *out, struct fault *fault)
{
	return file_write_fd(STDOUT_FILENO, "standard output", out->data, out->len, fault);
}

static int print_product(const struct product *product, const struct options *options,
                         struct fault *fault)
{
	struct sink sink = { NULL, fault, 0 };

	return write_to(product, format_of(options), how_of(options), &sink);
}

/* What fails first is what is said; the others get their turn all the same. */
static void keep_first(struct fault *first, const struct fault *fault, size_t *failed)
{
	if ((*failed)++ == 0)
		*first = *fault;
}

/* Standard output first: a full disk must not take the answer along. Returns how many could not be
 * written. */
static size_t write_all(const struct product *product, const struct options *options,
                        struct fault *first)
{
	bool printed = stdout_wanted(options);
	struct fault fault = { FAULT_NONE, "" }, ignored;
	size_t failed = 0;

	if (printed && print_product(product, options, &fault) != 0)
		keep_first(first, &fault, &failed);
	for (size_t i = 0; i < options->output_count; i++) {
		if (write_file(product, &options->outputs[i], options, &fault) == 0)
			continue;
		keep_first(first, &fault, &failed);
		if (!printed) /* a run of minutes is not lost for want of a little room on a disk */
			print_product(product, options, &ignored);
		printed = true;
	}
	return failed;
}

int run_report(const struct report *report, const struct options *options, struct fault *fault)
{
	const struct out_format *format = format_of(options);
	struct product product = { .report = report };
	size_t failed = write_all(&product, options, fault);
	struct fault of_export;

	if (options->export_dir != NULL &&
	    plan_export(report, options->export_dir, options->quiet ? -1 : STDERR_FILENO,
	                &of_export) != 0)
		keep_first(fault, &of_export, &failed);
	if (failed > 0)
		return -1;
	return format->exit_status != NULL ? format->exit_status(report) : report_exit(report);
}

bool run_report_takes_fleet(const struct options *options)
{
	bool takes = options->export_dir == NULL &&
	             (!stdout_wanted(options) || format_of(options)->write_fleet != NULL);

	for (size_t i = 0; i < options->output_count; i++)
		takes = takes && format_for(&options->outputs[i], options)->write_fleet != NULL;
	return takes;
}

int run_report_fleet(const struct fleet *fleet, const struct options *options, struct fault *fault)
{
	struct product product = { .fleet = fleet };

	return write_all(&product, options, fault) != 0 ? -1 : fleet_exit(fleet);
}

int run_report_log(const struct traffic *traffic, const struct options *options,
                   struct fault *fault)
{
	struct product product = { .traffic = traffic };

	return write_all(&product, options, fault) != 0 ? -1 : traffic_exit(traffic);
}

int run_report_verify(const struct report *report, const struct options *options,
                      struct fault *fault)
{
	struct out_how how = how_of(options);
	struct buf out;
	int rc;

	buf_init(&out);
	if (options->format != NULL && strcmp(options->format, "json") == 0)
		json_verify(report, &out);
	else
		out_verify_text(report, &how, &out);
	rc = print(&out, fault);
	buf_clear(&out);
	return rc != 0 ? -1 : report_exit(report);
}

void run_report_watch(struct deadline *deadline, struct progress *progress,
                      const struct options *options)
{
	const char *term = getenv("TERM"); /* a dumb one cannot rewrite a line */
	bool wanted = options->progress == WHEN_ALWAYS ||
	              (options->progress == WHEN_AUTO && !options->quiet && isatty(STDERR_FILENO) &&
	               term != NULL && strcmp(term, "dumb") != 0);

	progress_init(progress, STDERR_FILENO, wanted);
	deadline->tell = progress_tell;
	deadline->note = options->verbose ? progress_note : NULL;
	deadline->arg = progress;
}

/* The last format that the words ask for; a word that cannot be understood is passed over. */
static const struct out_format *format_in(int argc, char **argv)
{
	const struct out_format *format = NULL;

	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		const char *value = NULL;

		if (strcmp(argv[i], "-f") == 0 || strcmp(argv[i], "--format") == 0)
			value = argv[i + 1];
		else if (strncmp(argv[i], "--format=", strlen("--format=")) == 0)
			value = argv[i] + strlen("--format=");
		else if (strncmp(argv[i], "-f", 2) == 0)
			value = argv[i] + 2;
		if (value != NULL)
			format = formats_find(value);
	}
	return format;
}

int run_problem(int argc, char **argv, const struct fault *fault)
{
	const struct out_format *format = format_in(argc, argv);
	char *line = safe_line(fault->text); /* it may quote a file, a name or a report */
	struct fault ignored;
	struct buf out;
	int status = EXIT_ERROR;

	buf_init(&out);
	fprintf(stderr, "mra-preflight: %s\n", line);
	if (format != NULL && format->problem != NULL)
		status = format->problem(line, &out);
	free(line);
	if (print(&out, &ignored) != 0)
		status = EXIT_ERROR;
	buf_clear(&out);
	return status;
}
