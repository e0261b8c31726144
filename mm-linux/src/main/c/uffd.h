/* userfaultfd, with the worker as its own monitor. */
#ifndef POLYMM_UFFD_H
#define POLYMM_UFFD_H

#include "protocol.h"

void uffd_open(const struct request *q, struct reply *p);
void uffd_close(const struct request *q, struct reply *p);
void uffd_register(const struct request *q, struct reply *p);
void uffd_unregister(const struct request *q, struct reply *p);
void uffd_resolve(const struct request *q, struct reply *p);

/* Fault messages that wait, four words each; returns them. */
const uint64_t *uffd_messages(const struct request *q, struct reply *p);

/* A message of a change of mappings, four words: event; then the number of a child's userfaultfd, or start and end, or from, to and length. */
const uint64_t *uffd_change(const struct request *q, struct reply *p);

/* After a fork, in the child: the descriptors are the parent's. */
void uffds_disown(void);

#endif
