/* What the controller knows of its workers. */
#ifndef POLYMM_CONTROLLER_H
#define POLYMM_CONTROLLER_H

#include "protocol.h"
#include "state.h"

struct worker {
	struct view view; /* view.pid is 0 if there is no such worker */
	struct vma_list vmas;
};
extern struct worker workers[WORKERS];

/* Has a worker do something: sends the request, and bytes after it, and waits for the head of the reply. If the worker
   ended meanwhile, the status says so and the worker is gone. */
void ask(unsigned id, const struct request *q, const void *more, size_t size, struct reply *p);

/* The same, with a descriptor that is sent along. */
void ask_with_descriptor(unsigned id, const struct request *q, int fd, struct reply *p);

/* Reads the payload of the last reply of a worker; 0 if the worker ended meanwhile. */
int ask_payload(unsigned id, void *bytes, size_t size);

/* Empties this CPU's batches: locking and unlocking a page does. */
void drain_batches(void);

/* files.c */
void file_open(const struct request *q, struct reply *p);
void file_close(const struct request *q, struct reply *p);
void file_load(const struct request *q, struct reply *p);
void file_store(const struct request *q, struct reply *p);
void files_reset(void);
void files_directory(const char *name);

/* probes.c */
void probe_set(const struct request *q, struct reply *p);
void probe_remove(const struct request *q, struct reply *p);
void probes_close(int file);
void probes_forget(void);

/* snapshot.c; both write their reply, payload included */
void snapshot(const struct request *q);
void frames(const struct request *q);

#endif
