/*
 * userfaultfd.
 *
 * The worker opens, registers and resolves by itself; who takes the faults is a thread of the same worker, started by
 * OP_ACCESS, so that the worker stays free to hear what to do about them. An access that is not made that way and has
 * to wait for a resolution waits for ever: the controller ends such a worker after a while.
 */
#define _GNU_SOURCE
#include "uffd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of kernels younger than the headers of some distributions. */
struct poison {
	struct uffdio_range range;
	uint64_t mode;
	int64_t updated;
};
struct move {
	uint64_t dst, src, len, mode;
	int64_t moved;
};
#define DO_POISON _IOWR(UFFDIO, 0x08, struct poison)
#define DO_MOVE _IOWR(UFFDIO, 0x05, struct move)

/* Their events make system calls wait until they are read. */
#define WAITING_FEATURES                                                                                     \
	(UFFD_FEATURE_EVENT_FORK | UFFD_FEATURE_EVENT_REMAP | UFFD_FEATURE_EVENT_REMOVE | UFFD_FEATURE_EVENT_UNMAP)

#define LARGEST_COPY (512 * PAGE_SIZE)

static int descriptors[UFFDS] = {-1, -1, -1, -1};
_Static_assert(UFFDS == 4, "all descriptors begin as none");

static void fail(struct reply *p)
{
	p->value = -1;
	p->error = errno;
}

static int descriptor_of(const struct request *q, struct reply *p)
{
	if (q->a[0] >= 0 && q->a[0] < UFFDS && descriptors[q->a[0]] >= 0)
		return descriptors[q->a[0]];
	p->status = STATUS_REFUSED;
	p->error = EBADF;
	return -1;
}

void uffd_open(const struct request *q, struct reply *p)
{
	struct uffdio_api api = {.api = UFFD_API, .features = (uint64_t)q->a[1]};
	int fd;

	if (q->a[0] < 0 || q->a[0] >= UFFDS || descriptors[q->a[0]] >= 0 || q->a[1] & WAITING_FEATURES) {
		p->status = STATUS_REFUSED;
		p->error = EINVAL;
		return;
	}
	fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) != 0) {
		fail(p);
		if (fd >= 0)
			close(fd);
		return;
	}
	descriptors[q->a[0]] = fd;
	p->value = (int64_t)api.features;
}

void uffd_close(const struct request *q, struct reply *p)
{
	int fd = descriptor_of(q, p);

	if (fd < 0)
		return;
	close(fd);
	descriptors[q->a[0]] = -1;
}

void uffd_register(const struct request *q, struct reply *p)
{
	struct uffdio_register r = {
		.range = {.start = (uint64_t)q->a[1], .len = (uint64_t)q->a[2]}, .mode = (uint64_t)q->a[3]};
	int fd = descriptor_of(q, p);

	if (fd < 0)
		return;
	if (ioctl(fd, UFFDIO_REGISTER, &r) != 0)
		fail(p);
	else
		p->value = (int64_t)r.ioctls;
}

void uffd_unregister(const struct request *q, struct reply *p)
{
	struct uffdio_range range = {.start = (uint64_t)q->a[1], .len = (uint64_t)q->a[2]};
	int fd = descriptor_of(q, p);

	if (fd >= 0 && ioctl(fd, UFFDIO_UNREGISTER, &range) != 0)
		fail(p);
}

/* Pages whose first words are value, value + step, ... */
static int64_t copy(int fd, const struct request *q)
{
	static char source[LARGEST_COPY] __attribute__((aligned(4096)));
	struct uffdio_copy c = {.dst = (uint64_t)q->a[2],
				.src = (uint64_t)source,
				.len = (uint64_t)q->a[3],
				.mode = (uint64_t)q->a[4]};

	if (c.len > sizeof source) {
		errno = EINVAL;
		return -1;
	}
	for (uint64_t i = 0; i < c.len / PAGE_SIZE; i++)
		*(uint64_t *)(void *)(source + i * PAGE_SIZE) = (uint64_t)(q->a[5] + (int64_t)i * q->a[6]);
	return ioctl(fd, UFFDIO_COPY, &c) == 0 ? c.copy : -1;
}

/* The value is how many bytes were done, as far as the kernel says. */
void uffd_resolve(const struct request *q, struct reply *p)
{
	struct uffdio_range range = {.start = (uint64_t)q->a[2], .len = (uint64_t)q->a[3]};
	uint64_t mode = (uint64_t)q->a[4];
	int fd = descriptor_of(q, p);

	if (fd < 0)
		return;
	switch (q->a[1]) {
	case RESOLVE_COPY:
		p->value = copy(fd, q);
		break;
	case RESOLVE_ZEROPAGE: {
		struct uffdio_zeropage z = {.range = range, .mode = mode};

		p->value = ioctl(fd, UFFDIO_ZEROPAGE, &z) == 0 ? z.zeropage : -1;
		break;
	}
	case RESOLVE_CONTINUE: {
		struct uffdio_continue c = {.range = range, .mode = mode};

		p->value = ioctl(fd, UFFDIO_CONTINUE, &c) == 0 ? c.mapped : -1;
		break;
	}
	case RESOLVE_WRITEPROTECT: {
		struct uffdio_writeprotect w = {.range = range, .mode = mode};

		p->value = ioctl(fd, UFFDIO_WRITEPROTECT, &w) == 0 ? (int64_t)range.len : -1;
		break;
	}
	case RESOLVE_POISON: {
		struct poison z = {.range = range, .mode = mode};

		p->value = ioctl(fd, DO_POISON, &z) == 0 ? z.updated : -1;
		break;
	}
	case RESOLVE_MOVE: {
		struct move m = {.dst = range.start, .src = (uint64_t)q->a[5], .len = range.len, .mode = mode};

		p->value = ioctl(fd, DO_MOVE, &m) == 0 ? m.moved : -1;
		break;
	}
	case RESOLVE_WAKE:
		p->value = ioctl(fd, UFFDIO_WAKE, &range) == 0 ? (int64_t)range.len : -1;
		break;
	default:
		p->status = STATUS_REFUSED;
		p->error = EINVAL;
		return;
	}
	if (p->value < 0)
		fail(p);
}

const uint64_t *uffd_messages(const struct request *q, struct reply *p)
{
	static uint64_t words[4 * 64];
	struct uffd_msg message;
	struct pollfd ready = {.fd = descriptor_of(q, p), .events = POLLIN};

	if (ready.fd < 0)
		return words;
	poll(&ready, 1, (int)q->a[1]);
	while (p->count < 64 && read(ready.fd, &message, sizeof message) == sizeof message) {
		uint64_t *word = words + 4 * p->count++;

		word[0] = message.event;
		word[1] = message.arg.pagefault.flags;
		word[2] = message.arg.pagefault.address;
		word[3] = message.arg.pagefault.feat.ptid;
	}
	p->length = (uint32_t)(4 * p->count * sizeof words[0]);
	return words;
}

void uffds_disown(void)
{
	for (int i = 0; i < UFFDS; i++) {
		if (descriptors[i] >= 0)
			close(descriptors[i]);
		descriptors[i] = -1;
	}
}
