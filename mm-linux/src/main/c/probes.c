/*
 * Breakpoints in files: uprobes, which perf sets and which end with the descriptor of the event. The controller has them, so that they are
 * nobody's of the workers.
 */
#define _GNU_SOURCE
#include "controller.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PROBES 256

static struct probe {
	int used, file, event;
	int64_t page;
} probes[PROBES];

static int type_of_uprobes(void)
{
	FILE *file = fopen("/sys/bus/event_source/devices/uprobe/type", "re");
	int type = -1;

	if (file) {
		if (fscanf(file, "%d", &type) != 1)
			type = -1;
		fclose(file);
	}
	return type;
}

static struct probe *unused(void)
{
	for (int i = 0; i < PROBES; i++)
		if (!probes[i].used)
			return &probes[i];
	return NULL;
}

/* The event counts on one CPU; the breakpoint is in every process that maps the page. */
void probe_set(const struct request *q, struct reply *p)
{
	struct perf_event_attr event = {.size = sizeof event};
	struct probe *probe = unused();
	char path[64];
	int type = type_of_uprobes();
	long fd;

	if (!probe || type < 0 || q->a[0] < 0 || q->a[0] >= FILES) {
		p->status = STATUS_REFUSED;
		p->error = !probe ? ENOSPC : type < 0 ? ENODEV : EINVAL;
		return;
	}
	snprintf(path, sizeof path, "/proc/self/fd/%d", FILE_DESCRIPTOR + (int)q->a[0]);
	event.type = (uint32_t)type;
	event.config1 = (uint64_t)(uintptr_t)path;
	event.config2 = (uint64_t)q->a[1] * PAGE_SIZE + sizeof(uint64_t);
	fd = syscall(SYS_perf_event_open, &event, -1, sched_getcpu(), -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0) {
		p->value = -1;
		p->error = errno;
		return;
	}
	*probe = (struct probe){.used = 1, .file = (int)q->a[0], .page = q->a[1], .event = (int)fd};
}

void probe_remove(const struct request *q, struct reply *p)
{
	for (int i = 0; i < PROBES; i++) {
		if (probes[i].used && probes[i].file == q->a[0] && probes[i].page == q->a[1]) {
			close(probes[i].event);
			probes[i].used = 0;
			return;
		}
	}
	p->value = -1;
	p->error = ENOENT;
}

void probes_close(int file)
{
	for (int i = 0; i < PROBES; i++) {
		if (probes[i].used && probes[i].file == file) {
			close(probes[i].event);
			probes[i].used = 0;
		}
	}
}

/* In a process that was forked: a breakpoint is there as long as anybody has its descriptor. */
void probes_forget(void)
{
	for (int file = 0; file < FILES; file++)
		probes_close(file);
}
