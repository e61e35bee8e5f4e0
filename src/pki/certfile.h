/* SPDX-License-Identifier: MIT */
/* certfile: every certificate of a file, in its order, and what had to be done or could not be done
 * to get at them. Knows no store, no chain and no verdict.
 *
 * Read are: PEM blocks with anything between, before or behind them, in UTF-8, UTF-16 or ASCII and
 * with any line ends; PKCS#7 in PEM or DER (.p7b, .p7c); DER, one certificate after another; bare
 * base64 of either. Expressway's own reader is stricter than this, and what its upload does with an
 * odd file is not known: so whatever is odd is read and said. */
#ifndef MRA_PKI_CERTFILE_H
#define MRA_PKI_CERTFILE_H

#include "base/fault.h"
#include "model/cert.h"

enum certfile_use {
	CERTFILE_STORE, /* as OpenSSL loads a store: what stands behind a certificate in its block
	                   is not looked at */
	CERTFILE_SENT   /* as in a TLS message, where a certificate has to end with its bytes */
};

struct certfile_cert {
	const struct cert *cert; /* borrowed from the set; its readable may be false */
	size_t line;             /* of its BEGIN; 0: there are no lines */
	bool trusted_label;      /* a TRUSTED CERTIFICATE: settings stood behind it */
	bool withheld;           /* and they are broken, or withhold trust from TLS servers */
};

enum certfile_flaw {
	CERTFILE_ODD,   /* read all the same */
	CERTFILE_LOST,  /* something that ought to be a certificate is none */
	CERTFILE_BROKEN /* the text is damaged, or holds what must not be in it: the file as a whole
	                   is not to be used */
};

struct certfile_problem {
	enum certfile_flaw flaw;
	size_t line; /* from 1; 0: the file as a whole */
	/* owned; a clause without the file's name, with what to do where it is broken */
	char *text;
};

struct certfile {
	struct certfile_cert *certs; /* owned */
	size_t count;
	struct certfile_problem
		*problems; /* owned; in the order of the file, at most 1,000 of a kind */
	size_t problem_count;
	size_t flaws[CERTFILE_BROKEN + 1]; /* how many of each kind there were */
};

/* Reads all of bytes; set owns the certificates. Fills file, to be cleared in any case. -1 and a
 * fault only where nothing can be said of parts: the file is empty, has no certificate in it, or
 * more than 10,000. what names the file in messages. */
int certfile_read(struct certset *set, const char *bytes, size_t len, const char *what,
                  enum certfile_use use, struct certfile *file, struct fault *fault);
void certfile_clear(struct certfile *file);

/* For certfile's own parts: takes what is one certificate, or a PKCS#7 that holds some. */
struct certfile_reading {
	struct certset *set;
	enum certfile_use use;
	const char *what;
	struct certfile *file;
	size_t skipped;            /* blocks of other kinds */
	const char *skipped_label; /* of the first of them; borrowed from a table */
	bool too_many;
};
void certfile_take(struct certfile_reading *r, const unsigned char *der, size_t len, size_t line,
                   bool trusted_label);
void certfile_problem(struct certfile_reading *r, enum certfile_flaw flaw, size_t line,
                      const char *format, ...) __attribute__((format(printf, 4, 5)));
/* all blocks of a text */
void certfile_pem(struct certfile_reading *r, const char *text, size_t len);

#endif
