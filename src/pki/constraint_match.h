/* SPDX-License-Identifier: MIT */
/* constraint_match: is one name in one subtree, kind by kind? Knows no lists of them. */
#ifndef MRA_PKI_CONSTRAINT_MATCH_H
#define MRA_PKI_CONSTRAINT_MATCH_H

#include "pki/constraint.h"
#include "pki/extension.h"

/* CONSTRAINT_KEPT: it is; CONSTRAINT_PERMITTED: it is not; else why that cannot be said. */
enum constraint constraint_match(const struct general_name *name, const struct general_name *base);

#endif
