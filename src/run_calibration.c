/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/file.h"
#include "base/mem.h"
#include "run_calibration.h"
#include "saved/calibration.h"

#include <stdlib.h>

enum { CALIBRATION_BYTES_MOST = 64 << 20 };

static void take_release(struct policy *policy, const struct calibration *seen,
                         const struct options *options, struct buf *said)
{
	bool given = options->expressway != NULL || options->upgrade != NULL;

	if (seen->era >= 0 && !given && !options->era_given) {
		policy->era = (enum era)seen->era;
		buf_printf(said, " The era is %s.", era_name(policy->era));
	}
	if (seen->traffic_server >= 0 && !given && !options->era_given &&
	    !options->traffic_server_given) {
		policy->traffic_server = (enum traffic_server)seen->traffic_server;
		buf_printf(said, " The traffic server is %s.",
		           traffic_server_name(policy->traffic_server));
	}
}

/* What one build does says nothing of another: only where the log is of the generation that is
 * judged. */
static void take_ip_san(struct policy *policy, const struct calibration *seen, struct buf *said)
{
	if (seen->ip_san < 0)
		return;
	if (seen->traffic_server >= 0 && seen->traffic_server != (int)policy->traffic_server) {
		buf_printf(
			said,
			" What it shows of iPAddress SANs is not taken over: the log is of %s, the certificates are judged as by %s.",
			traffic_server_name((enum traffic_server)seen->traffic_server),
			traffic_server_name(policy->traffic_server));
		return;
	}
	policy->honours_ip_san = seen->ip_san == 1;
	buf_puts(said, seen->ip_san == 1 ? " An iPAddress SAN covers a connection to that IP."
	                                 : " An iPAddress SAN covers no connection.");
}

static void take_order(struct policy *policy, const struct calibration *seen, const char *file,
                       struct buf *said)
{
	if (seen->order < 0 || policy->order_why != NULL)
		return;
	for (int i = 0; i < ORDER_COUNT; i++)
		policy->order_in_force[i] = i == seen->order;
	policy->order_why = mem_printf("The log in %s shows that Expressway offers %s first.", file,
	                               seen->order == ORDER_RSA_FIRST ? "RSA" : "ECDSA");
	buf_printf(said, " The order is %s.", order_name((enum order)seen->order));
}

static void say_verification(const struct calibration *seen, struct buf *said)
{
	if (seen->verification == VERIFICATION_ENFORCED)
		buf_puts(said, " Verification was enforced.");
	else if (seen->verification == VERIFICATION_PERMISSIVE)
		buf_puts(
			said,
			" Verification was permissive, of one peer at least: what is refused here was logged and let pass there.");
	else
		buf_puts(said, " That verification is on is not proved by it.");
}

int run_calibration(struct policy *policy, const struct options *options, struct fault *fault)
{
	struct calibration *seen = NULL;
	struct buf text, said;

	if (options->calibration == NULL)
		return 0;
	buf_init(&text);
	buf_init(&said);
	if (file_read(options->calibration, CALIBRATION_BYTES_MOST, &text, fault) == 0)
		seen = calibration_read(text.data, text.len, options->calibration, fault);
	if (seen != NULL) {
		buf_printf(&said, "As the log in %s shows:", seen->file);
		take_release(policy, seen, options, &said);
		take_ip_san(policy, seen, &said);
		take_order(policy, seen, seen->file, &said);
		say_verification(seen, &said);
		seen->given = true;
		seen->text = mem_strdup(said.data);
		policy->calibration = seen;
	}
	buf_clear(&text);
	buf_clear(&said);
	return seen == NULL ? -1 : 0;
}
