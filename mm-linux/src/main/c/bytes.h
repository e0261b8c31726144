/* Reading and writing whole pieces of bytes. */
#ifndef POLYMM_BYTES_H
#define POLYMM_BYTES_H

#include <stddef.h>

/* Reads exactly size bytes; 0 at the end of the stream or on an error (errno says which: 0 for the end). */
int read_fully(int fd, void *bytes, size_t size);

/* Writes exactly size bytes; 0 on an error. */
int write_fully(int fd, const void *bytes, size_t size);

#endif
