/* SPDX-License-Identifier: MIT */
/* client_file: Expressway-C's own certificate with its chain from a file. Knows no verdict; refuses
 * files with a key, and those in which no certificate can be a client's. */
#ifndef MRA_PKI_CLIENT_FILE_H
#define MRA_PKI_CLIENT_FILE_H

#include "base/fault.h"
#include "model/client.h"

/* Reads "NAME=FILE" or "FILE" ("none": no certificate is sent) into client, which is zeroed; sets
 * its name. The certificate of Expressway-C comes first in its chain wherever it stands in the
 * file; the others keep their order. -1 with a fault of one sentence: unreadable, no certificate in
 * it, a private key in it, only CA certificates, several that are not a CA's. notes: what was odd
 * and read all the same. */
int client_file_load(struct certset *set, const char *spec, struct client *client,
                     struct names *notes, struct fault *fault);

#endif
