/*
 * A worker: one real process for one simulated process.
 *
 * It does what the controller says, one request at a time, and allocates nothing: everything it needs is in static
 * memory and on the stack, so that its address space changes by what it is told to do and by nothing else.
 */
#define _GNU_SOURCE
#include "worker.h"
#include "access.h"
#include "bytes.h"
#include "holds.h"
#include "uffd.h"

#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int channel[WORKERS][2];

static unsigned me;
static pid_t controller;

/* One word a page: what a range of loads found. */
static uint64_t words[MAX_PAGES];
static uint8_t wanted[MAX_PAGES / 8];

static void load_range(const struct request *q, struct reply *p)
{
	uint64_t pages = (uint64_t)q->a[1];
	uint64_t done = 0;

	while (done < pages && load_word((uint64_t)q->a[0] + done * PAGE_SIZE, &words[done]))
		done++;
	if (done < pages)
		report_fault(p);
	if (done > 0)
		p->value = (int64_t)words[done - 1];
	p->count = (uint32_t)done;
	if (q->a[2])
		p->length = (uint32_t)(done * sizeof words[0]);
}

static void store_range(const struct request *q, struct reply *p)
{
	uint64_t pages = (uint64_t)q->a[1];
	uint64_t value = (uint64_t)q->a[2];
	uint64_t done = 0;

	while (done < pages && store_word((uint64_t)q->a[0] + done * PAGE_SIZE, value + done * (uint64_t)q->a[3]))
		done++;
	if (done < pages)
		report_fault(p);
	p->count = (uint32_t)done;
}

/* Reads pages of which the controller knows that they are present and readable: no page table changes by that. A
   page that cannot be read after all is left out; count says how many words there are, from the front. */
static void peek(const struct request *q, struct reply *p)
{
	uint64_t pages = (uint64_t)q->a[1];
	uint32_t n = 0;

	if (!read_fully(channel[me][1], wanted, (pages + 7) / 8))
		_exit(3);
	for (uint64_t i = 0; i < pages; i++) {
		if (!(wanted[i / 8] >> (i % 8) & 1))
			continue;
		if (!load_word((uint64_t)q->a[0] + i * PAGE_SIZE, &words[n])) {
			report_fault(p);
			break;
		}
		n++;
	}
	p->count = n;
	p->length = (uint32_t)(n * sizeof words[0]);
}

static void limit(const struct request *q, struct reply *p)
{
	struct rlimit l = {.rlim_cur = (rlim_t)q->a[1], .rlim_max = (rlim_t)q->a[2]};

	p->value = setrlimit((__rlimit_resource_t)q->a[0], &l);
	p->error = p->value < 0 ? errno : 0;
}

static void drop_ipc_lock(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data) != 0)
		goto failed;
	data[CAP_TO_INDEX(CAP_IPC_LOCK)].effective &= ~CAP_TO_MASK(CAP_IPC_LOCK);
	data[CAP_TO_INDEX(CAP_IPC_LOCK)].permitted &= ~CAP_TO_MASK(CAP_IPC_LOCK);
	data[CAP_TO_INDEX(CAP_IPC_LOCK)].inheritable &= ~CAP_TO_MASK(CAP_IPC_LOCK);
	if (syscall(SYS_capset, &head, data) != 0)
		goto failed;
	return;
failed:
	perror("polymm-helper: CAP_IPC_LOCK cannot be dropped");
	_exit(3);
}

/* Descriptor n of the controller comes with one byte after the request. */
static void install(const struct request *q, struct reply *p)
{
	char byte;
	char control[CMSG_SPACE(sizeof(int))];
	struct iovec data = {.iov_base = &byte, .iov_len = 1};
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
	struct cmsghdr *head;
	ssize_t n;
	int fd;

	do {
		n = recvmsg(channel[me][1], &message, 0);
	} while (n < 0 && errno == EINTR);
	head = n == 1 ? CMSG_FIRSTHDR(&message) : NULL;
	if (head == NULL || head->cmsg_type != SCM_RIGHTS) {
		p->error = EBADF;
		return;
	}
	memcpy(&fd, CMSG_DATA(head), sizeof fd);
	if (dup2(fd, FILE_DESCRIPTOR + (int)q->a[0]) < 0)
		p->error = errno;
	close(fd);
}

/* What every worker does first, also one that came from a fork. The controller's death must be its own; that is not
   inherited. */
static void become(unsigned id)
{
	me = id;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != controller)
		_exit(3);
}

/* The child is the controller's child, not this worker's: it outlives this worker and is reaped in one place. */
static void fork_worker(const struct request *q, struct reply *p)
{
	long pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0L, 0L, 0L, 0L);

	if (pid == 0) {
		become((unsigned)q->a[0]);
		holds_disown();
		uffds_disown();
		accesses_disown();
		return; /* the reply, all zero, goes to the child's own channel: it is ready */
	}
	p->value = pid;
	p->error = pid < 0 ? errno : 0;
}

/* Carries a request out; returns the payload of the reply, if there is one. */
static const uint64_t *serve(const struct request *q, struct reply *p)
{
	switch (q->op) {
	case OP_CALL:
		errno = 0;
		p->value = syscall(q->a[0], q->a[1], q->a[2], q->a[3], q->a[4], q->a[5], q->a[6]);
		p->error = p->value == -1 ? errno : 0;
		break;
	case OP_LOAD: {
		uint64_t value;

		if (load_word((uint64_t)q->a[0], &value))
			p->value = (int64_t)value;
		else
			report_fault(p);
		break;
	}
	case OP_STORE:
		if (!store_word((uint64_t)q->a[0], (uint64_t)q->a[1]))
			report_fault(p);
		break;
	case OP_LOAD_RANGE:
		load_range(q, p);
		break;
	case OP_STORE_RANGE:
		store_range(q, p);
		break;
	case OP_LIMIT:
		limit(q, p);
		break;
	case OP_FORK:
		fork_worker(q, p);
		break;
	case OP_PEEK:
		peek(q, p);
		break;
	case OP_INSTALL:
		install(q, p);
		break;
	case OP_CLOSE:
		close(FILE_DESCRIPTOR + (int)q->a[0]);
		break;
	case OP_PIN:
		pin(q, p);
		break;
	case OP_PIN_LOAD:
		pin_load(q, p);
		break;
	case OP_PIN_STORE:
		pin_store(q, p);
		break;
	case OP_UNPIN:
		unpin(q, p);
		break;
	case OP_REFERENCE:
		reference(q, p);
		break;
	case OP_REFERENCE_LOAD:
		reference_load(q, p);
		break;
	case OP_RELEASE:
		release(q, p);
		break;
	case OP_ACCESS:
		access_start(q, p);
		break;
	case OP_FINISH:
		access_finish(q, p);
		break;
	case OP_UFFD_OPEN:
		uffd_open(q, p);
		break;
	case OP_UFFD_CLOSE:
		uffd_close(q, p);
		break;
	case OP_UFFD_REGISTER:
		uffd_register(q, p);
		break;
	case OP_UFFD_UNREGISTER:
		uffd_unregister(q, p);
		break;
	case OP_UFFD_RESOLVE:
		uffd_resolve(q, p);
		break;
	case OP_UFFD_MESSAGES:
		return uffd_messages(q, p);
	case OP_UFFD_CHANGE:
		return uffd_change(q, p);
	default:
		p->status = STATUS_REFUSED;
		p->error = ENOSYS;
	}
	return words;
}

_Noreturn void worker_main(unsigned id, int spawn_bits)
{
	const uint64_t *payload = words;
	struct reply p = {0};
	struct request q;

	controller = getppid();
	become(id);
	accesses_open();
	if (spawn_bits & SPAWN_UNPRIVILEGED)
		drop_ipc_lock();
	/* The first reply says that the worker is ready. */
	for (;;) {
		if (!write_fully(channel[me][1], &p, sizeof p) || !write_fully(channel[me][1], payload, p.length)
		    || !read_fully(channel[me][1], &q, sizeof q))
			_exit(3);
		if (q.op == OP_EXIT) {
			/* The kernel would do it, too, but some time after the process is gone. */
			holds_release();
			_exit(0);
		}
		memset(&p, 0, sizeof p);
		payload = serve(&q, &p);
	}
}
