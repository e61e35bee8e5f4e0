/* SPDX-License-Identifier: MIT */
/* export: the certificates that the plan wants in the store, as PEM files. Knows no judging. */
#ifndef MRA_SAVED_EXPORT_H
#define MRA_SAVED_EXPORT_H

#include "base/fault.h"
#include "model/report.h"

/* One readable name a certificate and bundle.pem with all, in dir (made if missing); never a
 * certificate that no step STEP_STORE_ADD asks for, or that every store holds. What an earlier
 * export wrote there and this one does not is removed: a manifest remembers the names. A sentence
 * on what was written goes to tell_fd; -1: to nobody. */
int plan_export(const struct report *report, const char *dir, int tell_fd, struct fault *fault);

#endif
