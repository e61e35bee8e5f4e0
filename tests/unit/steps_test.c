/* SPDX-License-Identifier: MIT */
/* Steps of the plan, row by row: which there are, in which order, whom they name, what they count.
 * Counted by hand from what each node presents. */
#include "config.h"

#include "advise/examine.h"
#include "advise/order.h"
#include "advise/plan.h"
#include "base/mem.h"
#include "judge/judge.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct observation *last_shown(struct world *world)
{
	return &world->report->observations[world->report->observation_count - 1];
}

static void at_ip(struct world *world, const char *ip)
{
	free(last_shown(world)->ip);
	last_shown(world)->ip = mem_strdup(ip);
}

static void as(struct world *world, const char *address)
{
	free(last_shown(world)->address);
	last_shown(world)->address = mem_strdup(address);
}

static const struct step *nth(const struct world *world, enum step_kind kind, size_t n)
{
	for (size_t i = 0; i < world->report->step_count; i++)
		if (world->report->steps[i].kind == kind && n-- == 0)
			return &world->report->steps[i];
	return NULL;
}

static void expect_kinds(const struct world *world, const char *kinds)
{
	char text[400] = "";

	for (size_t i = 0; i < world->report->step_count; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i == 0 ? "" : " ",
		         step_kind_name(world->report->steps[i].kind));
	assert_string_equal(text, kinds);
}

/* "a, b": in that order. */
static void expect_names(const struct names *names, const char *list)
{
	char text[600] = "";

	for (size_t i = 0; i < names->count; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i == 0 ? "" : ", ",
		         names->items[i]);
	assert_string_equal(text, list);
}

static void expect_counts(const struct step *step, size_t repairs, size_t addresses, size_t mended)
{
	assert_non_null(step);
	assert_int_equal(step->repair_count, repairs);
	assert_int_equal(step->addresses, addresses);
	assert_int_equal(step->mended, mended);
}

/* cucm1 waits for an upload and for a new tomcat-ECDSA, cucm2 for the upload alone. The first step
 * touches two addresses and mends one; what does the second's work instead mends as much. */
static void test_what_steps_count(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Stranger", NULL, NULL, MADE_CA), *one, *two, *ec;

	(void)state;
	one = make(&world, "cucm1.example.com", "cucm1.example.com", root, MADE_RSA);
	two = make(&world, "cucm2.example.com", "cucm2.example.com", root, MADE_RSA);
	ec = make(&world, "cucm1-EC.example.com", "cucm1.example.com", NULL, 0);
	add_node(&world, "cucm1.example.com");
	add_node(&world, "cucm2.example.com");
	show_both(&world, 1, two, root);
	show_both(&world, 0, one, root);
	show(&world, 0, 6972, ORDER_RSA_FIRST, one, root);
	show(&world, 0, 6972, ORDER_ECDSA_FIRST, ec, NULL);
	run_world(&world);
	expect_kinds(&world, "store-add reissue cipher refresh workaround");
	expect_counts(&world.report->steps[0], 5, 2, 1);
	expect_names(&world.report->steps[0].nodes, "cucm2.example.com, cucm1.example.com");
	expect_counts(&world.report->steps[1], 1, 1, 1);
	expect_counts(&world.report->steps[2], 1, 1, 1);
	assert_int_equal(world.report->steps[2].instead_of, 1);
	assert_string_equal(world.report->steps[2].title,
	                    "Or, instead of step 2: put RSA first in Expressway's cipher string");
	assert_true(world.report->steps[2].proved);
	expect_counts(&world.report->steps[3], 0, 0, 0);
	end_world(&world);
}

/* What two ports of cucm1 lack, and one of cucm2 between them, is two addresses. */
static void test_addresses_in_turns(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Stranger", NULL, NULL, MADE_CA), *one, *two;

	(void)state;
	one = make(&world, "cucm1.example.com", "cucm1.example.com", root, MADE_RSA);
	two = make(&world, "cucm2.example.com", "cucm2.example.com", root, MADE_RSA);
	add_node(&world, "cucm1.example.com");
	add_node(&world, "cucm2.example.com");
	show(&world, 0, 8443, ORDER_RSA_FIRST, one, root);
	show(&world, 1, 8443, ORDER_RSA_FIRST, two, root);
	show(&world, 0, 6972, ORDER_RSA_FIRST, one, root);
	run_world(&world);
	expect_kinds(&world, "store-add refresh workaround");
	expect_counts(&world.report->steps[0], 3, 2, 2);
	end_world(&world);
}

/* Two clusters: two new certificates, and one change instead of both. */
static void test_instead_of_several(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);

	(void)state;
	trust(&world, 0, root);
	report_add_cluster(world.report, "cucm9.example.com", 8443)->outcome = DISCOVERY_OK;
	for (size_t i = 0; i < 3; i++) {
		char *name = mem_printf("cucm%zu.example.com", i);

		add_node(&world, name);
		world.report->nodes[i].cluster = i == 2;
		show(&world, i, 6972, ORDER_RSA_FIRST, make(&world, name, name, root, MADE_RSA),
		     NULL);
		show(&world, i, 6972, ORDER_ECDSA_FIRST, make(&world, name, name, NULL, 0), NULL);
		last_shown(&world)->offered = i == 0 ? OFFERED_TLS12 : OFFERED_TLS12 | OFFERED_TLS13;
		world.report->observations[2 * i].offered = last_shown(&world)->offered;
		free(name);
	}
	run_world(&world);
	expect_kinds(&world, "reissue reissue cipher refresh workaround");
	expect_counts(&world.report->steps[0], 2, 2, 2);
	expect_counts(&world.report->steps[1], 1, 1, 1);
	expect_counts(&world.report->steps[2], 3, 3, 3);
	assert_string_equal(
		world.report->steps[2].title,
		"Or, instead of steps 1 to 2: put RSA first in Expressway's cipher string");
	assert_non_null(world.report->steps[2].note); /* one of them was seen in 1.2 alone */
	assert_string_equal(world.report->steps[0].title,
	                    "Reissue tomcat-ECDSA of cucm0.example.com and cucm1.example.com (one "
	                    "multi-server certificate does for all)");
	expect_names(&world.report->steps[0].sans, "cucm0.example.com, cucm1.example.com");
	world.report->observations[0].offered = world.report->observations[1].offered =
		OFFERED_TLS13;
	run_world(&world);
	assert_null(find_step(&world, STEP_CIPHER)->note);
	end_world(&world);
}

/* RSA first shows another certificate than ECDSA first, at the same place, of the right kind, and it
 * is accepted: only then the cipher string is a remedy. */
static void test_when_the_cipher_string_helps(void **state)
{
	static const struct {
		const char *what;
		bool rsa_shown, rsa_is_ec, rsa_trusted, rsa_in_force, helps, turned, no_ec;
	} rows[] = {
		{ "refused with RSA first", true, false, true, true, false, true, false },
		{ "tomcat in both", true, false, true, true, false, false, true },
		{ "good", true, false, true, true, true, false, false },
		{ "good, not in force", true, false, true, false, true, false, false },
		{ "not seen", false, false, true, true, false, false, false },
		{ "no tomcat", true, true, true, true, false, false, false },
		{ "refused, and the plan mends it", true, false, false, true, true, false, false },
		{ "refused, not in force", true, false, false, false, false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct world world = new_world(), far = new_world();
		const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA),
				  *unknown = make(&far, "Far", NULL, NULL, MADE_CA);

		trust(&world, 0, root);
		add_node(&world, "a.example.com");
		show(&world, 0, 6972, rows[i].turned ? ORDER_ECDSA_FIRST : ORDER_RSA_FIRST,
		     make(&world, "a.example.com", "a.example.com",
		          rows[i].rsa_trusted ? root : unknown, rows[i].rsa_is_ec ? 0 : MADE_RSA),
		     NULL);
		if (!rows[i].rsa_shown) {
			chain_clear(&last_shown(&world)->chain);
			last_shown(&world)->outcome = OUTCOME_TIMEOUT;
		}
		show(&world, 0, 6972, rows[i].turned ? ORDER_RSA_FIRST : ORDER_ECDSA_FIRST,
		     make(&world, "a-EC.example.com", "a.example.com", NULL,
		          rows[i].no_ec ? MADE_RSA : 0),
		     NULL);
		world.report->policy.order_in_force[ORDER_RSA_FIRST] = rows[i].rsa_in_force;
		run_world(&world);
		if ((find_step(&world, STEP_CIPHER) != NULL) != rows[i].helps)
			fail_msg("%s", rows[i].what);
		end_world(&world);
		end_world(&far);
	}
}

/* Where RSA first is not in force, it must not break what ECDSA first gets right; what nobody is
 * sent to breaks nothing. */
static void test_when_the_cipher_string_is_safe(void **state)
{
	static const struct {
		bool advertised, rsa_good, rsa_in_force, safe;
	} rows[] = {
		{ true, false, false, false },
		{ true, true, false, true },
		{ false, false, false, true },
		{ true, false, true, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct world world = new_world();
		const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);

		trust(&world, 0, root);
		world.report->policy.order_in_force[ORDER_RSA_FIRST] = rows[i].rsa_in_force;
		add_node(&world, "a.example.com");
		add_node(&world, "b.example.com");
		show(&world, 1, 6972, ORDER_ECDSA_FIRST,
		     make(&world, "b-EC.example.com", "b.example.com", root, 0), NULL);
		last_shown(&world)->advertised = rows[i].advertised;
		show(&world, 0, 6972, ORDER_RSA_FIRST,
		     make(&world, "a.example.com", "a.example.com", root, MADE_RSA), NULL);
		show(&world, 0, 6972, ORDER_ECDSA_FIRST,
		     make(&world, "a-EC.example.com", "a.example.com", NULL, 0), NULL);
		show(&world, 1, 6972, ORDER_RSA_FIRST,
		     make(&world, "b.example.com", "b.example.com", rows[i].rsa_good ? root : NULL,
		          MADE_RSA),
		     NULL);
		last_shown(&world)->advertised = rows[i].advertised;
		run_world(&world);
		assert_int_equal(find_step(&world, STEP_CIPHER) != NULL, rows[i].safe);
		end_world(&world);
	}
}

/* --- new certificates ------------------------------------------------------------------------- */

/* CUCM and IM and Presence of a cluster share one, Unity Connection has its own, and RSA and ECDSA
 * are two. */
static void test_who_shares_a_certificate(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA), *bad[2];
	static const struct {
		const char *name;
		enum node_role role;
		bool clustered;
		unsigned key;
	} rows[] = {
		{ "cucm1.example.com", ROLE_CUCM, true, MADE_RSA },
		{ "imp1.example.com", ROLE_IMP, true, MADE_RSA },
		{ "cuc1.example.com", ROLE_UNITY, true, MADE_RSA },
		{ "alone.example.com", ROLE_CUCM, false, MADE_RSA },
		{ "cucm2.example.com", ROLE_CUCM, true, 0 },
	};

	(void)state;
	trust(&world, 0, root);
	bad[0] = make(&world, "old.example.com", "old.example.com", root, MADE_EXPIRED);
	bad[1] = make(&world, "old.example.com", "old.example.com", root, MADE_EXPIRED | MADE_RSA);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		add_node(&world, rows[i].name);
		world.report->nodes[i].role = rows[i].role;
		if (!rows[i].clustered)
			world.report->nodes[i].cluster = NODE_NO_CLUSTER;
		show(&world, i, 8443, ORDER_RSA_FIRST, bad[rows[i].key == MADE_RSA], NULL);
	}
	run_world(&world);
	expect_kinds(&world, "reissue reissue reissue reissue refresh workaround");
	assert_string_equal(world.report->steps[0].title,
	                    "Reissue tomcat of cucm1.example.com and imp1.example.com (one "
	                    "multi-server certificate does for all)");
	expect_names(&world.report->steps[0].sans, "cucm1.example.com, old.example.com, "
	                                           "imp1.example.com, cucm2.example.com");
	assert_string_equal(world.report->steps[1].title, "Reissue tomcat of cuc1.example.com");
	expect_names(&world.report->steps[1].sans, "cuc1.example.com, old.example.com");
	assert_string_equal(world.report->steps[2].title, "Reissue tomcat of alone.example.com");
	assert_string_equal(world.report->steps[3].title,
	                    "Reissue tomcat-ECDSA of cucm2.example.com");
	expect_names(&world.report->steps[3].sans, "cucm2.example.com, old.example.com");
	assert_null(strstr(world.report->steps[3].why, "multi-server"));
	assert_non_null(strstr(world.report->steps[0].why, "multi-server"));
	/* what is wrong with it, in words, each once */
	assert_true(strncmp(world.report->steps[1].why, "The certificate has expired. The connection "
	                                                "address is neither",
	                    60) == 0);
	end_world(&world);
}

/* Every name that clients are told and every FQDN; an IP only where there is no name at all. */
static void test_which_names_a_certificate_needs(void **state)
{
	static const struct {
		const char *addresses; /* "+" is advertised */
		const char *sans;
		bool ip; /* is an IP among them talked of */
	} rows[] = {
		{ "+cucm1.example.com 127.0.0.1", "cucm1.example.com, old.example.com", false },
		{ "+cucm1 cucm1.example.com 127.0.0.1",
		  "cucm1, cucm1.example.com, old.example.com", false },
		{ "+cucm1.example.com cucm1", "cucm1.example.com, old.example.com", false },
		{ "+127.0.0.1 127.0.0.2", "127.0.0.1, old.example.com", true },
		{ "+127.0.0.1 127.0.0.2 127.0.0.3 127.0.0.4", "127.0.0.1, old.example.com", true },
		{ "+127.0.0.1 cucm1.example.com", "cucm1.example.com, old.example.com", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct world world = new_world();
		const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);
		char *copy = mem_strdup(rows[i].addresses), *rest = copy, *one;

		trust(&world, 0, root);
		one = strsep(&rest, " ");
		add_node(&world, one + 1);
		while ((one = strsep(&rest, " ")) != NULL)
			node_add_address(&world.report->nodes[0], one, false);
		show(&world, 0, 8443, ORDER_RSA_FIRST,
		     make(&world, "old.example.com", "old.example.com 127.9.9.9", root,
		          MADE_RSA | MADE_EXPIRED),
		     NULL);
		run_world(&world);
		expect_names(&find_step(&world, STEP_REISSUE)->sans, rows[i].sans);
		assert_int_equal(strstr(find_step(&world, STEP_REISSUE)->why, "An IP passes only") !=
		                         NULL,
		                 rows[i].ip);
		free(copy);
		end_world(&world);
	}
}

static void test_where_a_certificate_is_reissued(void **state)
{
	static const struct {
		enum node_role role;
		uint16_t port;
		const char *kind, *where;
	} rows[] = {
		{ ROLE_CUCM, 8443, "tomcat", "restart Cisco Tomcat, Cisco TFTP and Cisco HAProxy" },
		{ ROLE_IMP, 8443, "tomcat", "restart Cisco Tomcat, Cisco TFTP and Cisco HAProxy" },
		{ ROLE_UNITY, 8443, "tomcat", "Administration of Unity Connection" },
		{ ROLE_CMS, 443, "webbridge", "webbridge3 https certs" },
		{ ROLE_GUEST, 443, "server certificate", "Jabber Guest server" },
	};
	static const struct {
		const char *version, *tomcats;
	} versions[] = { { NULL, "Cisco HAProxy, from release 14 on also" },
		         { "nonsense", "Cisco HAProxy, from release 14 on also" },
		         { "13.9", "Cisco HAProxy (utils" },
		         { "14.0.1", "Cisco HAProxy, Cisco UDS Tomcat" },
		         { "15.0.1", "Cisco HAProxy, Cisco UDS Tomcat" } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct world world = new_world();
		const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);
		char *title = mem_printf("Reissue %s of a.example.com", rows[i].kind);

		trust(&world, 0, root);
		add_node(&world, "a.example.com");
		world.report->nodes[0].role = rows[i].role;
		show(&world, 0, rows[i].port, ORDER_RSA_FIRST,
		     make(&world, "x", "x.example.com", root, MADE_RSA), NULL);
		run_world(&world);
		assert_string_equal(find_step(&world, STEP_REISSUE)->title, title);
		assert_non_null(strstr(find_step(&world, STEP_REISSUE)->where, rows[i].where));
		for (size_t k = 0; i == 0 && k < sizeof versions / sizeof *versions; k++) {
			free(world.report->clusters[0].version);
			world.report->clusters[0].version =
				versions[k].version != NULL ? mem_strdup(versions[k].version) : NULL;
			run_world(&world);
			assert_non_null(strstr(find_step(&world, STEP_REISSUE)->where,
			                       versions[k].tomcats));
		}
		free(title);
		end_world(&world);
	}
}

/* --- another name to advertise ---------------------------------------------------------------- */

/* A name that every certificate which counts holds, and that belongs to the node. */
static void test_which_name_to_advertise(void **state)
{
	static const struct {
		const char *node, *more, *sans, *second; /* second: SANs on 6972; NULL: not shown */
		const char *name;                        /* NULL: none is better */
	} rows[] = {
		{ "127.0.0.1", "cucm1.example.com", "cucm1.example.com", NULL, "cucm1.example.com" },
		{ "127.0.0.1", NULL, "cucm1.example.com", NULL, "cucm1.example.com" },
		{ "127.0.0.1", "cucm1.example.com", "x.example.com", NULL, "x.example.com" },
		{ "127.0.0.1", NULL, "cucm1", NULL, NULL },          /* no FQDN */
		{ "127.0.0.1", NULL, "*.example.com", NULL, NULL },  /* no name */
		{ "127.0.0.1", NULL, "a.example.com b.example.com", "b.example.com",
		  "b.example.com" },
		{ "127.0.0.1", NULL, "a.example.com", "b.example.com", NULL },
		{ "cucm1", NULL, "other.example.com cucm1.example.com", NULL, "cucm1.example.com" },
		{ "cucm1", NULL, "cucm10.example.com", NULL, NULL }, /* another node's */
		{ "cucm1", NULL, "CUCM1.example.com", NULL, "CUCM1.example.com" },
		{ "cucm1.example.com", "alias.example.com", "alias.example.com", NULL,
		  "alias.example.com" },
		{ "cucm1.example.com", NULL, "alias.example.com", NULL, NULL }, /* not its name */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct world world = new_world();
		const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);
		const struct step *step;

		trust(&world, 0, root);
		add_node(&world, rows[i].node);
		if (rows[i].more != NULL)
			node_add_address(&world.report->nodes[0], rows[i].more, false);
		show(&world, 0, 8443, ORDER_RSA_FIRST,
		     make(&world, "x-ms", rows[i].sans, root, MADE_RSA), NULL);
		if (rows[i].second != NULL)
			show(&world, 0, 6972, ORDER_RSA_FIRST,
			     make(&world, "y-ms", rows[i].second, root, MADE_RSA), NULL);
		run_world(&world);
		step = find_step(&world, STEP_ADVERTISE);
		if (rows[i].name == NULL) {
			if (step != NULL)
				fail_msg("row %zu: %s", i, step->title);
			assert_non_null(find_step(&world, STEP_REISSUE));
		} else {
			char *title = mem_printf("Advertise %s instead of %s", rows[i].name,
			                         rows[i].node);

			if (step == NULL)
				fail_msg("row %zu", i);
			assert_string_equal(step->title, title);
			assert_true(step->proved);
			assert_int_equal(strstr(step->why, "DNS did not lead") != NULL,
			                 rows[i].more == NULL || strcmp(rows[i].more, rows[i].name));
			assert_int_equal(strstr(step->why, "SAN of type IP Address") != NULL,
			                 strcmp(rows[i].node, "127.0.0.1") == 0);
			expect_counts(step, rows[i].second != NULL ? 2 : 1, 1, 1);
			assert_null(find_step(&world, STEP_REISSUE));
			free(title);
		}
		end_world(&world);
	}
}

/* The name is proved on the store as the upload before it leaves it. */
static void test_a_name_with_an_upload(void **state)
{
	struct world world = new_world();
	const struct made *stranger = make(&world, "Stranger", NULL, NULL, MADE_CA);
	const struct step *step;

	(void)state;
	add_node(&world, "127.0.0.1");
	show(&world, 0, 8443, ORDER_RSA_FIRST,
	     make(&world, "x-ms", "cucm1.example.com", stranger, MADE_RSA), stranger);
	run_world(&world);
	expect_kinds(&world, "store-add advertise refresh workaround");
	expect_counts(&world.report->steps[0], 0, 0, 0); /* the name is still wrong */
	step = &world.report->steps[1];
	expect_counts(step, 1, 1, 1);
	assert_true(step->proved); /* with the upload before it */
	end_world(&world);
}

/* --- a service that shows an older certificate ------------------------------------------------ */

static void test_when_a_restart_helps(void **state)
{
	static const struct {
		const char *what;
		bool newer, other_ip, other_name, other_kind, same_port, accepted, helps;
	} rows[] = {
		{ "helps", true, false, false, false, false, true, true },
		{ "is not newer", false, false, false, false, false, true, false },
		{ "another IP", true, true, false, false, false, true, false },
		{ "another address", true, false, true, false, false, true, false },
		{ "another kind", true, false, false, true, false, true, false },
		{ "the same port", true, false, false, false, true, true, false },
		{ "refused as well", true, false, false, false, false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct world world = new_world();
		const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);

		trust(&world, 0, root);
		add_node(&world, "a.example.com");
		node_add_address(&world.report->nodes[0], "b.example.com", false);
		show(&world, 0, 6972, ORDER_RSA_FIRST,
		     make(&world, "a.example.com", "a.example.com", NULL,
		          MADE_RSA | (rows[i].newer ? MADE_OLD : 0)),
		     NULL);
		show(&world, 0, rows[i].same_port ? 6972 : 8443, ORDER_RSA_FIRST,
		     make(&world, "a.example.com", "a.example.com b.example.com",
		          rows[i].accepted ? root : NULL, rows[i].other_kind ? 0 : MADE_RSA),
		     NULL);
		if (rows[i].other_ip)
			at_ip(&world, "127.0.5.5");
		if (rows[i].other_name)
			as(&world, "b.example.com");
		run_world(&world);
		if ((find_step(&world, STEP_RESTART_TFTP) != NULL) != rows[i].helps)
			fail_msg("%s", rows[i].what);
		if (rows[i].helps)
			expect_counts(find_step(&world, STEP_RESTART_TFTP), 1, 1, 1);
		end_world(&world);
	}
}

/* What the server does wrong in the handshake is mended by no upload and by no new certificate. */
static void test_a_server_at_fault(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);

	(void)state;
	trust(&world, 0, root);
	add_node(&world, "a.example.com");
	show(&world, 0, 8443, ORDER_RSA_FIRST,
	     make(&world, "a.example.com", "a.example.com", root, MADE_RSA), NULL);
	last_shown(&world)->flaw = FLAW_BAD_SIGNATURE;
	run_world(&world);
	assert_int_equal(world.report->status, STATUS_FAIL);
	expect_kinds(&world, "");
	end_world(&world);
}

/* --- uploads ---------------------------------------------------------------------------------- */

static void test_titles_of_uploads(void **state)
{
	struct world world = new_world();
	const struct made *one = make(&world, "One", NULL, NULL, MADE_CA),
			  *two = make(&world, "Two", NULL, NULL, MADE_CA),
			  *old = make(&world, "One", NULL, NULL, MADE_CA | MADE_EXPIRED),
			  *older = make(&world, "Two", NULL, NULL, MADE_CA | MADE_EXPIRED);

	(void)state;
	report_add_store(world.report, "peer2");
	add_node(&world, "a.example.com");
	show_both(&world, 0, make(&world, "a", "a.example.com", one, MADE_RSA), one);
	run_world(&world);
	expect_kinds(&world, "store-add refresh workaround");
	assert_string_equal(world.report->steps[0].title,
	                    "Upload 1 certificate to the trust store of every peer, once its "
	                    "fingerprint is compared");
	expect_counts(&world.report->steps[0], 4, 1, 1);
	expect_names(&world.report->steps[0].stores, "peer1, peer2");
	add_node(&world, "b.example.com");
	show_both(&world, 1, make(&world, "b", "b.example.com", two, MADE_RSA), two);
	trust(&world, 0, old);
	trust(&world, 1, old);
	run_world(&world);
	expect_kinds(&world, "store-remove store-add refresh workaround");
	assert_string_equal(world.report->steps[0].title,
	                    "Remove 1 certificate whose CN a successor needs from the trust store of "
	                    "every peer");
	assert_non_null(strstr(world.report->steps[0].note, "was not probed"));
	assert_true(world.report->steps[0].proved);
	assert_string_equal(world.report->steps[1].title,
	                    "Upload 2 certificates to the trust store of every peer, once their "
	                    "fingerprints are compared");
	assert_null(world.report->steps[1].note);
	/* peer2 alone lacks one, and peer1 alone holds the older second */
	trust(&world, 0, older);
	show(&world, 0, 5061, ORDER_RSA_FIRST, &world.made[world.made_count - 1], NULL);
	run_world(&world);
	expect_kinds(&world, "store-remove store-add store-remove store-add refresh workaround");
	assert_string_equal(world.report->steps[0].title,
	                    "Remove 2 certificates whose CN a successor needs from the trust store of "
	                    "peer1");
	assert_null(world.report->steps[0].note);
	assert_string_equal(world.report->steps[1].title,
	                    "Upload 2 certificates to the trust store of peer1, once their "
	                    "fingerprints are compared");
	expect_counts(&world.report->steps[1], 4, 2, 0); /* peer2 still refuses both */
	expect_counts(&world.report->steps[3], 4, 2, 2);
	end_world(&world);
}

/* One CA that has to be got is one step, for whom it mends; another CA is another. */
static void test_unknown_issuers(void **state)
{
	struct world world = new_world(), far = new_world();
	const struct made *one = make(&far, "One", NULL, NULL, MADE_CA),
			  *two = make(&far, "Two", NULL, NULL, MADE_CA);
	const struct step *step;

	(void)state;
	report_add_store(world.report, "peer2");
	store_add(&world.report->stores[1], two->cert);
	for (size_t i = 0; i < 4; i++) {
		char *name = mem_printf("a%zu.example.com", i);

		add_node(&world, name);
		show(&world, i, 8443, ORDER_RSA_FIRST,
		     make(&world, name, i == 3 ? "wrong.example.com" : name, i == 1 ? two : one,
		          MADE_RSA),
		     NULL);
		free(name);
	}
	/* a3's CN is its name: make it wrong */
	as(&world, "127.0.0.4");
	node_add_address(&world.report->nodes[3], "127.0.0.4", true);
	run_world(&world);
	step = nth(&world, STEP_STORE_ADD, 0);
	assert_string_equal(step->title,
	                    "Get the CA certificate of CN=One and upload it to the trust store of "
	                    "every peer");
	assert_false(step->proved);
	assert_true(step->needs_decision);
	assert_int_equal(step->cert_count, 0);
	assert_true(names_has(&step->nodes, "a0.example.com") &&
	            names_has(&step->nodes, "a2.example.com") &&
	            names_has(&step->nodes, "a3.example.com") && step->nodes.count == 3);
	assert_int_equal(step->repair_count, 4); /* a3 waits for its name */
	assert_int_equal(step->mended, 2);
	assert_non_null(strstr(step->why, "It signed CN=a0.example.com. "));
	end_world(&world);
	end_world(&far);
}

/* The CA was renewed: its old certificate is in one of the stores, under the same name. */
static void test_a_namesake_in_the_store(void **state)
{
	(void)state;
	for (size_t holder = 0; holder < 2; holder++) {
		struct world world = new_world(), far = new_world();
		const struct made *renewed = make(&far, "Corp Root", NULL, NULL, MADE_CA),
				  *old = make(&world, "Corp Root", NULL, NULL, MADE_CA);
		const struct step *step;

		report_add_store(world.report, "peer2");
		store_add(&world.report->stores[holder], old->cert);
		add_node(&world, "a.example.com");
		show(&world, 0, 8443, ORDER_RSA_FIRST,
		     make(&world, "a", "a.example.com", renewed, MADE_RSA), NULL);
		run_world(&world);
		step = nth(&world, STEP_STORE_ADD, 0);
		assert_non_null(step->note);
		assert_int_equal(strncmp(step->note, holder == 0 ? "peer1 already" : "peer2 already",
		                         13), 0);
		assert_null(strstr(step->note, holder == 0 ? "peer2" : "peer1"));
		end_world(&world);
		end_world(&far);
	}
}

/* "A CA whose root is in every store" has to be there, else it has to come there first. */
static void test_whose_root(void **state)
{
	static const struct {
		bool first, second; /* in which of two stores the root is */
		const char *peers;  /* how many stores there are */
		const char *told;   /* NULL: nothing */
		bool ended;
	} rows[] = {
		{ true, true, "2", NULL, false },
		{ true, false, "2", "No root is in all of them now", false },
		{ false, true, "2", "No root is in all of them now", false },
		{ true, false, "1", NULL, false },
		{ true, false, "1", "No root that is still valid is in it now", true },
		{ false, false, "1", "No root that is still valid is in it now", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct world world = new_world();
		const struct made *root = make(&world, "Root", NULL, NULL,
		                               rows[i].ended ? MADE_CA | MADE_EXPIRED : MADE_CA);
		const struct step *step;

		if (*rows[i].peers == '2')
			report_add_store(world.report, "peer2");
		if (rows[i].first)
			trust(&world, 0, root);
		if (rows[i].second)
			store_add(&world.report->stores[1], root->cert);
		add_node(&world, "a.example.com");
		show(&world, 0, 8443, ORDER_RSA_FIRST,
		     make(&world, "a", "a.example.com", NULL, MADE_RSA | MADE_EXPIRED), NULL);
		run_world(&world);
		step = nth(&world, STEP_REISSUE, 0);
		assert_non_null(step);
		if (rows[i].told != NULL)
			assert_non_null(strstr(step->why, rows[i].told));
		else
			assert_null(strstr(step->why, "No root"));
		end_world(&world);
	}
}

/* What is trusted already comes before what was sent, and that before what anybody sent: no upload
 * where the server sends it, and of two ways up the one to the root that is there. */
static void test_the_way_up(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA),
			  *other = make(&world, "Other", NULL, NULL, MADE_CA),
			  *top = make(&world, "Top", NULL, root, MADE_CA),
			  *sub = make(&world, "Sub", NULL, top, MADE_CA),
			  *leaf = make(&world, "a", "a.example.com", sub, MADE_RSA),
			  *second = make(&world, "b", "b.example.com", other, MADE_RSA);

	(void)state;
	trust(&world, 0, root);
	add_node(&world, "a.example.com");
	add_node(&world, "b.example.com");
	show(&world, 0, 8443, ORDER_RSA_FIRST, leaf, sub);
	show(&world, 1, 8443, ORDER_RSA_FIRST, second, other);
	chain_add(&last_shown(&world)->chain, top->cert); /* b sends what a lacks */
	run_world(&world);
	expect_kinds(&world, "store-add store-add refresh workaround");
	assert_int_equal(world.report->steps[0].cert_count, 1);
	assert_ptr_equal(world.report->steps[0].certs[0], top->cert);
	assert_string_equal(world.report->steps[0].title,
	                    "Upload 1 certificate to the trust store of every peer");
	assert_false(world.report->steps[0].needs_decision);
	assert_non_null(strstr(world.report->steps[0].why, "trusting them adds nobody new"));
	assert_int_equal(world.report->steps[1].cert_count, 1);
	assert_ptr_equal(world.report->steps[1].certs[0], other->cert);
	assert_true(world.report->steps[1].needs_decision);
	end_world(&world);
}

/* The server sends a root of its own; the store has a certificate for the same key, whose issuer it
 * lacks. That one is trusted already: its issuer is enough, and nothing is replaced. */
static void test_a_way_from_what_is_stored(void **state)
{
	struct world world = new_world();
	const struct made *sent = make(&world, "Root", NULL, NULL, MADE_CA | MADE_RSA),
			  *other = make(&world, "Other", NULL, NULL, MADE_CA),
			  *stored = make(&world, "Root", NULL, other, MADE_CA | MADE_RSA),
			  *leaf = make(&world, "a", "a.example.com", sent, MADE_RSA);

	(void)state;
	trust(&world, 0, stored);
	add_node(&world, "a.example.com");
	show(&world, 0, 8443, ORDER_RSA_FIRST, leaf, sent);
	chain_add(&last_shown(&world)->chain, other->cert);
	run_world(&world);
	expect_kinds(&world, "store-add refresh workaround");
	assert_int_equal(world.report->steps[0].cert_count, 1);
	assert_ptr_equal(world.report->steps[0].certs[0], other->cert);
	end_world(&world);
}

/* Two certificates of one issuing CA, below two roots: the root of the one that the server sends is
 * enough, where that of the other would need the CA as well. */
static void test_a_way_from_what_is_sent(void **state)
{
	struct world world = new_world();
	const struct made *foreign = make(&world, "Foreign", NULL, NULL, MADE_CA),
			  *unsent = make(&world, "Sub", NULL, foreign, MADE_CA | MADE_RSA),
			  *own = make(&world, "Own", NULL, NULL, MADE_CA),
			  *sent = make(&world, "Sub", NULL, own, MADE_CA | MADE_RSA),
			  *leaf = make(&world, "a", "a.example.com", sent, MADE_RSA);

	(void)state;
	add_node(&world, "a.example.com");
	show(&world, 0, 8443, ORDER_RSA_FIRST, leaf, sent);
	report_add_store(world.report, "peer2"); /* where all the CAs are */
	trust(&world, 1, foreign);
	trust(&world, 1, unsent);
	trust(&world, 1, own);
	run_world(&world);
	expect_kinds(&world, "store-add refresh workaround");
	assert_int_equal(world.report->steps[0].cert_count, 1);
	assert_ptr_equal(world.report->steps[0].certs[0], own->cert);
	end_world(&world);
}

/* --- what is only to be looked at ------------------------------------------------------------- */

static void test_reading_the_cipher_string(void **state)
{
	for (int rsa = 0; rsa < 2; rsa++) {
		struct world world = new_world();
		const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA), *good, *bad;
		struct fault fault;

		(void)state;
		trust(&world, 0, root);
		add_node(&world, "a.example.com");
		good = make(&world, "a", "a.example.com", root, rsa ? MADE_RSA : 0);
		bad = make(&world, "x", "a.example.com", NULL, rsa ? 0 : MADE_RSA);
		show(&world, 0, 6972, ORDER_RSA_FIRST, rsa ? good : bad, NULL);
		show(&world, 0, 6972, ORDER_ECDSA_FIRST, rsa ? bad : good, NULL);
		assert_int_equal(order_from_upgrade(rsa ? "X14.0.7,X14.2" : "fresh,X14.2",
		                                    &world.report->policy, &fault),
		                 0);
		run_world(&world);
		expect_kinds(&world, "read-cipher");
		assert_non_null(strstr(world.report->steps[0].title,
		                       rsa ? "it has to begin with" : "it must not begin with"));
		assert_non_null(strstr(world.report->steps[0].where,
		                       rsa ? "is missing, write it in front" : "take it away"));
		assert_non_null(strstr(world.report->steps[0].why, rsa ? "only while RSA is first"
		                                                       : "only while ECDSA is first"));
		/* not while something is refused in the order in force */
		show(&world, 0, 8443, rsa ? ORDER_RSA_FIRST : ORDER_ECDSA_FIRST, bad, NULL);
		run_world(&world);
		assert_null(find_step(&world, STEP_READ_CIPHER));
		end_world(&world);
	}
}

/* Nodes that could not be checked, whose handshake did not finish, or whose list is missing; those
 * that nobody is sent to are not asked after. */
static void test_what_to_check(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);
	const struct made *leaf = make(&world, "x", "a b c d", root, MADE_RSA);

	(void)state;
	trust(&world, 0, root);
	for (size_t i = 0; i < 4; i++) {
		static const char *const names[] = { "a", "b", "c", "d" };

		add_node(&world, names[i]);
		show(&world, i, 8443, ORDER_RSA_FIRST, leaf, NULL);
		if (i == 1 || i == 3) {
			chain_clear(&last_shown(&world)->chain);
			last_shown(&world)->outcome = OUTCOME_TIMEOUT;
			last_shown(&world)->advertised = i == 1;
		} else if (i == 2) {
			last_shown(&world)->handshake_completed = false;
			last_shown(&world)->reached = REACHED_CERTIFICATE;
		}
	}
	run_world(&world);
	expect_kinds(&world, "check");
	expect_names(&world.report->steps[0].nodes, "b, c");
	assert_string_equal(world.report->steps[0].title,
	                    "Find out why 2 nodes could not be checked, then run again");
	assert_string_equal(
		world.report->steps[0].why,
		"Unreachable is not a pass: what these would present is not known.");
	world.report->clusters[0].outcome = DISCOVERY_TLS;
	run_world(&world);
	assert_string_equal(world.report->steps[0].title,
	                    "Find out why 3 nodes could not be checked, then run again");
	assert_true(names_has(&world.report->steps[0].nodes, "cucm1.example.com"));
	end_world(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_steps_count),
		cmocka_unit_test(test_addresses_in_turns),
		cmocka_unit_test(test_instead_of_several),
		cmocka_unit_test(test_when_the_cipher_string_helps),
		cmocka_unit_test(test_when_the_cipher_string_is_safe),
		cmocka_unit_test(test_who_shares_a_certificate),
		cmocka_unit_test(test_which_names_a_certificate_needs),
		cmocka_unit_test(test_where_a_certificate_is_reissued),
		cmocka_unit_test(test_which_name_to_advertise),
		cmocka_unit_test(test_a_name_with_an_upload),
		cmocka_unit_test(test_when_a_restart_helps),
		cmocka_unit_test(test_a_server_at_fault),
		cmocka_unit_test(test_titles_of_uploads),
		cmocka_unit_test(test_unknown_issuers),
		cmocka_unit_test(test_a_namesake_in_the_store),
		cmocka_unit_test(test_whose_root),
		cmocka_unit_test(test_the_way_up),
		cmocka_unit_test(test_a_way_from_what_is_stored),
		cmocka_unit_test(test_a_way_from_what_is_sent),
		cmocka_unit_test(test_reading_the_cipher_string),
		cmocka_unit_test(test_what_to_check),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	made_end();
	return failed;
}
