/* The two streams to the client, so that neither side waits for the other for ever. */
#ifndef POLYMM_OUT_H
#define POLYMM_OUT_H

#include "protocol.h"

/* Sets the streams up; 0 on an error. */
int streams_open(void);

/* The next request; 0 at the end of the stream. Writes what is pending before it waits. */
int next_request(struct request *q);

/* Appends bytes to what will be written. */
void out(const void *bytes, size_t size);

#endif
