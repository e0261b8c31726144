#include "out.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Room for every request that a client may send ahead, and some. */
#define IN_SIZE (4 * MAX_PENDING * sizeof(struct request))
#define OUT_SIZE (256 * 1024)

static char in[IN_SIZE];
static size_t in_first, in_end;
static int in_ended;

static char pending[OUT_SIZE];
static size_t pending_size;

int streams_open(void)
{
	int flags = fcntl(STDOUT_FILENO, F_GETFL);

	return flags >= 0 && fcntl(STDOUT_FILENO, F_SETFL, flags | O_NONBLOCK) == 0;
}

/* Takes in what there is, at most what there is room for. */
static void take_in(void)
{
	ssize_t n;

	if (in_first > 0) {
		memmove(in, in + in_first, in_end - in_first);
		in_end -= in_first;
		in_first = 0;
	}
	n = read(STDIN_FILENO, in + in_end, IN_SIZE - in_end);
	if (n > 0)
		in_end += (size_t)n;
	else if (n == 0 || errno != EINTR)
		in_ended = 1;
}

/* Writes; while the client does not read, takes requests in. */
static void drain_to(const char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t n = write(STDOUT_FILENO, bytes, size);

		if (n > 0) {
			bytes += n;
			size -= (size_t)n;
		} else if (n < 0 && errno == EAGAIN) {
			struct pollfd fds[2] = {{.fd = STDOUT_FILENO, .events = POLLOUT},
						{.fd = STDIN_FILENO, .events = POLLIN}};
			int room = !in_ended && in_end - in_first < IN_SIZE;

			poll(fds, room ? 2 : 1, -1);
			if (room && fds[1].revents)
				take_in();
		} else if (n < 0 && errno != EINTR) {
			exit(0); /* the client is gone */
		}
	}
}

static void flush_out(void)
{
	drain_to(pending, pending_size);
	pending_size = 0;
}

void out(const void *bytes, size_t size)
{
	if (size > OUT_SIZE - pending_size)
		flush_out();
	if (size > OUT_SIZE) {
		drain_to(bytes, size);
		return;
	}
	memcpy(pending + pending_size, bytes, size);
	pending_size += size;
}

int next_request(struct request *q)
{
	while (in_end - in_first < sizeof *q) {
		/* Writing may take requests in: then there is no reason to wait for more. */
		if (pending_size > 0) {
			flush_out();
			continue;
		}
		if (in_ended)
			return 0;
		take_in();
	}
	memcpy(q, in + in_first, sizeof *q);
	in_first += sizeof *q;
	return 1;
}
