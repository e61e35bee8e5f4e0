/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "saved/calibration.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static int bad(struct fault *fault, const char *what)
{
	return fault_set(fault, FAULT_USAGE,
	                 "%.200s: \"calibration\" is not as `mra-preflight log -f json` writes it",
	                 what);
}

/* A row of the list; an id that is not known comes from a newer version. */
static int read_row(struct calibration *calibration, const char *id, const char *value)
{
	enum traffic_server server;
	enum order order;
	enum era era;

	if (strcmp(value, "unknown") == 0 || strcmp(value, "not-seen") == 0)
		return 0;
	if (strcmp(id, "era") == 0) {
		if (era_parse(value, &era) != 0)
			return -1;
		calibration->era = (int)era;
	} else if (strcmp(id, "traffic-server") == 0) {
		if (traffic_server_parse(value, &server) != 0)
			return -1;
		calibration->traffic_server = (int)server;
	} else if (strcmp(id, "order") == 0) {
		if (order_parse(value, &order) != 0)
			return -1;
		calibration->order = (int)order;
	} else if (strcmp(id, "ip-san") == 0) {
		if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
			return -1;
		calibration->ip_san = *value == 'y';
	} else if (strcmp(id, "verification") == 0) {
		return verification_parse(value, &calibration->verification);
	}
	return 0;
}

static int read_rows(struct calibration *calibration, const json_t *root, const char *what,
                     struct fault *fault)
{
	const json_t *rows = json_object_get(root, "calibration");

	if (!json_is_array(rows))
		return bad(fault, what);
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const char *id = json_string_value(json_object_get(json_array_get(rows, i), "id"));
		const char *value =
			json_string_value(json_object_get(json_array_get(rows, i), "value"));

		if (id == NULL || value == NULL || read_row(calibration, id, value) != 0)
			return bad(fault, what);
	}
	return 0;
}

struct calibration *calibration_read(const char *text, size_t len, const char *what,
                                     struct fault *fault)
{
	struct calibration *calibration = NULL;
	const char *kind;
	json_error_t error;
	json_t *root;

	json_set_alloc_funcs(mem_alloc, free);
	root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
	kind = json_string_value(json_object_get(root, "kind"));
	if (root == NULL) {
		fault_set(fault, FAULT_USAGE,
		          "%.200s, line %d: not JSON: save what `mra-preflight log -f json` writes",
		          what, error.line);
	} else if (kind == NULL || strcmp(kind, "log") != 0) {
		fault_set(fault, FAULT_USAGE,
		          "%.200s is not what `mra-preflight log -f json` writes", what);
	} else {
		calibration = calibration_new(what);
		if (read_rows(calibration, root, what, fault) != 0) {
			calibration_free(calibration);
			calibration = NULL;
		}
	}
	json_decref(root);
	return calibration;
}
