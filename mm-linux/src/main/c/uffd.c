/*
 * userfaultfd.
 *
 * The worker opens, registers and resolves by itself; who takes the faults is a thread of the same worker, started by
 * OP_ACCESS, so that the worker stays free to hear what to do about them. An access that is not made that way and has
 * to wait for a resolution waits for ever: the controller ends such a worker after a while.
 *
 * Messages of changes of mappings (fork, mremap, madvise, munmap) keep the system call waiting until they are read. For userfaultfds that were
 * opened for them, a thread of the worker reads all messages and keeps them. The userfaultfd of a child comes with the message of the fork,
 * and gets the next free number.
 */
#define _GNU_SOURCE
#include "uffd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
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

/* Messages that the reading thread has read and nobody asked for yet: of faults, and of changes. */
#define KEPT 64
struct kept {
	uint64_t words[KEPT][4];
	unsigned first, count;
};
static struct kept faults[UFFDS], changes[UFFDS];
static int is_read[UFFDS];
static pthread_mutex_t keeping = PTHREAD_MUTEX_INITIALIZER;
static int reading;

static void keep(struct kept *kept, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	uint64_t *word = kept->words[(kept->first + kept->count) % KEPT];

	if (kept->count == KEPT)
		return;
	kept->count++;
	word[0] = a;
	word[1] = b;
	word[2] = c;
	word[3] = d;
}

static uint32_t take(struct kept *kept, uint64_t *words, uint32_t most)
{
	uint32_t n = 0;

	pthread_mutex_lock(&keeping);
	for (; n < most && kept->count > 0; n++) {
		memcpy(words + 4 * n, kept->words[kept->first], sizeof kept->words[0]);
		kept->first = (kept->first + 1) % KEPT;
		kept->count--;
	}
	pthread_mutex_unlock(&keeping);
	return n;
}

/* The child's userfaultfd gets the first number that is free; UFFDS if there is none, and then it is closed. */
static int adopt(int fd)
{
	for (int i = 0; i < UFFDS; i++) {
		if (descriptors[i] < 0) {
			descriptors[i] = fd;
			is_read[i] = 1;
			return i;
		}
	}
	close(fd);
	return UFFDS;
}

static void hear(int number, const struct uffd_msg *m)
{
	switch (m->event) {
	case UFFD_EVENT_PAGEFAULT:
		keep(&faults[number], m->event, m->arg.pagefault.flags, m->arg.pagefault.address,
		     m->arg.pagefault.feat.ptid);
		break;
	case UFFD_EVENT_FORK:
		keep(&changes[number], m->event, (uint64_t)adopt((int)m->arg.fork.ufd), 0, 0);
		break;
	case UFFD_EVENT_REMAP:
		keep(&changes[number], m->event, m->arg.remap.from, m->arg.remap.to, m->arg.remap.len);
		break;
	default:
		keep(&changes[number], m->event, m->arg.remove.start, m->arg.remove.end, 0);
	}
}

static void *read_all(void *unused)
{
	struct uffd_msg message;
	struct pollfd ready[UFFDS];

	for (;;) {
		pthread_mutex_lock(&keeping);
		for (int i = 0; i < UFFDS; i++)
			ready[i] = (struct pollfd){.fd = is_read[i] ? descriptors[i] : -1, .events = POLLIN};
		pthread_mutex_unlock(&keeping);
		poll(ready, UFFDS, 5);
		pthread_mutex_lock(&keeping);
		for (int i = 0; i < UFFDS; i++)
			while (is_read[i] && read(descriptors[i], &message, sizeof message) == sizeof message)
				hear(i, &message);
		pthread_mutex_unlock(&keeping);
	}
	return unused;
}

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

	if (q->a[0] < 0 || q->a[0] >= UFFDS || descriptors[q->a[0]] >= 0) {
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
	pthread_mutex_lock(&keeping);
	descriptors[q->a[0]] = fd;
	is_read[q->a[0]] = (q->a[1] & WAITING_FEATURES) != 0;
	faults[q->a[0]].count = changes[q->a[0]].count = 0;
	if (is_read[q->a[0]] && !reading) {
		pthread_t thread;

		reading = 1;
		if (pthread_create(&thread, NULL, read_all, NULL) != 0)
			_exit(3);
	}
	pthread_mutex_unlock(&keeping);
	p->value = (int64_t)api.features;
}

void uffd_close(const struct request *q, struct reply *p)
{
	int fd = descriptor_of(q, p);

	if (fd < 0)
		return;
	pthread_mutex_lock(&keeping);
	close(fd);
	descriptors[q->a[0]] = -1;
	is_read[q->a[0]] = 0;
	pthread_mutex_unlock(&keeping);
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
	if (is_read[q->a[0]]) {
		p->count = take(&faults[q->a[0]], words, KEPT);
		p->length = (uint32_t)(4 * p->count * sizeof words[0]);
		return words;
	}
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

/* One message of a change; waits for it, so many milliseconds at most. */
const uint64_t *uffd_change(const struct request *q, struct reply *p)
{
	static uint64_t words[4];

	if (descriptor_of(q, p) < 0)
		return words;
	for (int64_t waited = 0;; waited++) {
		p->count = take(&changes[q->a[0]], words, 1);
		if (p->count > 0 || waited >= q->a[1])
			break;
		poll(NULL, 0, 1);
	}
	p->length = (uint32_t)(p->count * sizeof words);
	return words;
}

void uffds_disown(void)
{
	pthread_mutex_init(&keeping, NULL);
	reading = 0;
	memset(is_read, 0, sizeof is_read);
	for (int i = 0; i < UFFDS; i++) {
		if (descriptors[i] >= 0)
			close(descriptors[i]);
		descriptors[i] = -1;
	}
}
