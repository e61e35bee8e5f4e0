/* SPDX-License-Identifier: MIT */
/* order: which cipher order is in force, from --order, --cipher-string or --upgrade (FACTS 2). Knows no handshake. */
#ifndef MRA_STAGE_ORDER_H
#define MRA_STAGE_ORDER_H

#include "base/fault.h"
#include "model/policy.h"

int order_from_string(const char *cipher_string, struct policy *policy, struct fault *fault);
int order_from_upgrade(const char *from_to, struct policy *policy, struct fault *fault); /* "X14.0.7,X14.2" */

#endif
