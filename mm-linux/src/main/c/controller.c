/*
 * The controller: takes requests from the client, has workers carry them out, reads back what the kernel shows of
 * them. Everything, workers included, runs on one CPU, so that per-CPU batches and free lists are the same in every
 * run.
 *
 * Every worker is a child of the controller, also one that a worker forked (CLONE_PARENT), so that there is one who
 * waits: a process counts as gone only when it is reaped, because until then it may still map its pages.
 */
#define _GNU_SOURCE
#include "controller.h"
#include "bytes.h"
#include "out.h"
#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

struct worker workers[WORKERS];

static void *scratch;

/* Looks at a worker that does not answer, ten in a second, before it is ended. */
#define PATIENCE 300

void drain_batches(void)
{
	mlock(scratch, PAGE_SIZE);
	munlock(scratch, PAGE_SIZE);
}

/* Forgets a worker that is reaped. What it left unread or half written in its channel goes, too. */
static void forget(unsigned id)
{
	char rest[4096];

	view_close(&workers[id].view);
	for (int end = 0; end < 2; end++)
		while (recv(channel[id][end], rest, sizeof rest, MSG_DONTWAIT) > 0)
			;
}

/* Waits until a worker is reaped; the signal that ended it, or 0. */
static int reap(unsigned id)
{
	int status = 0;

	while (waitpid(workers[id].view.pid, &status, 0) < 0 && errno == EINTR)
		;
	forget(id);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void report_death(unsigned id, struct reply *p)
{
	memset(p, 0, sizeof *p);
	p->status = STATUS_DIED;
	p->signal = reap(id);
}

/* Reads from a worker. Others hold its end of the channel open, so its death is no end of the stream: whoever waits
   long looks whether it still lives. One that is silent for too long is ended: it waits for somebody who will never come,
   such as a userfaultfd's monitor. */
static int hear(unsigned id, void *bytes, size_t size)
{
	char *at = bytes;
	int patience = PATIENCE;

	while (size > 0) {
		ssize_t n = read(channel[id][0], at, size);

		if (n > 0) {
			at += n;
			size -= (size_t)n;
		} else if (n < 0 && errno == EAGAIN) {
			siginfo_t info = {0};

			if (waitid(P_PID, (id_t)workers[id].view.pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0
			    || info.si_pid != 0)
				return 0;
			if (--patience == 0)
				kill(workers[id].view.pid, SIGKILL);
		} else if (n == 0 || errno != EINTR) {
			return 0;
		}
	}
	return 1;
}

static void hear_reply(unsigned id, struct reply *p)
{
	if (!hear(id, p, sizeof *p))
		report_death(id, p);
}

void ask(unsigned id, const struct request *q, const void *more, size_t size, struct reply *p)
{
	write_fully(channel[id][0], q, sizeof *q);
	write_fully(channel[id][0], more, size);
	hear_reply(id, p);
}

int ask_payload(unsigned id, void *bytes, size_t size)
{
	struct reply unused;

	if (hear(id, bytes, size))
		return 1;
	report_death(id, &unused);
	return 0;
}

void ask_with_descriptor(unsigned id, const struct request *q, int fd, struct reply *p)
{
	char byte = 0;
	char control[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec data = {.iov_base = &byte, .iov_len = 1};
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(head), &fd, sizeof fd);
	write_fully(channel[id][0], q, sizeof *q);
	if (sendmsg(channel[id][0], &message, 0) != 1)
		perror("polymm-helper: a descriptor cannot be sent");
	hear_reply(id, p);
}

/* Takes a new worker on, once it says that it is ready. */
static void welcome(unsigned id, pid_t pid, struct reply *p)
{
	workers[id].view = (struct view){.pid = pid, .pagemap = -1, .maps = -1};
	workers[id].vmas.flags_stale = 1;
	hear_reply(id, p);
	if (p->status == STATUS_DIED)
		return;
	if (!view_open(&workers[id].view, pid)) {
		p->value = -1;
		p->error = errno;
		kill(pid, SIGKILL);
		reap(id);
		return;
	}
	p->value = pid;
}

static void refuse(struct reply *p, int error)
{
	p->status = STATUS_REFUSED;
	p->error = error;
}

static void spawn(const struct request *q, struct reply *p)
{
	pid_t pid;

	if (workers[q->worker].view.pid) {
		refuse(p, EEXIST);
		return;
	}
	pid = fork();
	if (pid < 0) {
		p->value = -1;
		p->error = errno;
	} else if (pid > 0) {
		welcome(q->worker, pid, p);
	} else {
		int null = open("/dev/null", O_RDWR);

		/* Only the controller holds the pipes: when it dies, the client notices. */
		if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
			_exit(3);
		close(null);
		for (unsigned id = 0; id < WORKERS; id++)
			view_close(&workers[id].view);
		probes_forget();
		worker_main(q->worker, (int)q->a[0]);
	}
}

static void fork_worker(const struct request *q, struct reply *p)
{
	uint64_t child = (uint64_t)q->a[0];

	if (child >= WORKERS) {
		refuse(p, EINVAL);
		return;
	}
	if (workers[child].view.pid) {
		refuse(p, EEXIST);
		return;
	}
	ask(q->worker, q, NULL, 0, p);
	if (p->status == STATUS_DONE && p->value > 0)
		welcome((unsigned)child, (pid_t)p->value, p);
}

static void reset(void)
{
	struct request q = {.op = OP_EXIT};

	for (unsigned id = 0; id < WORKERS; id++) {
		if (!workers[id].view.pid)
			continue;
		write_fully(channel[id][0], &q, sizeof q);
		reap(id);
	}
	files_reset();
}

static void text(const struct request *q)
{
	static const char *const names[] = {"maps", "smaps", "status"};
	static char bytes[4 << 20];
	struct reply p = {0};
	char name[64] = "/proc/vmstat";
	ssize_t n = 0;
	int fd;

	if (q->a[0] < TEXT_MAPS || q->a[0] > TEXT_VMSTAT) {
		refuse(&p, EINVAL);
		out(&p, sizeof p);
		return;
	}
	if (q->a[0] != TEXT_VMSTAT)
		snprintf(name, sizeof name, "/proc/%d/%s", workers[q->worker].view.pid, names[q->a[0]]);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && p.length < sizeof bytes && (n = read(fd, bytes + p.length, sizeof bytes - p.length)) > 0)
		p.length += (uint32_t)n;
	if (fd < 0 || n < 0) {
		p.value = -1;
		p.error = errno;
	}
	if (fd >= 0)
		close(fd);
	out(&p, sizeof p);
	out(bytes, p.length);
}

/* Has the worker do it, and passes the payload on. */
static void forward(const struct request *q)
{
	static char bytes[MAX_PAGES * sizeof(uint64_t)];
	struct reply p;

	if ((q->op == OP_LOAD_RANGE || q->op == OP_STORE_RANGE) && (q->a[1] < 0 || q->a[1] > MAX_PAGES)) {
		p = (struct reply){.status = STATUS_REFUSED, .error = EINVAL};
	} else {
		if (q->op == OP_CALL)
			workers[q->worker].vmas.flags_stale = 1;
		/* A worker may have its child's userfaultfd. */
		for (unsigned id = 0; q->op >= OP_UFFD_OPEN && id < WORKERS; id++)
			workers[id].vmas.flags_stale = 1;
		ask(q->worker, q, NULL, 0, &p);
		if (p.length > 0 && !ask_payload(q->worker, bytes, p.length))
			p = (struct reply){.status = STATUS_DIED};
	}
	out(&p, sizeof p);
	out(bytes, p.length);
}

/* Whether an operation is meant for a worker that must live. */
static int needs_worker(const struct request *q)
{
	return q->op == OP_FORK || q->op == OP_EXIT || q->op >= OP_FIRST_FORWARDED
	       || (q->op == OP_TEXT && q->a[0] != TEXT_VMSTAT);
}

static void serve(const struct request *q)
{
	struct reply p = {0};

	if (q->worker >= WORKERS || q->op >= OP_PEEK) {
		refuse(&p, EINVAL);
	} else if (needs_worker(q) && !workers[q->worker].view.pid) {
		refuse(&p, ESRCH);
	} else if (q->op >= OP_FIRST_FORWARDED) {
		forward(q);
		return;
	} else {
		switch (q->op) {
		case OP_HELLO:
			p.value = PROTOCOL_VERSION;
			break;
		case OP_RESET:
			reset();
			break;
		case OP_SPAWN:
			spawn(q, &p);
			break;
		case OP_FORK:
			fork_worker(q, &p);
			break;
		case OP_EXIT:
			write_fully(channel[q->worker][0], q, sizeof *q);
			p.signal = reap(q->worker);
			break;
		case OP_FILE:
			file_open(q, &p);
			break;
		case OP_FILE_CLOSE:
			file_close(q, &p);
			break;
		case OP_FILE_LOAD:
			file_load(q, &p);
			break;
		case OP_FILE_STORE:
			file_store(q, &p);
			break;
		case OP_PROBE:
			probe_set(q, &p);
			break;
		case OP_PROBE_REMOVE:
			probe_remove(q, &p);
			break;
		case OP_SNAPSHOT:
			snapshot(q);
			return;
		case OP_FRAMES:
			frames(q);
			return;
		case OP_TEXT:
			text(q);
			return;
		case OP_DRAIN:
			drain_batches();
			break;
		default:
			refuse(&p, ENOSYS);
		}
	}
	out(&p, sizeof p);
}

/* The highest CPU that it may run on, unless another is wanted: interrupts are mostly on the lowest. */
static int pin_to_cpu(int wanted)
{
	cpu_set_t allowed, one;
	int cpu = wanted;

	if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
		return 0;
	for (int i = 0; wanted < 0 && i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &allowed))
			cpu = i;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	return sched_setaffinity(0, sizeof one, &one) == 0;
}

static int set_up(int cpu)
{
	struct timeval patience = {.tv_usec = 100000};

	if (!pin_to_cpu(cpu)) {
		fprintf(stderr, "polymm-helper: cannot run on CPU %d: %s\n", cpu, strerror(errno));
		return 0;
	}
	if (!state_open())
		return 0;
	signal(SIGPIPE, SIG_IGN);
	scratch = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (scratch == MAP_FAILED || prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 || !streams_open())
		goto failed;
	for (unsigned id = 0; id < WORKERS; id++) {
		workers[id].view.pagemap = workers[id].view.maps = -1;
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel[id]) != 0
		    || setsockopt(channel[id][0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0)
			goto failed;
	}
	return 1;
failed:
	fprintf(stderr, "polymm-helper: cannot start: %s\n", strerror(errno));
	return 0;
}

int main(int argc, char **argv)
{
	struct request q;

	if (argc != 3) {
		fprintf(stderr, "usage: polymm-helper CPU DIRECTORY (the CPU to run on, -1 for the highest; where "
				"regular files are made)\n");
		return 2;
	}
	files_directory(argv[2]);
	if (!set_up(atoi(argv[1])))
		return 3;
	while (next_request(&q))
		serve(&q);
	reset();
	return 0;
}
