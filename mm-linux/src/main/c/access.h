/* Loads and stores that report the signal they raise. */
#ifndef POLYMM_ACCESS_H
#define POLYMM_ACCESS_H

#include "protocol.h"

/* Sets the handlers of SIGSEGV and SIGBUS; children inherit them. */
void accesses_open(void);

/* One word; 0 if that raised a signal. */
int store_word(uint64_t address, uint64_t value);
int load_word(uint64_t address, uint64_t *value);

/* The signal that the last access of this thread raised. */
void report_fault(struct reply *p);

/* Accesses that may have to wait for somebody: threads of their own do them. */
void access_start(const struct request *q, struct reply *p);
void access_finish(const struct request *q, struct reply *p);

/* After a fork, in the child: the threads are the parent's. */
void accesses_disown(void);

#endif
