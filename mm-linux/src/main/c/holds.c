/*
 * Pins and references.
 *
 * A pin is a buffer registered with an io_uring: the kernel takes a long-term pin for writing (FOLL_LONGTERM), as for
 * DMA, and accounts it in VmPin. The device is a read or write of the ring that names the buffer: it reaches the page
 * by the pin, whatever the page tables say by then. The other end is a pipe, so that a transfer is over at once.
 *
 * A reference is what vmsplice(2) leaves in a pipe: the page with its count raised, no pin.
 */
#define _GNU_SOURCE
#include "holds.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

struct pin {
	int used;
	uint64_t address, length;
	int ring;
	int device[2]; /* a pipe */
	struct io_uring_params params;
	char *queues; /* the kernel chooses where; far from what is read back */
	size_t queues_size;
	struct io_uring_sqe *entries;
	size_t entries_size;
};
static struct pin pins[HOLDS];

struct reference {
	int used;
	uint64_t length;
	int pipe[2];
};
static struct reference references[HOLDS];

static void refuse(struct reply *p, int error)
{
	p->status = STATUS_REFUSED;
	p->error = error;
}

static void fail(struct reply *p)
{
	p->value = -1;
	p->error = errno;
}

/* ---- pins */

static void *map(size_t size, int ring, off_t which)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, which);

	return at == MAP_FAILED ? NULL : at;
}

static void tear_down_ring(struct pin *pin)
{
	if (pin->queues != NULL)
		munmap(pin->queues, pin->queues_size);
	if (pin->entries != NULL)
		munmap(pin->entries, pin->entries_size);
	close(pin->ring);
}

static int set_up_ring(struct pin *pin)
{
	const struct io_uring_params *r = &pin->params;
	size_t requests, completions;
	int error;

	memset(&pin->params, 0, sizeof pin->params);
	pin->ring = (int)syscall(SYS_io_uring_setup, 1, &pin->params);
	if (pin->ring < 0)
		return 0;
	requests = r->sq_off.array + r->sq_entries * sizeof(uint32_t);
	completions = r->cq_off.cqes + r->cq_entries * sizeof(struct io_uring_cqe);
	pin->queues_size = requests > completions ? requests : completions;
	pin->entries_size = r->sq_entries * sizeof(struct io_uring_sqe);
	pin->queues = map(pin->queues_size, pin->ring, IORING_OFF_SQ_RING);
	pin->entries = map(pin->entries_size, pin->ring, IORING_OFF_SQES);
	if (pin->queues != NULL && pin->entries != NULL && r->features & IORING_FEAT_SINGLE_MMAP)
		return 1;
	error = r->features & IORING_FEAT_SINGLE_MMAP ? errno : ENOSYS; /* Linux before 5.4 */
	tear_down_ring(pin);
	errno = error;
	return 0;
}

void pin(const struct request *q, struct reply *p)
{
	struct iovec range = {.iov_base = (void *)q->a[0], .iov_len = (size_t)q->a[1]};
	struct pin *new;
	int error;

	if (q->a[2] < 0 || q->a[2] >= HOLDS || pins[q->a[2]].used) {
		refuse(p, EINVAL);
		return;
	}
	new = &pins[q->a[2]];
	if (pipe(new->device) != 0) {
		fail(p);
		return;
	}
	if (set_up_ring(new)) {
		if (syscall(SYS_io_uring_register, new->ring, IORING_REGISTER_BUFFERS, &range, 1) == 0) {
			new->address = (uint64_t)q->a[0];
			new->length = (uint64_t)q->a[1];
			new->used = 1;
			return;
		}
		error = errno;
		tear_down_ring(new);
		errno = error;
	}
	fail(p);
	close(new->device[0]);
	close(new->device[1]);
}

/* The pin of a request; NULL, and refused, if there is none or the word is not in it. */
static struct pin *pin_of(const struct request *q, int with_word, struct reply *p)
{
	struct pin *pin;

	if (q->a[0] < 0 || q->a[0] >= HOLDS || !pins[q->a[0]].used) {
		refuse(p, ENOENT);
		return NULL;
	}
	pin = &pins[q->a[0]];
	if (with_word && (q->a[1] < 0 || (uint64_t)q->a[1] + sizeof(uint64_t) > pin->length)) {
		refuse(p, EINVAL);
		return NULL;
	}
	return pin;
}

/* One transfer of a word between the device and the page that was pinned; what it returned. */
static int64_t transfer(struct pin *pin, uint8_t operation, uint64_t offset)
{
	char *queue = pin->queues;
	uint32_t *tail = (uint32_t *)(void *)(queue + pin->params.sq_off.tail);
	uint32_t *head = (uint32_t *)(void *)(queue + pin->params.cq_off.head);
	uint32_t at = *tail & (pin->params.sq_entries - 1);
	struct io_uring_sqe *entry = pin->entries + at;
	struct io_uring_cqe *done;
	int64_t result;

	memset(entry, 0, sizeof *entry);
	entry->opcode = operation;
	entry->fd = pin->device[operation == IORING_OP_WRITE_FIXED];
	entry->off = (uint64_t)-1;
	entry->addr = pin->address + offset;
	entry->len = sizeof(uint64_t);
	((uint32_t *)(void *)(queue + pin->params.sq_off.array))[at] = at;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	while (syscall(SYS_io_uring_enter, pin->ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
		if (errno != EINTR)
			return -errno;
	done = (struct io_uring_cqe *)(void *)(queue + pin->params.cq_off.cqes)
	       + (*head & (pin->params.cq_entries - 1));
	result = done->res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return result;
}

static void report_transfer(int64_t result, struct reply *p)
{
	if (result == sizeof(uint64_t))
		return;
	p->value = -1;
	p->error = result < 0 ? (int32_t)-result : EIO;
}

void pin_load(const struct request *q, struct reply *p)
{
	struct pin *pin = pin_of(q, 1, p);

	if (pin == NULL)
		return;
	report_transfer(transfer(pin, IORING_OP_WRITE_FIXED, (uint64_t)q->a[1]), p);
	if (p->error == 0 && read(pin->device[0], &p->value, sizeof p->value) != sizeof p->value)
		fail(p);
}

void pin_store(const struct request *q, struct reply *p)
{
	struct pin *pin = pin_of(q, 1, p);

	if (pin == NULL)
		return;
	if (write(pin->device[1], &q->a[2], sizeof q->a[2]) != sizeof q->a[2])
		fail(p);
	else
		report_transfer(transfer(pin, IORING_OP_READ_FIXED, (uint64_t)q->a[1]), p);
}

/* Asking for it, rather than closing the ring, has it done when the call returns. */
static void let_go(struct pin *pin)
{
	syscall(SYS_io_uring_register, pin->ring, IORING_UNREGISTER_BUFFERS, NULL, 0);
	tear_down_ring(pin);
	close(pin->device[0]);
	close(pin->device[1]);
	pin->used = 0;
}

void unpin(const struct request *q, struct reply *p)
{
	struct pin *pin = pin_of(q, 0, p);

	if (pin != NULL)
		let_go(pin);
}

/* ---- references */

void reference(const struct request *q, struct reply *p)
{
	struct iovec range = {.iov_base = (void *)q->a[0], .iov_len = (size_t)q->a[1]};
	struct reference *new;
	ssize_t n;

	if (q->a[2] < 0 || q->a[2] >= HOLDS || references[q->a[2]].used) {
		refuse(p, EINVAL);
		return;
	}
	new = &references[q->a[2]];
	if (pipe(new->pipe) != 0) {
		fail(p);
		return;
	}
	/* A pipe has room for one page in each of its slots, and their number is a power of two. */
	if (fcntl(new->pipe[1], F_SETPIPE_SZ, (int)(q->a[1] + (int64_t)PAGE_SIZE)) >= 0
	    && (n = vmsplice(new->pipe[1], &range, 1, SPLICE_F_NONBLOCK)) >= 0) {
		if (n == q->a[1]) {
			new->length = (uint64_t)n;
			new->used = 1;
			return;
		}
		errno = EFAULT; /* the pages end before the range does */
	}
	fail(p);
	close(new->pipe[0]);
	close(new->pipe[1]);
}

static struct reference *reference_of(const struct request *q, struct reply *p)
{
	if (q->a[0] >= 0 && q->a[0] < HOLDS && references[q->a[0]].used)
		return &references[q->a[0]];
	refuse(p, ENOENT);
	return NULL;
}

/* Reads a copy of the pipe, up to the word: what is read from a pipe is gone from it. */
void reference_load(const struct request *q, struct reply *p)
{
	static char bytes[PAGE_SIZE];
	struct reference *r = reference_of(q, p);
	int copy[2];
	int64_t before = q->a[1];

	if (r == NULL)
		return;
	if (before < 0 || (uint64_t)before + sizeof p->value > r->length) {
		refuse(p, EINVAL);
		return;
	}
	if (pipe(copy) != 0) {
		fail(p);
		return;
	}
	if (fcntl(copy[1], F_SETPIPE_SZ, (int)(r->length + PAGE_SIZE)) < 0
	    || tee(r->pipe[0], copy[1], r->length, SPLICE_F_NONBLOCK) != (ssize_t)r->length)
		fail(p);
	while (p->error == 0 && before > 0) {
		ssize_t n = read(copy[0], bytes, before < (int64_t)sizeof bytes ? (size_t)before : sizeof bytes);

		if (n <= 0)
			fail(p);
		before -= n;
	}
	if (p->error == 0 && read(copy[0], &p->value, sizeof p->value) != sizeof p->value)
		fail(p);
	close(copy[0]);
	close(copy[1]);
}

static void drop(struct reference *r)
{
	close(r->pipe[0]);
	close(r->pipe[1]);
	r->used = 0;
}

void release(const struct request *q, struct reply *p)
{
	struct reference *r = reference_of(q, p);

	if (r != NULL)
		drop(r);
}

/* ---- both */

void holds_release(void)
{
	for (int i = 0; i < HOLDS; i++) {
		if (pins[i].used)
			let_go(&pins[i]);
		if (references[i].used)
			drop(&references[i]);
	}
}

void holds_disown(void)
{
	for (int i = 0; i < HOLDS; i++) {
		if (pins[i].used) {
			tear_down_ring(&pins[i]);
			close(pins[i].device[0]);
			close(pins[i].device[1]);
			pins[i].used = 0;
		}
		if (references[i].used)
			drop(&references[i]);
	}
}
