/* SPDX-License-Identifier: MIT */
/* TEMPORARY: weak stand-ins for what has not landed yet, so that main links. To be removed. */
#include "config.h"

#include "pki/trust.h"
#include "stage/compare.h"
#include "stage/discover.h"
#include "stage/examine.h"
#include "stage/export.h"
#include "stage/judge.h"
#include "stage/order.h"
#include "stage/plan.h"
#include "stage/probe.h"
#include "stage/recall.h"
#include "stage/resolve.h"

#define WEAK __attribute__((weak))
#pragma GCC diagnostic ignored "-Wunused-parameter"
WEAK void plan_run(struct report *report) {}
WEAK int plan_export(const struct report *report, const char *dir, struct fault *fault) { return 0; }
