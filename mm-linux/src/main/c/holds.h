/* What a worker holds pages by, other than page tables: pins and references. */
#ifndef POLYMM_HOLDS_H
#define POLYMM_HOLDS_H

#include "protocol.h"

void pin(const struct request *q, struct reply *p);
void pin_load(const struct request *q, struct reply *p);
void pin_store(const struct request *q, struct reply *p);
void unpin(const struct request *q, struct reply *p);

void reference(const struct request *q, struct reply *p);
void reference_load(const struct request *q, struct reply *p);
void release(const struct request *q, struct reply *p);

/* Lets go of everything. */
void holds_release(void);

/* After a fork, in the child: what the parent holds is the parent's alone. */
void holds_disown(void);

#endif
