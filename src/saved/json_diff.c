/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "saved/json_diff.h"
#include "saved/json_facts.h"

#include <stdlib.h>

static json_t *side(const struct report *report)
{
	json_t *object = json_object();

	json_object_set_new(object, "started", json_time(report->started));
	json_object_set_new(object, "status",
	                    report->answer == NULL ? json_null()
	                                           : json_string(status_name(report->status)));
	json_object_set_new(object, "answer", json_text(report->answer));
	return object;
}

static json_t *change_of(const struct change *change)
{
	json_t *object = json_object();

	json_object_set_new(object, "news", json_string(news_name(change->news)));
	json_object_set_new(object, "text", json_text(change->text));
	json_object_set_new(object, "node", json_text(change->node));
	json_object_set_new(object, "address", json_text(change->address));
	json_object_set_new(object, "port",
	                    change->port == 0 ? json_null() : json_integer(change->port));
	json_object_set_new(object, "order",
	                    change->port == 0 ? json_null()
	                                      : json_string(order_name(change->order)));
	json_object_set_new(object, "trust", json_text(change->store));
	json_object_set_new(object, "advertised",
	                    change->port == 0 ? json_null() : json_boolean(change->advertised));
	json_object_set_new(object, "was", json_text(change->was));
	json_object_set_new(object, "now", json_text(change->now));
	return object;
}

void json_diff(const struct report *old, const struct report *new,
               const struct comparison *comparison, struct buf *out)
{
	json_t *object, *changes;

	json_set_alloc_funcs(mem_alloc,
	                     free); /* out of memory ends the program: no value below is NULL */
	object = json_object();
	changes = json_array();
	for (size_t i = 0; i < comparison->count; i++)
		json_array_append_new(changes, change_of(&comparison->changes[i]));
	json_object_set_new(object, "schema_version", json_string("1.0"));
	json_object_set_new(object, "kind", json_string("diff"));
	json_object_set_new(object, "tool", json_tool());
	json_object_set_new(object, "worse", json_boolean(comparison->worse));
	json_object_set_new(object, "old", side(old));
	json_object_set_new(object, "new", side(new));
	json_object_set_new(object, "changes", changes);
	json_put(out, object, JSON_INDENT(1));
	buf_putc(out, '\n');
}
