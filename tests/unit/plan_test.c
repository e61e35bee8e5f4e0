/* SPDX-License-Identifier: MIT */
/* Small clusters with real certificates: judged, planned, and the plan's uploads carried out and
 * judged once more here. */
#include "config.h"

#include "base/mem.h"
#include "world.h"
#include "advise/examine.h"
#include "saved/export.h"
#include "judge/judge.h"
#include "advise/order.h"
#include "advise/plan.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Refused addresses as the answer counts them, found the slow way. */
static size_t refused_addresses(const struct report *report)
{
	size_t count = 0;

	for (size_t i = 0; i < report->node_count; i++) {
		for (size_t k = 0; k < report->nodes[i].address_count; k++) {
			bool bad = false;

			for (size_t v = 0; v < report->verdict_count; v++) {
				const struct observation *observation =
					&report->observations[report->verdicts[v].observation];

				bad = bad || (!report->verdicts[v].accepted &&
				              report_counts(report, observation) &&
				              observation->node == i &&
				              strcmp(observation->address,
				                     report->nodes[i].addresses[k].text) == 0);
			}
			count += bad;
		}
	}
	return count;
}

/* True of every plan: what the steps say they mend adds up to what the answer counts, each refusal
 * is repaired once, a step that stands for others repairs some of what they do, and a change of the
 * ciphers repairs something. */
static void check_counts(const struct report *report)
{
	unsigned *times = mem_array(report->verdict_count, sizeof *times);
	size_t mended = 0, unrepaired = 0;

	for (size_t i = 0; i < report->step_count; i++) {
		const struct step *step = &report->steps[i];

		assert_true(step->mended <= step->addresses &&
		            step->addresses <= step->repair_count);
		assert_true(step->kind != STEP_CIPHER || step->repair_count > 0);
		assert_true(step->instead_of <= i);
		assert_int_equal(step->addresses > 0, step->repair_count > 0);
		mended += step->instead_of == 0 ? step->mended : 0;
		for (size_t k = 0; k < step->repair_count; k++) {
			if (step->instead_of == 0)
				times[step->repairs[k]]++;
			else
				assert_int_equal(times[step->repairs[k]], 1);
		}
	}
	for (size_t i = 0; i < report->verdict_count; i++) {
		bool wanted = !report->verdicts[i].accepted &&
		              report_counts(report,
		                            &report->observations[report->verdicts[i].observation]);

		assert_true(times[i] <= wanted);
		unrepaired += times[i] < wanted;
	}
	assert_true(mended <= refused_addresses(report));
	if (unrepaired == 0)
		assert_int_equal(mended, refused_addresses(report));
	free(times);
}

/* No sentence ends in a blank. */
static void check_end(const char *text)
{
	if (text != NULL && *text != '\0' && text[strlen(text) - 1] == ' ')
		fail_msg("\"%s\"", text);
}

static void run(struct world *world)
{
	run_world(world);
	check_counts(world->report);
	for (size_t i = 0; i < world->report->finding_count; i++) {
		check_end(world->report->findings[i].title);
		check_end(world->report->findings[i].detail);
		check_end(world->report->findings[i].action);
	}
	for (size_t i = 0; i < world->report->step_count; i++) {
		check_end(world->report->steps[i].title);
		check_end(world->report->steps[i].why);
		check_end(world->report->steps[i].note);
	}
}

static const struct step *find(const struct world *world, enum step_kind kind)
{
	return find_step(world, kind);
}

static size_t refused(const struct world *world)
{
	size_t count = 0;

	for (size_t i = 0; i < world->report->verdict_count; i++)
		count += !world->report->verdicts[i].accepted;
	return count;
}

/* Carries the store steps out on a copy of each store; then every verdict that one claims must be
 * accepted. No store may hold two of one CN afterwards, where it did not before. */
static void prove_again(const struct world *world)
{
	const struct report *report = world->report;

	for (size_t s = 0; s < report->store_count; s++) {
		struct store copy = { .name = report->stores[s].name };

		for (size_t i = 0; i < report->stores[s].count; i++) {
			bool removed = false;

			for (size_t k = 0; k < report->step_count; k++)
				for (size_t n = 0; report->steps[k].kind == STEP_STORE_REMOVE &&
				                   n < report->steps[k].cert_count;
				     n++)
					removed = removed || report->steps[k].certs[n] ==
					                             report->stores[s].certs[i];
			if (!removed)
				store_add(&copy, report->stores[s].certs[i]);
		}
		for (size_t k = 0; k < report->step_count; k++)
			for (size_t n = 0; report->steps[k].kind == STEP_STORE_ADD &&
			                   n < report->steps[k].cert_count;
			     n++)
				if (names_has(&report->steps[k].stores, copy.name))
					store_add(&copy, report->steps[k].certs[n]);
		for (size_t i = 0; i < copy.count; i++)
			for (size_t k = i + 1; k < copy.count; k++)
				assert_true(strcmp(copy.certs[i]->common_name,
				                   copy.certs[k]->common_name) != 0);
		for (size_t k = 0; k < report->step_count; k++) {
			for (size_t n = 0;
			     report->steps[k].kind == STEP_STORE_ADD && report->steps[k].proved &&
			     n < report->steps[k].repair_count;
			     n++) {
				const struct verdict *claimed =
					&report->verdicts[report->steps[k].repairs[n]];
				const struct observation *observation =
					&report->observations[claimed->observation];
				const struct presented presented = judge_presented(observation);
				struct verdict verdict;

				if (claimed->store != s)
					continue;
				memset(&verdict, 0, sizeof verdict);
				judge_chain(&presented, &copy, &report->policy, &verdict);
				assert_true(verdict.accepted);
				verdict_clear(&verdict);
			}
		}
		free(copy.certs);
	}
}

static void test_healthy(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);

	(void)state;
	trust(&world, 0, root);
	show_both(&world, add_node(&world, "cucm1.example.com"),
	          make(&world, "cucm1.example.com", "cucm1.example.com", root, MADE_RSA), NULL);
	run(&world);
	assert_int_equal(refused(&world), 0);
	assert_int_equal(world.report->step_count, 0);
	end_world(&world);
}

/* cucm1 does not send its intermediate, cucm2 does: that one is taken, and nobody has to decide. */
static void test_missing_intermediate_sent_by_another(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA),
			  *sub = make(&world, "Issuing CA", NULL, root, MADE_CA);
	const struct step *step;

	(void)state;
	trust(&world, 0, root);
	show_both(&world, add_node(&world, "cucm1.example.com"),
	          make(&world, "cucm1.example.com", "cucm1.example.com", sub, MADE_RSA), NULL);
	show_both(&world, add_node(&world, "cucm2.example.com"),
	          make(&world, "cucm2.example.com", "cucm2.example.com", sub, MADE_RSA), sub);
	run(&world);
	assert_int_equal(refused(&world), 2);
	step = &world.report->steps[0];
	assert_int_equal(step->kind, STEP_STORE_ADD);
	assert_int_equal(step->cert_count, 1);
	assert_ptr_equal(step->certs[0], sub->cert);
	assert_true(step->proved);
	assert_false(step->needs_decision);
	assert_int_equal(step->repair_count, 2);
	assert_non_null(strstr(step->where, "Maintenance > Security > Trusted CA certificate"));
	assert_int_equal(world.report->steps[1].kind, STEP_REFRESH);
	assert_int_equal(world.report->steps[2].kind, STEP_WORKAROUND);
	assert_int_equal(world.report->step_count, 3);
	prove_again(&world);
	end_world(&world);
}

/* The store is asked before what a server sends (X509_V_FLAG_TRUSTED_FIRST). A CA that was renewed with a new key under its
 * old name, where no certificate says whose key it means: uploaded, it would stand in the way of the server that sends the
 * other. */
static void test_upload_that_hides_what_is_sent(void **state)
{
	(void)state;
	for (int another = 0; another < 2; another++) {
		struct world world = new_world();
		const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA),
				  *sub = make(&world, "Issuing CA", NULL, root, MADE_CA),
				  *renewed = make(&world, another == 1 ? "Issuing CA" : "Renewed CA", NULL, root, MADE_CA);

		trust(&world, 0, root);
		show_both(&world, add_node(&world, "cucm1.example.com"),
		          make(&world, "cucm1.example.com", "cucm1.example.com", sub, MADE_RSA), NULL);
		show_both(&world, add_node(&world, "cucm2.example.com"),
		          make(&world, "cucm2.example.com", "cucm2.example.com", sub, MADE_RSA), sub);
		show_both(&world, add_node(&world, "cucm3.example.com"),
		          make(&world, "cucm3.example.com", "cucm3.example.com", renewed, MADE_RSA), renewed);
		run(&world);
		assert_int_equal(refused(&world), 2);
		assert_int_equal(find(&world, STEP_STORE_ADD) != NULL, another == 0);
		prove_again(&world);
		end_world(&world);
	}
}

static void test_unknown_root_is_a_decision(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Stranger", NULL, NULL, MADE_CA);
	const struct step *step;

	(void)state;
	show_both(&world, add_node(&world, "cucm1.example.com"),
	          make(&world, "cucm1.example.com", "cucm1.example.com", root, MADE_RSA), root);
	run(&world);
	step = find(&world, STEP_STORE_ADD);
	assert_non_null(step);
	assert_true(step->proved && step->needs_decision);
	assert_int_equal(step->cert_count, 1);
	assert_ptr_equal(step->certs[0], root->cert);
	assert_non_null(strstr(step->why, "out of band"));
	prove_again(&world);
	end_world(&world);
}

static void test_what_a_peer_has_needs_no_decision(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);
	const struct step *step;

	(void)state;
	report_add_store(world.report, "peer2");
	trust(&world, 0, root);
	show_both(&world, add_node(&world, "cucm1.example.com"),
	          make(&world, "cucm1.example.com", "cucm1.example.com", root, MADE_RSA), NULL);
	run(&world);
	step = find(&world, STEP_STORE_ADD);
	assert_non_null(step);
	assert_true(step->proved && !step->needs_decision);
	assert_ptr_equal(step->certs[0], root->cert);
	assert_int_equal(step->stores.count, 1);
	assert_string_equal(step->stores.items[0], "peer2");
	prove_again(&world);
	end_world(&world);
}

static void test_self_signed_leaf(void **state)
{
	struct world world = new_world();
	const struct made *leaf =
		make(&world, "cucm1.example.com", "cucm1.example.com", NULL, MADE_RSA);
	const struct step *step;

	(void)state;
	show_both(&world, add_node(&world, "cucm1.example.com"), leaf, NULL);
	run(&world);
	step = find(&world, STEP_STORE_ADD);
	assert_non_null(step);
	assert_true(step->proved && step->needs_decision && step->certs[0] == leaf->cert);
	prove_again(&world);
	end_world(&world);
}

/* As `openssl verify -CAfile` answers: error 28 with the plain certificate behind the block that
 * withholds trust, OK with it in front. */
static void test_withheld_root(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);
	const struct step *step;

	(void)state;
	store_withhold(&world.report->stores[0], root->cert);
	show_both(&world, add_node(&world, "cucm1.example.com"),
	          make(&world, "cucm1.example.com", "cucm1.example.com", root, MADE_RSA), root);
	run(&world);
	step = find(&world, STEP_STORE_ADD);
	assert_non_null(step);
	assert_non_null(step->note);
	assert_non_null(strstr(step->note,
	                       "Take the TRUSTED CERTIFICATE block of Root out of peer1 first"));
	end_world(&world);
}

/* Twenty self-signed certificates go to the store; of more than that, a CA signs one for all. */
static void test_many_self_signed(void **state)
{
	(void)state;
	for (size_t nodes = 20; nodes <= 21; nodes++) {
		struct world world = new_world();
		const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);
		struct made made[21];

		trust(&world, 0, root); /* the first refusal is of another kind */
		show_both(&world, add_node(&world, "imp.example.com"),
		          make(&world, "imp.example.com", "imp.example.com", root,
		               MADE_RSA | MADE_EXPIRED),
		          NULL);
		world.report->nodes[0].cluster = NODE_NO_CLUSTER;
		for (size_t i = 0; i < nodes; i++) {
			char *name = mem_printf("cucm%zu.example.com", i);

			made[i] = made_cert(&world.report->certs, name, name, NULL, MADE_RSA);
			show_both(&world, add_node(&world, name), &made[i], NULL);
			free(name);
		}
		run(&world);
		assert_int_equal(find(&world, STEP_STORE_ADD) != NULL, nodes == 20);
		assert_int_equal(world.report->steps[nodes == 20].kind, STEP_REISSUE);
		assert_int_equal(world.report->steps[nodes == 20].mended, 1);
		assert_int_equal(world.report->steps[1].kind, STEP_REISSUE);
		if (nodes == 21) {
			assert_int_equal(world.report->steps[1].sans.count, 21);
			assert_int_equal(world.report->steps[1].mended, 21);
		}
		for (size_t i = 0; i < nodes; i++)
			made_free(&made[i]);
		end_world(&world);
	}
}

/* X509_cmp_time: in the second of its notAfter a root has expired. */
static void test_a_root_in_its_last_second(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);

	(void)state;
	trust(&world, 0, root);
	show_both(&world, add_node(&world, "cucm1.example.com"),
	          make(&world, "cucm1.example.com", "cucm1.example.com", root,
	               MADE_RSA | MADE_EXPIRED),
	          NULL);
	for (int late = 0; late < 2; late++) {
		const struct step *step;

		world.report->policy.at = root->cert->not_after - 1 + late;
		run(&world);
		step = find(&world, STEP_REISSUE);
		assert_non_null(step);
		assert_int_equal(late, strstr(step->why, "No root that is still valid") != NULL);
	}
	end_world(&world);
}

/* It is certificates that are counted: two of them, seen in turns under more addresses than that, go to
 * the store. */
static void test_few_self_signed_of_many_addresses(void **state)
{
	struct world world = new_world();
	const struct made *made[2];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct buf names;

		buf_init(&names);
		for (size_t k = 0; k < 12; k++)
			buf_printf(&names, "%sn%zu.a%zu", k == 0 ? "" : " ", i, k);
		made[i] = make(&world, i == 0 ? "n0" : "n1", names.data, NULL, MADE_RSA);
		buf_clear(&names);
		add_node(&world, i == 0 ? "n0" : "n1");
	}
	for (size_t k = 0; k < 24; k++) {
		struct observation *seen;

		show(&world, k % 2, 8443, ORDER_RSA_FIRST, made[k % 2], NULL);
		seen = &world.report->observations[k];
		free(seen->address);
		seen->address = mem_printf("n%zu.a%zu", k % 2, k / 2);
		node_add_address(&world.report->nodes[k % 2], seen->address, true);
	}
	run(&world);
	assert_int_equal(refused(&world), 24);
	assert_non_null(find(&world, STEP_STORE_ADD));
	assert_null(find(&world, STEP_REISSUE));
	end_world(&world);
}

/* Two different self-signed certificates with one CN: the store takes one of them, the other node
 * needs a new one. */
static void test_one_cn_rule(void **state)
{
	struct world world = new_world();
	const struct step *step;

	(void)state;
	show_both(&world, add_node(&world, "cucm1.example.com"),
	          make(&world, "cucm", "cucm1.example.com", NULL, MADE_RSA), NULL);
	show_both(&world, add_node(&world, "cucm2.example.com"),
	          make(&world, "CUCM", "cucm2.example.com", NULL, MADE_RSA | MADE_OLD), NULL);
	run(&world);
	step = find(&world, STEP_STORE_ADD);
	assert_non_null(step);
	assert_int_equal(step->cert_count, 1);
	assert_non_null(find(&world, STEP_REISSUE));
	assert_true(names_has(&find(&world, STEP_REISSUE)->nodes, "cucm2.example.com"));
	assert_null(find(&world, STEP_STORE_REMOVE));
	prove_again(&world);
	end_world(&world);
}

/* Root and intermediate share a CN: the store would hold only one of them, so cucm1 needs another
 * certificate. */
static void test_way_with_one_cn_twice(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "CA", NULL, NULL, MADE_CA),
			  *sub = make(&world, "CA", NULL, root, MADE_CA | MADE_ORG);

	(void)state;
	show_both(&world, add_node(&world, "cucm1.example.com"),
	          make(&world, "cucm1.example.com", "cucm1.example.com", sub, MADE_RSA), NULL);
	show_both(&world, add_node(&world, "cucm2.example.com"),
	          make(&world, "cucm2.example.com", "cucm2.example.com", sub, MADE_RSA), sub);
	chain_add(&world.report->observations[2].chain, root->cert);
	chain_add(&world.report->observations[3].chain, root->cert);
	run(&world);
	assert_int_equal(find(&world, STEP_STORE_ADD)->cert_count, 1);
	assert_ptr_equal(find(&world, STEP_STORE_ADD)->certs[0], root->cert);
	assert_true(names_has(&find(&world, STEP_REISSUE)->nodes, "cucm1.example.com"));
	prove_again(&world);
	end_world(&world);
}

/* The store has the intermediate: the root of that CN takes its place, so the node that sends neither
 * needs another certificate all the same. */
static void test_root_that_replaces_its_intermediate(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "CA", NULL, NULL, MADE_CA),
			  *sub = make(&world, "CA", NULL, root, MADE_CA | MADE_ORG);

	(void)state;
	trust(&world, 0, sub);
	show_both(&world, add_node(&world, "cucm1.example.com"),
	          make(&world, "cucm1.example.com", "cucm1.example.com", sub, MADE_RSA), NULL);
	show_both(&world, add_node(&world, "cucm2.example.com"),
	          make(&world, "cucm2.example.com", "cucm2.example.com", sub, MADE_RSA), sub);
	chain_add(&world.report->observations[2].chain, root->cert);
	chain_add(&world.report->observations[3].chain, root->cert);
	run(&world);
	assert_int_equal(refused(&world), 4);
	assert_int_equal(find(&world, STEP_STORE_ADD)->cert_count, 1);
	assert_ptr_equal(find(&world, STEP_STORE_ADD)->certs[0], root->cert);
	assert_int_equal(find(&world, STEP_STORE_ADD)->repair_count, 2);
	assert_true(names_has(&find(&world, STEP_REISSUE)->nodes, "cucm1.example.com"));
	prove_again(&world);
	end_world(&world);
}

/* The CN is taken by one that others depend on: it stays. */
static void test_taken_cn_that_is_needed(void **state)
{
	struct world world = new_world();
	const struct made *old = make(&world, "Root", NULL, NULL, MADE_CA),
			  *new = make(&world, "Root", NULL, NULL, MADE_CA);

	(void)state;
	trust(&world, 0, old);
	show_both(&world, add_node(&world, "cucm1.example.com"),
	          make(&world, "cucm1.example.com", "cucm1.example.com", old, MADE_RSA), NULL);
	show_both(&world, add_node(&world, "cucm2.example.com"),
	          make(&world, "cucm2.example.com", "cucm2.example.com", new, MADE_RSA), new);
	run(&world);
	assert_null(find(&world, STEP_STORE_ADD));
	assert_null(find(&world, STEP_STORE_REMOVE));
	assert_non_null(find(&world, STEP_REISSUE));
	end_world(&world);
}

/* The CN is taken by an expired root that nobody depends on: out with it, in with the successor. */
static void test_taken_cn_that_is_dead(void **state)
{
	struct world world = new_world();
	const struct made *old = make(&world, "Root", NULL, NULL, MADE_CA | MADE_EXPIRED),
			  *new = make(&world, "Root", NULL, NULL, MADE_CA);

	(void)state;
	trust(&world, 0, old);
	show_both(&world, add_node(&world, "cucm2.example.com"),
	          make(&world, "cucm2.example.com", "cucm2.example.com", new, MADE_RSA), new);
	run(&world);
	assert_int_equal(world.report->steps[0].kind, STEP_STORE_REMOVE);
	assert_ptr_equal(world.report->steps[0].certs[0], old->cert);
	assert_int_equal(world.report->steps[1].kind, STEP_STORE_ADD);
	assert_ptr_equal(world.report->steps[1].certs[0], new->cert);
	assert_int_equal(world.report->steps[1].repair_count, 2);
	prove_again(&world);
	end_world(&world);
}

static void test_advertised_by_ip(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);
	size_t node = add_node(&world, "127.0.0.1");
	const struct step *step;

	(void)state;
	trust(&world, 0, root);
	node_add_address(&world.report->nodes[node], "cucm1.example.com", false);
	show_both(
		&world, node,
		make(&world, "cucm1-ms.example.com", "cucm1.example.com 127.0.0.1", root, MADE_RSA),
		NULL);
	run(&world);
	step = find(&world, STEP_ADVERTISE);
	assert_non_null(step);
	assert_true(step->proved);
	assert_int_equal(step->repair_count, 2);
	assert_true(names_has(&step->sans, "cucm1.example.com"));
	assert_null(strstr(step->why, "DNS did not lead"));
	assert_non_null(strstr(step->why, "; it holds cucm1.example.com."));
	assert_null(find(&world, STEP_REISSUE));
	assert_null(find(&world, STEP_STORE_ADD));
	end_world(&world);
}

/* The same where the name is the node's first address and the IP another. */
static void test_the_first_address_is_the_better_one(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);
	size_t node = add_node(&world, "cucm1.example.com");

	(void)state;
	trust(&world, 0, root);
	node_add_address(&world.report->nodes[node], "192.0.2.1", true);
	show_both(&world, node,
	          make(&world, "cucm1-ms.example.com", "cucm1.example.com", root, MADE_RSA), NULL);
	for (size_t i = 0; i < world.report->observation_count; i++) {
		free(world.report->observations[i].address);
		world.report->observations[i].address = mem_strdup("192.0.2.1");
	}
	run(&world);
	assert_non_null(find(&world, STEP_ADVERTISE));
	assert_true(names_has(&find(&world, STEP_ADVERTISE)->sans, "cucm1.example.com"));
	assert_null(find(&world, STEP_REISSUE));
	end_world(&world);
}

static void test_short_name_by_its_certificate(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);
	const struct step *step;

	(void)state;
	trust(&world, 0, root);
	show_both(&world, add_node(&world, "cucm1"),
	          make(&world, "x-ms.example.com", "other.example.com cucm1.example.com", root,
	               MADE_RSA),
	          NULL);
	run(&world);
	step = find(&world, STEP_ADVERTISE);
	assert_non_null(step);
	assert_true(names_has(&step->sans, "cucm1.example.com"));
	assert_non_null(strstr(step->why, "DNS did not lead"));
	end_world(&world);
}

static size_t count_steps(const struct world *world, enum step_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < world->report->step_count; i++)
		count += world->report->steps[i].kind == kind;
	return count;
}

enum { ALIKE = 15 };

/* Each of many nodes needs the same change with names of its own: one step says which is whose. */
static void show_alike(struct world *world, const char *name, const char *domain,
                       enum node_role role, unsigned flags, const struct made *root)
{
	for (size_t i = 0; i < ALIKE; i++) {
		char *text = mem_printf("%s%02zu.example.com", name, i);
		char *sent_to = mem_printf("%s%02zu%s", name, i, domain);
		size_t node = add_node(world, sent_to);

		world->report->nodes[node].role = role;
		show_both(world, node, make(world, text, text, root, flags), NULL);
		free(text);
		free(sent_to);
	}
}

static void check_targets(const struct step *step, const char *name, const char *domain)
{
	assert_int_equal(step->target_count, ALIKE);
	for (size_t i = 0; i < ALIKE; i++) {
		char *text = mem_printf("%s%02zu.example.com", name, i);
		char *sent_to = mem_printf("%s%02zu%s", name, i, domain);

		assert_string_equal(step->targets[i].node, sent_to);
		assert_true(names_has(&step->targets[i].names, text));
		assert_int_equal(step->targets[i].names.count, 1);
		assert_true(names_has(&step->nodes, sent_to) && names_has(&step->sans, text));
		free(text);
		free(sent_to);
	}
}

static void test_many_advertised_alike(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);
	const struct step *step;

	(void)state;
	trust(&world, 0, root);
	show_alike(&world, "cucm", "", ROLE_CUCM, MADE_RSA, root);
	run(&world);
	assert_int_equal(count_steps(&world, STEP_ADVERTISE), 1);
	step = find(&world, STEP_ADVERTISE);
	assert_string_equal(step->title, "Advertise another name for each of 15 nodes");
	assert_int_equal(step->mended, ALIKE);
	assert_non_null(strstr(step->why, "DNS did not lead"));
	check_targets(step, "cucm", "");
	end_world(&world);
}

static void test_many_reissued_alike(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);
	const struct step *step;

	(void)state;
	trust(&world, 0, root);
	show_alike(&world, "cuc", ".example.com", ROLE_UNITY, MADE_RSA | MADE_EXPIRED, root);
	run(&world);
	assert_int_equal(count_steps(&world, STEP_REISSUE), 1);
	step = find(&world, STEP_REISSUE);
	assert_string_equal(step->title, "Reissue tomcat of each of 15 nodes, with its own names");
	assert_int_equal(step->mended, ALIKE);
	assert_non_null(strstr(step->where, "Unity Connection"));
	check_targets(step, "cuc", ".example.com");
	end_world(&world);
}

/* An expired certificate of a node that is advertised by its IP: the new one is to hold the name
 * that takes its place. */
static void test_new_certificate_and_new_name(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);
	size_t node = add_node(&world, "127.0.0.1");

	(void)state;
	trust(&world, 0, root);
	node_add_address(&world.report->nodes[node], "cucm1.example.com", false);
	show_both(&world, node,
	          make(&world, "old.example.com", "old.example.com", root, MADE_RSA | MADE_EXPIRED),
	          NULL);
	run(&world);
	assert_non_null(find(&world, STEP_REISSUE));
	assert_non_null(find(&world, STEP_ADVERTISE));
	assert_non_null(strstr(find(&world, STEP_ADVERTISE)->why,
	                       "the new one is to hold cucm1.example.com"));
	end_world(&world);
}

/* One node, two nodes: and a plan that only looks asks for no refresh. */
static void test_unchecked_are_counted(void **state)
{
	(void)state;
	for (size_t nodes = 1; nodes <= 2; nodes++) {
		struct world world = new_world();
		const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);

		trust(&world, 0, root);
		for (size_t i = 0; i < nodes; i++) {
			char *name = mem_printf("cucm%zu.example.com", i);
			struct observation *observation;

			show(&world, add_node(&world, name), 8443, ORDER_RSA_FIRST, root, NULL);
			observation =
				&world.report->observations[world.report->observation_count - 1];
			chain_clear(&observation->chain);
			observation->outcome = OUTCOME_TIMEOUT;
			free(name);
		}
		run(&world);
		assert_int_equal(world.report->step_count, 1);
		assert_int_equal(world.report->steps[0].kind, STEP_CHECK);
		assert_non_null(strstr(world.report->steps[0].title,
		                       nodes == 1 ? "why 1 node could" : "why 2 nodes could"));
		end_world(&world);
	}
}

/* What the answer counts as not checked, the plan counts: entries that no DNS knows, too. */
static void test_unusable_entries_are_counted(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);
	struct observation *observation;

	(void)state;
	trust(&world, 0, root);
	show(&world, add_node(&world, "cucm sub 2"), 8443, ORDER_RSA_FIRST, root, NULL);
	observation = &world.report->observations[0];
	chain_clear(&observation->chain);
	observation->outcome = OUTCOME_UNUSABLE;
	observation->detail = mem_strdup("it holds a space");
	run(&world);
	assert_int_equal(world.report->step_count, 1);
	assert_int_equal(world.report->steps[0].kind, STEP_CHECK);
	assert_true(names_has(&world.report->steps[0].nodes, "cucm sub 2"));
	end_world(&world);
}

static void test_wrong_name_is_reissued(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);
	const struct step *step;

	(void)state;
	trust(&world, 0, root);
	show_both(&world, add_node(&world, "cucm1.example.com"),
	          make(&world, "old.example.com", "old.example.com", root, MADE_RSA), NULL);
	run(&world);
	step = find(&world, STEP_REISSUE);
	assert_non_null(step);
	assert_int_equal(step->sans.count, 2);
	assert_string_equal(step->sans.items[0], "cucm1.example.com");
	assert_string_equal(step->sans.items[1], "old.example.com");
	assert_int_equal(step->repair_count, 2);
	assert_false(step->proved);
	assert_non_null(strstr(step->title, "tomcat of cucm1.example.com"));
	assert_null(strstr(step->why, "multi-server")); /* it is one node's */
	end_world(&world);
}

/* A certificate to be replaced anyway is not uploaded, and two nodes of a cluster get one
 * multi-server certificate. */
static void test_expired_self_signed(void **state)
{
	struct world world = new_world();
	const struct step *step;

	(void)state;
	add_node(&world, "cucm0.example.com"); /* healthy or not: a multi-server certificate holds
	                                          its name as well */
	show_both(&world, add_node(&world, "cucm1.example.com"),
	          make(&world, "cucm1.example.com", "cucm1.example.com", NULL,
	               MADE_RSA | MADE_EXPIRED),
	          NULL);
	show_both(&world, add_node(&world, "cucm2.example.com"),
	          make(&world, "cucm2.example.com", "cucm2.example.com", NULL,
	               MADE_RSA | MADE_EXPIRED),
	          NULL);
	add_node(&world, "cucm3.example.com");
	run(&world);
	assert_null(find(&world, STEP_STORE_ADD));
	step = &world.report->steps[0];
	assert_int_equal(step->kind, STEP_REISSUE);
	assert_int_equal(step->nodes.count, 2);
	assert_int_equal(step->sans.count, 4);
	assert_true(names_has(&step->sans, "cucm0.example.com"));
	assert_int_equal(step->repair_count, 4);
	assert_non_null(strstr(step->why, "multi-server"));
	assert_int_not_equal(world.report->steps[1].kind, STEP_REISSUE);
	end_world(&world);
}

/* The classic case: 6972 fails with ECDSA first alone. Two ways: a signed tomcat-ECDSA, which
 * lasts; or, instead of it, one change of the cipher string. */
static void test_ecdsa_alone_fails(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA), *rsa, *ec;
	size_t node = add_node(&world, "cucm1.example.com");
	const struct step *step;

	(void)state;
	trust(&world, 0, root);
	rsa = make(&world, "cucm1.example.com", "cucm1.example.com", root, MADE_RSA);
	ec = make(&world, "cucm1-EC.example.com", "cucm1.example.com", NULL, 0);
	show_both(&world, node, rsa, NULL);
	show(&world, node, 6972, ORDER_RSA_FIRST, rsa, NULL);
	show(&world, node, 6972, ORDER_ECDSA_FIRST, ec, NULL);
	run(&world);
	assert_int_equal(refused(&world), 1);
	step = &world.report->steps[0];
	assert_int_equal(step->kind, STEP_REISSUE);
	assert_non_null(strstr(step->title, "tomcat-ECDSA of cucm1.example.com"));
	assert_int_equal(step->repair_count, 1);
	assert_int_equal(step->mended, 1);
	assert_int_equal(step->instead_of, 0);
	step = &world.report->steps[1];
	assert_int_equal(step->kind, STEP_CIPHER);
	assert_int_equal(step->instead_of, 1);
	assert_true(step->proved);
	assert_int_equal(step->repair_count, 1);
	assert_int_equal(step->mended, 1);
	assert_non_null(strstr(step->where, "ECDHE-RSA-AES256-GCM-SHA384:"));
	assert_null(find(&world, STEP_STORE_ADD));
	/* with RSA first in force it is a warning, and no plan is needed */
	world.report->policy.order_in_force[ORDER_ECDSA_FIRST] = false;
	run(&world);
	assert_int_equal(world.report->step_count, 0);
	end_world(&world);
}

/* RSA first meets a server that fails in the handshake, which no step mends: it is no way out. */
static void test_cipher_where_the_server_fails(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA), *rsa, *ec;
	size_t node = add_node(&world, "cucm1.example.com");

	(void)state;
	trust(&world, 0, root);
	rsa = make(&world, "cucm1.example.com", "cucm1.example.com", root, MADE_RSA);
	ec = make(&world, "cucm1-EC.example.com", "cucm1.example.com", NULL, 0);
	show(&world, node, 6972, ORDER_ECDSA_FIRST, ec, NULL);
	show(&world, node, 6972, ORDER_RSA_FIRST, rsa, NULL);
	world.report->observations[1].flaw = FLAW_BAD_SIGNATURE;
	run(&world);
	assert_int_equal(refused(&world), 2);
	assert_null(find(&world, STEP_CIPHER));
	assert_non_null(strstr(find(&world, STEP_REISSUE)->title, "tomcat-ECDSA"));
	end_world(&world);
}

/* ECDSA first alone is in force, and RSA first would break cucm2: the cipher string is left
 * alone. */
static void test_cipher_that_would_break_others(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA), *good_rsa, *good_ec;
	size_t one = add_node(&world, "cucm1.example.com"),
	       two = add_node(&world, "cucm2.example.com");

	(void)state;
	trust(&world, 0, root);
	world.report->policy.order_in_force[ORDER_RSA_FIRST] = false;
	good_rsa = make(&world, "cucm1.example.com", "cucm1.example.com", root, MADE_RSA);
	good_ec = make(&world, "cucm2-EC.example.com", "cucm2.example.com", root, 0);
	show(&world, one, 6972, ORDER_RSA_FIRST, good_rsa, NULL);
	show(&world, one, 6972, ORDER_ECDSA_FIRST,
	     make(&world, "cucm1-EC.example.com", "cucm1.example.com", NULL, 0), NULL);
	run(&world);
	assert_non_null(find(&world, STEP_CIPHER));
	show(&world, two, 6972, ORDER_RSA_FIRST,
	     make(&world, "cucm2.example.com", "cucm2.example.com", NULL, MADE_RSA), NULL);
	show(&world, two, 6972, ORDER_ECDSA_FIRST, good_ec, NULL);
	run(&world);
	assert_null(find(&world, STEP_CIPHER));
	assert_non_null(find(&world, STEP_STORE_ADD));
	prove_again(&world);
	end_world(&world);
}

/* An upload that RSA first needs anyway mends ECDSA first as well: then the cipher string stays. */
static void test_upload_mends_both(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Stranger", NULL, NULL, MADE_CA), *rsa, *ec;
	size_t node = add_node(&world, "cucm1.example.com");

	(void)state;
	rsa = make(&world, "cucm1.example.com", "cucm1.example.com", root, MADE_RSA);
	ec = make(&world, "cucm1-EC.example.com", "cucm1.example.com", root, 0);
	show(&world, node, 6972, ORDER_RSA_FIRST, rsa, root);
	show(&world, node, 6972, ORDER_ECDSA_FIRST, ec, root);
	run(&world);
	assert_int_equal(world.report->steps[0].kind, STEP_STORE_ADD);
	assert_int_equal(world.report->steps[0].repair_count, 2);
	assert_null(find(&world, STEP_CIPHER));
	prove_again(&world);
	end_world(&world);
}

/* peer1 lacks the root, peer2 the intermediate: each gets what it lacks, in a step of its own. */
static void test_each_peer_gets_what_it_lacks(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA),
			  *sub = make(&world, "Issuing CA", NULL, root, MADE_CA);

	(void)state;
	report_add_store(world.report, "peer2");
	report_add_store(world.report, "peer3");
	trust(&world, 0, sub);
	trust(&world, 1, root);
	trust(&world, 2, root);
	trust(&world, 2, sub);
	show_both(&world, add_node(&world, "cucm1.example.com"),
	          make(&world, "cucm1.example.com", "cucm1.example.com", sub, MADE_RSA), NULL);
	run(&world);
	assert_int_equal(world.report->steps[0].kind, STEP_STORE_ADD);
	assert_int_equal(world.report->steps[0].cert_count, 1);
	assert_ptr_equal(world.report->steps[0].certs[0], root->cert);
	assert_int_equal(world.report->steps[0].stores.count, 1);
	assert_non_null(strstr(world.report->steps[0].title, "trust store of peer1"));
	assert_int_equal(world.report->steps[1].kind, STEP_STORE_ADD);
	assert_int_equal(world.report->steps[1].cert_count, 1);
	assert_ptr_equal(world.report->steps[1].certs[0], sub->cert);
	assert_non_null(strstr(world.report->steps[1].title, "trust store of peer2"));
	assert_int_equal(world.report->steps[2].kind, STEP_REFRESH);
	prove_again(&world);
	end_world(&world);
}

/* A root that ends in half a year, with --warning 200: uploaded, but not without a word. */
static void test_upload_that_ends_soon(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Stranger", NULL, NULL, MADE_CA);

	(void)state;
	world.report->policy.warning_days = 800;
	show_both(&world, add_node(&world, "cucm1.example.com"),
	          make(&world, "cucm1.example.com", "cucm1.example.com", root, MADE_RSA), root);
	run(&world);
	assert_non_null(strstr(find(&world, STEP_STORE_ADD)->note, "Mind that Stranger ends "));
	world.report->policy.warning_days = 30;
	run(&world);
	assert_null(find(&world, STEP_STORE_ADD)->note);
	end_world(&world);
}

/* One CN, one feature: the CallManager certificate on 5061 has the CN of the self-signed tomcat. */
static void test_call_manager_of_the_same_cn(void **state)
{
	struct world world = new_world();
	const struct made *tomcat =
		make(&world, "cucm1.example.com", "cucm1.example.com", NULL, MADE_RSA);
	const struct made *manager =
		make(&world, "cucm1.example.com", "cucm1.example.com", NULL, MADE_RSA | MADE_OLD);
	size_t node = add_node(&world, "cucm1.example.com");

	(void)state;
	show_both(&world, node, tomcat, NULL);
	run(&world);
	assert_non_null(strstr(find(&world, STEP_STORE_ADD)->note,
	                       "See first whether the CallManager certificate (port 5061)"));
	world.report->nodes[node].role = ROLE_IMP;
	run(&world);
	assert_non_null(strstr(find(&world, STEP_STORE_ADD)->note,
	                       "See first whether the cup certificate (port 5061)"));
	world.report->nodes[node].role = ROLE_UNITY; /* no SIP trunk of Expressway's goes there */
	run(&world);
	assert_null(strstr(find(&world, STEP_STORE_ADD)->note, "5061"));
	world.report->nodes[node].role = ROLE_CUCM;
	show(&world, node, 5061, ORDER_RSA_FIRST, manager, NULL);
	run(&world);
	assert_non_null(strstr(
		find(&world, STEP_STORE_ADD)->note,
		"Port 5061 of cucm1.example.com shows a CallManager certificate with the same CN"));
	assert_int_equal(world.report->status, STATUS_FAIL);
	world.report->observations[2].chain.certs[0] =
		tomcat->cert; /* one certificate for both (CUCM 14): nothing to say */
	run(&world);
	assert_null(strstr(find(&world, STEP_STORE_ADD)->note, "5061"));
	end_world(&world);
}

/* The same with 5061 as the first of all observations. */
static void test_call_manager_shown_first(void **state)
{
	struct world world = new_world();
	const struct made *tomcat =
		make(&world, "cucm1.example.com", "cucm1.example.com", NULL, MADE_RSA);
	const struct made *manager =
		make(&world, "cucm1.example.com", "cucm1.example.com", NULL, MADE_RSA | MADE_OLD);
	size_t node = add_node(&world, "cucm1.example.com");

	(void)state;
	show(&world, node, 5061, ORDER_RSA_FIRST, manager, NULL);
	show_both(&world, node, tomcat, NULL);
	run(&world);
	assert_non_null(strstr(
		find(&world, STEP_STORE_ADD)->note,
		"Port 5061 of cucm1.example.com shows a CallManager certificate with the same CN"));
	end_world(&world);
}

/* What is to be done before or after an upgrade stands in the plan, also where nothing is
 * refused. */
static void test_upgrade_steps(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA), *rsa, *ec;
	size_t node = add_node(&world, "cucm1.example.com");
	struct fault fault;

	(void)state;
	trust(&world, 0, root);
	rsa = make(&world, "cucm1.example.com", "cucm1.example.com", root, MADE_RSA);
	ec = make(&world, "cucm1-EC.example.com", "cucm1.example.com", NULL, 0);
	show_both(&world, node, rsa, NULL);
	show(&world, node, 6972, ORDER_RSA_FIRST, rsa, NULL);
	show(&world, node, 6972, ORDER_ECDSA_FIRST, ec, NULL);
	assert_int_equal(order_from_upgrade("X14.0.7,X14.2", &world.report->policy, &fault), 0);
	run(&world);
	assert_int_equal(world.report->step_count, 1);
	assert_int_equal(world.report->steps[0].kind, STEP_READ_CIPHER);
	assert_non_null(strstr(world.report->steps[0].title,
	                       "it has to begin with ECDHE-RSA-AES256-GCM-SHA384:"));
	assert_int_equal(order_from_upgrade("X14.0.1,X14.2", &world.report->policy, &fault), 0);
	run(&world);
	assert_int_equal(world.report->steps[0].kind, STEP_EXPRESSWAY_CHAIN);
	assert_non_null(strstr(world.report->steps[0].where, "CallManager-trust"));
	assert_int_equal(world.report->steps[1].kind, STEP_READ_CIPHER);
	assert_int_equal(world.report->step_count, 2);
	end_world(&world);
}

/* A CUCM of 14 restarts two more Tomcats than one of 12.5, and Unity Connection has neither them
 * nor TFTP. */
static void test_restarts_of_each_product(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);
	size_t unity;

	(void)state;
	trust(&world, 0, root);
	show_both(&world, add_node(&world, "cucm1.example.com"),
	          make(&world, "x", "x.example.com", root, MADE_RSA), NULL);
	run(&world);
	assert_non_null(strstr(find(&world, STEP_REISSUE)->where,
	                       "from release 14 on also Cisco UDS Tomcat and Cisco AXL Tomcat"));
	world.report->clusters[0].version = mem_strdup("14.0.1");
	run(&world);
	assert_non_null(strstr(find(&world, STEP_REISSUE)->where,
	                       "Cisco HAProxy, Cisco UDS Tomcat and Cisco AXL Tomcat"));
	assert_non_null(strstr(find(&world, STEP_REISSUE)->where, "SAML"));
	memcpy(world.report->clusters[0].version, "12.5.1", 6);
	run(&world);
	assert_null(strstr(find(&world, STEP_REISSUE)->where, "UDS"));
	world.report->nodes[0].role = ROLE_UNITY;
	run(&world);
	unity = 0;
	assert_int_equal(world.report->steps[unity].kind, STEP_REISSUE);
	assert_null(strstr(world.report->steps[unity].where, "TFTP"));
	assert_non_null(strstr(world.report->steps[unity].where, "Unity Connection"));
	end_world(&world);
}

static void test_restart_of_tftp(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA), *young, *old;
	size_t node = add_node(&world, "cucm1.example.com");
	const struct step *step;

	(void)state;
	trust(&world, 0, root);
	young = make(&world, "cucm1.example.com", "cucm1.example.com", root, MADE_RSA);
	old = make(&world, "cucm1.example.com", "cucm1.example.com", NULL, MADE_RSA | MADE_OLD);
	show(&world, node, 8443, ORDER_RSA_FIRST, young, NULL);
	show(&world, node, 6972, ORDER_RSA_FIRST, old, NULL);
	run(&world);
	step = &world.report->steps[0];
	assert_int_equal(step->kind, STEP_RESTART_TFTP);
	assert_int_equal(step->repair_count, 1);
	assert_null(find(&world, STEP_STORE_ADD));
	end_world(&world);
}

static void test_issuer_that_nobody_sent(void **state)
{
	struct world world = new_world(), elsewhere = new_world();
	const struct made *root = make(&elsewhere, "Far Root", NULL, NULL, MADE_CA);
	const struct step *step;

	(void)state;
	show_both(&world, add_node(&world, "cucm1.example.com"),
	          make(&world, "cucm1.example.com", "cucm1.example.com", root, MADE_RSA), NULL);
	run(&world);
	step = find(&world, STEP_STORE_ADD);
	assert_non_null(step);
	assert_int_equal(step->cert_count, 0);
	assert_false(step->proved);
	assert_true(step->needs_decision);
	assert_non_null(strstr(step->title, "Far Root"));
	assert_int_equal(step->repair_count, 2);
	end_world(&world);
	end_world(&elsewhere);
}

static void test_nothing_is_promised_twice_or_left_out(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA),
			  *stranger = make(&world, "Stranger", NULL, NULL, MADE_CA);
	unsigned *times;

	(void)state;
	trust(&world, 0, root);
	show_both(&world, add_node(&world, "cucm1.example.com"),
	          make(&world, "cucm1.example.com", "cucm1.example.com", stranger, MADE_RSA),
	          stranger);
	show_both(&world, add_node(&world, "127.0.0.2"),
	          make(&world, "cucm2.example.com", "cucm2.example.com", root, MADE_RSA), NULL);
	show_both(&world, add_node(&world, "cucm3.example.com"),
	          make(&world, "cucm3.example.com", NULL, root, MADE_RSA | MADE_EXPIRED), NULL);
	show_both(&world, add_node(&world, "127.0.0.4"), make(&world, "4", NULL, NULL, MADE_RSA),
	          NULL);
	/* as CUCM comes: both self-signed; RSA first is mended by an upload, ECDSA first by the
	 * cipher string after it */
	show(&world, add_node(&world, "cucm5.example.com"), 6972, ORDER_RSA_FIRST,
	     make(&world, "cucm5.example.com", NULL, NULL, MADE_RSA), NULL);
	show(&world, 4, 6972, ORDER_ECDSA_FIRST,
	     make(&world, "cucm5-EC.example.com", "cucm5.example.com", NULL, 0), NULL);
	/* RSA first has the wrong name and is reissued; an advertised IP */
	show(&world, add_node(&world, "cucm6.example.com"), 6972, ORDER_RSA_FIRST,
	     make(&world, "x6.example.com", NULL, root, MADE_RSA), NULL);
	show(&world, 5, 6972, ORDER_ECDSA_FIRST,
	     make(&world, "cucm6-EC.example.com", "cucm6.example.com", NULL, 0), NULL);
	show(&world, add_node(&world, "127.0.0.7"), 6972, ORDER_RSA_FIRST,
	     make(&world, "cucm7.example.com", NULL, root, MADE_RSA), NULL);
	show(&world, 6, 6972, ORDER_ECDSA_FIRST,
	     make(&world, "cucm7-EC.example.com", "cucm7.example.com", NULL, 0), NULL);
	run(&world);
	assert_int_equal(find(&world, STEP_CIPHER)->repair_count,
	                 3); /* with RSA first these three show what is mended by then */
	times = mem_array(world.report->verdict_count, sizeof *times);
	for (size_t i = 0; i < world.report->step_count; i++)
		for (size_t k = 0; k < world.report->steps[i].repair_count &&
		                   world.report->steps[i].instead_of == 0;
		     k++)
			times[world.report->steps[i].repairs[k]]++;
	for (size_t i = 0; i < world.report->verdict_count; i++)
		assert_int_equal(times[i], world.report->verdicts[i].accepted ? 0 : 1);
	free(times);
	prove_again(&world);
	end_world(&world);
}

/* check_issued, x509v3_cache_extensions: accepted by 1.1.1h and later, refused up to 1.1.1g
 * although it is stored: a note on that one case. */
static void test_key_usage_of_a_stored_leaf(void **state)
{
	struct world world = new_world();
	const struct made *leaf = make(&world, "cucm1.example.com", "cucm1.example.com", NULL,
	                               MADE_RSA | MADE_NO_CERT_SIGN);

	(void)state;
	trust(&world, 0, leaf);
	show_both(&world, add_node(&world, "cucm1.example.com"), leaf, NULL);
	run(&world);
	assert_int_equal(refused(&world), 0);
	assert_string_equal(world.report->findings[0].id, "key-usage-old-openssl");
	assert_ptr_equal(world.report->findings[0].certificate, leaf->cert);
	assert_int_equal(world.report->findings[0].severity, SEVERITY_WARNING);
	end_world(&world);
}

static size_t count_files(const char *dir, char name[256])
{
	DIR *opened = opendir(dir);
	struct dirent *entry;
	size_t count = 0;

	assert_non_null(opened);
	while ((entry = readdir(opened)) != NULL) {
		if (*entry->d_name == '.')
			continue;
		count++;
		if (strcmp(entry->d_name, "bundle.pem") != 0)
			snprintf(name, 256, "%s", entry->d_name);
	}
	closedir(opened);
	return count;
}

/* A hostile CN makes no path; the two files hold the same certificate and no other. */
static void test_export(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "../-evil/\x1b[31m Root", NULL, NULL, MADE_CA);
	char dir[] = "/tmp/mra-export-XXXXXX", name[256], path[600], command[1300];
	struct fault fault;

	(void)state;
	assert_non_null(mkdtemp(dir));
	show_both(&world, add_node(&world, "cucm1.example.com"),
	          make(&world, "cucm1.example.com", "cucm1.example.com", root, MADE_RSA), root);
	run(&world);
	assert_int_equal(plan_export(world.report, dir, -1, &fault), 0);
	assert_int_equal(count_files(dir, name), 2);
	assert_null(strpbrk(name, "/\\ \x1b"));
	assert_true(*name != '.' && *name != '-');
	assert_non_null(strstr(name, "Root-"));
	snprintf(
		command, sizeof command,
		"cmp -s %s/%s %s/bundle.pem && openssl x509 -in %s/bundle.pem -noout -subject >/dev/null",
		dir, name, dir, dir);
	assert_int_equal(system(command), 0);
	/* Once nothing is to be uploaded, nothing of it is left; what somebody else put there
	 * is. */
	snprintf(path, sizeof path, "%s/notes.txt", dir);
	snprintf(command, sizeof command, "echo mine > %s", path);
	assert_int_equal(system(command), 0);
	for (size_t i = 0; i < world.report->step_count; i++)
		world.report->steps[i].kind = STEP_CHECK;
	assert_int_equal(plan_export(world.report, dir, -1, &fault), 0);
	assert_int_equal(count_files(dir, name), 1);
	assert_string_equal(name, "notes.txt");
	unlink(path);
	assert_int_equal(rmdir(dir), 0);
	for (size_t i = 0; i < world.report->step_count; i++)
		world.report->steps[i].kind = STEP_STORE_ADD;
	assert_int_equal(plan_export(world.report, "/nonexistent/x/y", -1, &fault), -1);
	assert_int_equal(fault.code, FAULT_FILE);
	end_world(&world);
}

static void test_export_leaves_out_what_is_removed(void **state)
{
	struct world world = new_world();
	const struct made *old = make(&world, "Root", NULL, NULL, MADE_CA | MADE_EXPIRED),
			  *new = make(&world, "Root", NULL, NULL, MADE_CA);
	char dir[] = "/tmp/mra-export-XXXXXX", name[256], command[700];

	(void)state;
	assert_non_null(mkdtemp(dir));
	trust(&world, 0, old);
	show_both(&world, add_node(&world, "cucm2.example.com"),
	          make(&world, "cucm2.example.com", "cucm2.example.com", new, MADE_RSA), new);
	run(&world);
	assert_non_null(find(&world, STEP_STORE_REMOVE));
	assert_int_equal(plan_export(world.report, dir, -1, NULL), 0);
	assert_int_equal(count_files(dir, name), 2);
	snprintf(command, sizeof command, "rm -r %s", dir);
	assert_int_equal(system(command), 0);
	end_world(&world);
}

/* No CA certifies a name with a dot at its end; without the dot the certificate holds it. */
static void test_trailing_dot(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);
	const struct step *step;

	(void)state;
	trust(&world, 0, root);
	show_both(&world, add_node(&world, "cucm1.example.com."),
	          make(&world, "cucm1.example.com", "cucm1.example.com", root, MADE_RSA), NULL);
	run(&world);
	assert_null(find(&world, STEP_REISSUE));
	step = find(&world, STEP_ADVERTISE);
	assert_non_null(step);
	assert_true(step->proved);
	assert_string_equal(step->title, "Advertise cucm1.example.com instead of cucm1.example.com.");
	assert_null(strstr(step->why, "DNS did not lead"));
	assert_int_equal(step->mended, 1);
	end_world(&world);
}

/* Where the certificate has neither: a new one without the dot, and the dot away as well. */
static void test_trailing_dot_and_wrong_name(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);
	const struct step *step;

	(void)state;
	trust(&world, 0, root);
	show_both(&world, add_node(&world, "cucm1.example.com."),
	          make(&world, "old.example.com", "old.example.com", root, MADE_RSA), NULL);
	run(&world);
	step = find(&world, STEP_REISSUE);
	assert_non_null(step);
	assert_true(names_has(&step->sans, "cucm1.example.com"));
	assert_false(names_has(&step->sans, "cucm1.example.com."));
	assert_int_equal(step->mended, 0);
	step = find(&world, STEP_ADVERTISE);
	assert_non_null(step);
	assert_false(step->proved);
	assert_int_equal(step->mended, 1);
	end_world(&world);
}

/* The server sends a good way to another root, but the store's expired root is taken first. */
static void test_expired_root_hides_a_good_way(void **state)
{
	struct world world = new_world();
	const struct made *other = make(&world, "Other Root", NULL, NULL, MADE_CA),
			  *dead = make(&world, "Root", NULL, NULL, MADE_CA | MADE_RSA | MADE_EXPIRED),
			  *cross = make(&world, "Root", NULL, other, MADE_CA | MADE_RSA);
	const struct step *step;

	(void)state;
	trust(&world, 0, dead);
	trust(&world, 0, other);
	show(&world, add_node(&world, "cucm1.example.com"), 8443, ORDER_ECDSA_FIRST,
	     make(&world, "cucm1.example.com", "cucm1.example.com", dead, 0), cross);
	run(&world);
	assert_int_equal(refused(&world), 1);
	assert_null(find(&world, STEP_REISSUE));
	step = find(&world, STEP_STORE_REMOVE);
	assert_non_null(step);
	assert_true(step->proved && step->cert_count == 1 && step->certs[0] == dead->cert);
	assert_int_equal(step->mended, 1);
	end_world(&world);
}

/* As before, with an expired CA between them: the store loses both, and the step names both. */
static void test_two_expired_hide_a_good_way(void **state)
{
	struct world world = new_world();
	const struct made *other = make(&world, "Other Root", NULL, NULL, MADE_CA),
			  *dead = make(&world, "Root", NULL, NULL, MADE_CA | MADE_EXPIRED),
			  *below = make(&world, "Sub", NULL, dead, MADE_CA | MADE_RSA | MADE_EXPIRED),
			  *cross = make(&world, "Sub", NULL, other, MADE_CA | MADE_RSA);
	const struct step *step;

	(void)state;
	trust(&world, 0, dead);
	trust(&world, 0, other);
	trust(&world, 0, below);
	show(&world, add_node(&world, "cucm1.example.com"), 8443, ORDER_ECDSA_FIRST,
	     make(&world, "cucm1.example.com", "cucm1.example.com", below, 0), cross);
	run(&world);
	step = find(&world, STEP_STORE_REMOVE);
	assert_non_null(step);
	assert_string_equal(step->title,
	                    "Remove 2 expired CA certificates from the trust store of every peer");
	assert_true(step->proved && step->cert_count == 2);
	assert_true(step->certs[0] == dead->cert && step->certs[1] == below->cert);
	assert_int_equal(step->mended, 1);
	end_world(&world);
}

/* A new certificate from an expired CA is refused as the old one is: the CA needs a successor. */
static void test_expired_ca_wants_a_successor(void **state)
{
	struct world world = new_world();
	const struct made *dead = make(&world, "Root", NULL, NULL, MADE_CA | MADE_EXPIRED);
	const struct step *step;

	(void)state;
	trust(&world, 0, dead);
	show_both(&world, add_node(&world, "cucm1.example.com"),
	          make(&world, "cucm1.example.com", "cucm1.example.com", dead, MADE_RSA), NULL);
	run(&world);
	assert_int_equal(refused(&world), 2);
	assert_null(find(&world, STEP_REISSUE));
	step = find(&world, STEP_STORE_ADD);
	assert_non_null(step);
	assert_true(!step->proved && step->needs_decision && step->cert_count == 0);
	assert_string_equal(step->title, "Get the successor of the expired CA certificate of CN=Root and "
	                                 "upload it to the trust store of every peer");
	assert_non_null(step->note);
	assert_int_equal(step->mended, 1);
	end_world(&world);
}

/* No store holds it, the server sends it: another CA has to sign, and what has expired is said of the
 * root. */
static void test_expired_ca_that_is_only_sent(void **state)
{
	struct world world = new_world();
	const struct made *dead = make(&world, "Root", NULL, NULL, MADE_CA | MADE_EXPIRED);
	const struct step *step;

	(void)state;
	show_both(&world, add_node(&world, "cucm1.example.com"),
	          make(&world, "cucm1.example.com", "cucm1.example.com", dead, MADE_RSA), dead);
	run(&world);
	assert_int_equal(refused(&world), 2);
	assert_null(find(&world, STEP_STORE_REMOVE));
	assert_null(find(&world, STEP_STORE_ADD));
	step = find(&world, STEP_REISSUE);
	assert_non_null(step);
	assert_non_null(strstr(step->why, ". Root, above it: the certificate has expired. Have it"));
	assert_null(strstr(step->why, "The certificate has expired"));
	end_world(&world);
}

/* A server's own certificate that has expired as well is reissued all the same. */
static void test_expired_below_an_expired_ca(void **state)
{
	struct world world = new_world();
	const struct made *dead = make(&world, "Root", NULL, NULL, MADE_CA | MADE_EXPIRED);
	size_t titles = 0;

	(void)state;
	trust(&world, 0, dead);
	show_both(&world, add_node(&world, "cucm1.example.com"),
	          make(&world, "cucm1.example.com", "cucm1.example.com", dead,
	               MADE_RSA | MADE_EXPIRED),
	          NULL);
	run(&world);
	assert_non_null(find(&world, STEP_REISSUE));
	for (size_t i = 0; i < world.report->finding_count; i++) {
		const char *title = world.report->findings[i].title;

		titles += strcmp(title, "tomcat of cucm1.example.com: the certificate has expired") == 0;
		titles += strcmp(title, "Root, above tomcat of cucm1.example.com: the certificate "
		                        "has expired") == 0;
	}
	assert_int_equal(titles, 2);
	end_world(&world);
}

/* The issuer that is missing is that of the last CA sent, not the server certificate's. */
static void test_whose_issuer_is_missing(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA),
			  *sub = make(&world, "Issuing CA", NULL, root, MADE_CA);
	const struct finding *finding;

	(void)state;
	show_both(&world, add_node(&world, "cucm1.example.com"),
	          make(&world, "cucm1.example.com", "cucm1.example.com", sub, MADE_RSA), sub);
	run(&world);
	finding = &world.report->findings[0];
	assert_string_equal(finding->title,
	                    "Issuing CA, above tomcat of cucm1.example.com: the certificate's issuer is "
	                    "neither sent by the server nor in the trust store");
	assert_non_null(strstr(finding->detail, "Its issuer is CN=Root."));
	end_world(&world);
}

/* One CA, to be got, stands above tomcat and tomcat-ECDSA: with it both are good, and nothing is
 * left for a new certificate or another cipher order. */
static void test_one_ca_for_both_kinds(void **state)
{
	struct world world = new_world(), elsewhere = new_world();
	const struct made *root = make(&elsewhere, "Root", NULL, NULL, MADE_CA);
	const char *name = "cucm1.example.com";
	size_t node = add_node(&world, name);

	(void)state;
	show(&world, node, 6972, ORDER_RSA_FIRST, make(&world, name, name, root, MADE_RSA), NULL);
	show(&world, node, 6972, ORDER_ECDSA_FIRST, make(&world, name, name, root, 0), NULL);
	run(&world);
	assert_int_equal(world.report->steps[0].kind, STEP_STORE_ADD);
	assert_int_equal(world.report->steps[0].mended, 1);
	assert_null(find(&world, STEP_REISSUE));
	assert_null(find(&world, STEP_CIPHER));
	end_world(&world);
	end_world(&elsewhere);
}

/* Both hold the FQDN and are trusted: advertising that mends both. */
static void test_one_name_for_both_kinds(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);
	const char *name = "cucm1.example.com";
	size_t node = add_node(&world, "cucm1");

	(void)state;
	trust(&world, 0, root);
	show(&world, node, 6972, ORDER_RSA_FIRST, make(&world, name, name, root, MADE_RSA), NULL);
	show(&world, node, 6972, ORDER_ECDSA_FIRST, make(&world, name, name, root, 0), NULL);
	run(&world);
	assert_int_equal(find(&world, STEP_ADVERTISE)->mended, 1);
	assert_null(find(&world, STEP_REISSUE));
	assert_null(find(&world, STEP_CIPHER));
	end_world(&world);
}

/* tomcat-ECDSA of 8443 has to be reissued in both orders; 6972 shows the same one with ECDSA first
 * only: that needs no second step. */
static void test_a_certificate_is_reissued_once(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA), *dead;
	const char *name = "cucm1.example.com";
	size_t node = add_node(&world, name);

	(void)state;
	trust(&world, 0, root);
	dead = make(&world, name, name, root, MADE_EXPIRED);
	show_both(&world, node, dead, NULL);
	show(&world, node, 6972, ORDER_RSA_FIRST, make(&world, name, name, root, MADE_RSA), NULL);
	show(&world, node, 6972, ORDER_ECDSA_FIRST, dead, NULL);
	run(&world);
	assert_int_equal(count_steps(&world, STEP_REISSUE), 1);
	assert_int_equal(find(&world, STEP_REISSUE)->mended, 1);
	assert_null(find(&world, STEP_CIPHER));
	end_world(&world);
}

/* ECDSA first is in force. RSA first would spare cucm1, but bring up a dead certificate of cucm2,
 * whose tomcat-ECDSA the plan reissues. */
static void test_cipher_that_would_bring_up_a_dead_one(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);
	const char *one = "cucm1.example.com", *two = "cucm2.example.com";
	size_t first = add_node(&world, one), second = add_node(&world, two);

	(void)state;
	world.report->policy.order_in_force[ORDER_RSA_FIRST] = false;
	trust(&world, 0, root);
	show(&world, first, 6972, ORDER_RSA_FIRST, make(&world, one, one, root, MADE_RSA), NULL);
	show(&world, first, 6972, ORDER_ECDSA_FIRST, make(&world, one, one, root, MADE_EXPIRED),
	     NULL);
	show(&world, second, 6972, ORDER_RSA_FIRST,
	     make(&world, two, two, root, MADE_RSA | MADE_EXPIRED), NULL);
	show(&world, second, 6972, ORDER_ECDSA_FIRST, make(&world, two, two, root, MADE_EXPIRED),
	     NULL);
	run(&world);
	assert_null(find(&world, STEP_CIPHER));
	assert_int_equal(find(&world, STEP_REISSUE)->mended, 2);
	end_world(&world);
}

/* The newer certificate of 8443 is accepted by peer1; peer2 lacks the root: once it has it, a
 * restart does for both. */
static void test_restart_after_an_upload(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);
	const char *name = "cucm1.example.com";
	size_t node = add_node(&world, name);

	(void)state;
	report_add_store(world.report, "peer2");
	trust(&world, 0, root);
	trust(&world, 1, make(&world, "Other Root", NULL, NULL, MADE_CA));
	show_both(&world, node, make(&world, name, name, root, MADE_RSA), root);
	show(&world, node, 6972, ORDER_RSA_FIRST,
	     make(&world, name, name, root, MADE_RSA | MADE_OLD | MADE_EXPIRED), root);
	run(&world);
	assert_null(find(&world, STEP_REISSUE));
	assert_int_equal(find(&world, STEP_RESTART_TFTP)->mended, 1);
	end_world(&world);
}

/* cucm1 sends the lower CA alone, cucm2 the one above it as well; the root is to be got, and what
 * cucm1 does not send has to go with it. */
static void test_unknown_root_above_what_is_not_sent(void **state)
{
	struct world world = new_world(), elsewhere = new_world();
	const struct made *root = make(&elsewhere, "Root", NULL, NULL, MADE_CA),
			  *mid = make(&world, "Middle CA", NULL, root, MADE_CA),
			  *low = make(&world, "Lower CA", NULL, mid, MADE_CA);
	const char *one = "cucm1.example.com", *two = "cucm2.example.com";
	const struct step *step;

	(void)state;
	show_both(&world, add_node(&world, one), make(&world, one, one, low, MADE_RSA), low);
	show_both(&world, add_node(&world, two), make(&world, two, two, low, MADE_RSA), low);
	for (size_t i = 2; i < 4; i++)
		chain_add(&world.report->observations[i].chain, mid->cert);
	run(&world);
	step = find(&world, STEP_STORE_ADD);
	assert_non_null(strstr(step->title, "Get the CA certificate of CN=Root and"));
	assert_string_equal(step->note,
	                    "Upload CN=Middle CA as well: not every server of this step sends it.");
	assert_int_equal(step->mended, 2);
	end_world(&world);
	end_world(&elsewhere);
}

/* The root to be got is not enough where the CA below it, which is sent, has expired. */
static void test_expired_below_an_unknown_root(void **state)
{
	struct world world = new_world(), elsewhere = new_world();
	const struct made *root = make(&elsewhere, "Root", NULL, NULL, MADE_CA),
			  *aged = make(&world, "Issuing CA", NULL, root, MADE_CA | MADE_EXPIRED);
	const char *name = "cucm1.example.com";

	(void)state;
	show_both(&world, add_node(&world, name), make(&world, name, name, aged, MADE_RSA), aged);
	run(&world);
	assert_int_equal(count_steps(&world, STEP_STORE_ADD), 2);
	assert_int_equal(world.report->steps[0].mended, 0);
	assert_int_equal(world.report->steps[1].mended, 1);
	assert_non_null(strstr(world.report->steps[1].title,
	                       "successor of the expired CA certificate of CN=Issuing CA"));
	end_world(&world);
	end_world(&elsewhere);
}

/* One name for the node: tomcat holds another than its name in DNS, tomcat-ECDSA is reissued. */
static void test_one_new_name_a_node(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);
	const struct step *step;
	size_t node = add_node(&world, "192.0.2.1");

	(void)state;
	node_add_address(&world.report->nodes[node], "cucm1.example.com", false);
	trust(&world, 0, root);
	show_both(&world, node,
	          make(&world, "old.example.com", "old.example.com", root, MADE_RSA), NULL);
	show(&world, node, 6972, ORDER_RSA_FIRST,
	     make(&world, "cucm1.example.com", "cucm1.example.com", root, MADE_EXPIRED), NULL);
	run(&world);
	step = find(&world, STEP_ADVERTISE);
	assert_string_equal(step->title, "Advertise old.example.com instead of 192.0.2.1");
	assert_int_equal(step->mended, 1);
	assert_true(names_has(&find(&world, STEP_REISSUE)->sans, "old.example.com"));
	end_world(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_healthy),
		cmocka_unit_test(test_missing_intermediate_sent_by_another),
		cmocka_unit_test(test_upload_that_hides_what_is_sent),
		cmocka_unit_test(test_unknown_root_is_a_decision),
		cmocka_unit_test(test_what_a_peer_has_needs_no_decision),
		cmocka_unit_test(test_self_signed_leaf),
		cmocka_unit_test(test_withheld_root),
		cmocka_unit_test(test_many_self_signed),
		cmocka_unit_test(test_few_self_signed_of_many_addresses),
		cmocka_unit_test(test_a_root_in_its_last_second),
		cmocka_unit_test(test_one_cn_rule),
		cmocka_unit_test(test_way_with_one_cn_twice),
		cmocka_unit_test(test_root_that_replaces_its_intermediate),
		cmocka_unit_test(test_taken_cn_that_is_needed),
		cmocka_unit_test(test_taken_cn_that_is_dead),
		cmocka_unit_test(test_advertised_by_ip),
		cmocka_unit_test(test_short_name_by_its_certificate),
		cmocka_unit_test(test_the_first_address_is_the_better_one),
		cmocka_unit_test(test_many_advertised_alike),
		cmocka_unit_test(test_many_reissued_alike),
		cmocka_unit_test(test_new_certificate_and_new_name),
		cmocka_unit_test(test_unchecked_are_counted),
		cmocka_unit_test(test_unusable_entries_are_counted),
		cmocka_unit_test(test_wrong_name_is_reissued),
		cmocka_unit_test(test_expired_self_signed),
		cmocka_unit_test(test_ecdsa_alone_fails),
		cmocka_unit_test(test_cipher_that_would_break_others),
		cmocka_unit_test(test_cipher_where_the_server_fails),
		cmocka_unit_test(test_upload_mends_both),
		cmocka_unit_test(test_each_peer_gets_what_it_lacks),
		cmocka_unit_test(test_upload_that_ends_soon),
		cmocka_unit_test(test_call_manager_of_the_same_cn),
		cmocka_unit_test(test_call_manager_shown_first),
		cmocka_unit_test(test_upgrade_steps),
		cmocka_unit_test(test_restarts_of_each_product),
		cmocka_unit_test(test_restart_of_tftp),
		cmocka_unit_test(test_issuer_that_nobody_sent),
		cmocka_unit_test(test_nothing_is_promised_twice_or_left_out),
		cmocka_unit_test(test_key_usage_of_a_stored_leaf),
		cmocka_unit_test(test_trailing_dot),
		cmocka_unit_test(test_trailing_dot_and_wrong_name),
		cmocka_unit_test(test_expired_root_hides_a_good_way),
		cmocka_unit_test(test_two_expired_hide_a_good_way),
		cmocka_unit_test(test_expired_ca_wants_a_successor),
		cmocka_unit_test(test_expired_ca_that_is_only_sent),
		cmocka_unit_test(test_expired_below_an_expired_ca),
		cmocka_unit_test(test_whose_issuer_is_missing),
		cmocka_unit_test(test_one_ca_for_both_kinds),
		cmocka_unit_test(test_one_name_for_both_kinds),
		cmocka_unit_test(test_a_certificate_is_reissued_once),
		cmocka_unit_test(test_cipher_that_would_bring_up_a_dead_one),
		cmocka_unit_test(test_restart_after_an_upload),
		cmocka_unit_test(test_unknown_root_above_what_is_not_sent),
		cmocka_unit_test(test_expired_below_an_unknown_root),
		cmocka_unit_test(test_one_new_name_a_node),
		cmocka_unit_test(test_export),
		cmocka_unit_test(test_export_leaves_out_what_is_removed),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	made_end();
	return failed;
}
