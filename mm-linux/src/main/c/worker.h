#ifndef POLYMM_WORKER_H
#define POLYMM_WORKER_H

#include "protocol.h"

/* One socket pair a worker: [0] is the controller's end, [1] the worker's. Made before the first worker starts, so
   that a worker which forks has the ends of all its possible children. */
extern int channel[WORKERS][2];

/* Takes requests from the controller until it is told to exit. Never returns. */
_Noreturn void worker_main(unsigned id, int spawn_bits);

#endif
