/*
 * Files that workers map. The controller opens them and every worker has them under the same descriptor: a worker that
 * is spawned or forked later inherits it, the living ones are sent it.
 */
#define _GNU_SOURCE
#include "controller.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static uint8_t is_open[FILES];
static const char *directory = "/var/tmp";

void files_directory(const char *name)
{
	directory = name;
}

/* Without a name from the start, or for no longer than it takes to remove it. */
static int regular_file(void)
{
	char name[4096];
	int fd = open(directory, O_TMPFILE | O_RDWR, 0600);

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT))
		return fd;
	snprintf(name, sizeof name, "%s/polymm-XXXXXX", directory);
	fd = mkstemp(name);
	if (fd >= 0)
		unlink(name);
	return fd;
}

/* Page by page, so that the page cache gets a small folio for each. */
static int fill(int fd, int64_t pages, uint64_t value, uint64_t step)
{
	uint64_t page[PAGE_SIZE / sizeof(uint64_t)] = {0};

	for (int64_t i = 0; i < pages; i++) {
		page[0] = value + (uint64_t)i * step;
		if (pwrite(fd, page, sizeof page, i * (int64_t)PAGE_SIZE) != (ssize_t)sizeof page)
			return 0;
	}
	return 1;
}

/* hugetlbfs has no write(2): filled through a mapping, once its pages are there. */
static int fill_hugetlb(int fd, int64_t pages, uint64_t value, uint64_t step)
{
	size_t size = (size_t)pages * PAGE_SIZE;
	char *bytes;

	if (fallocate(fd, 0, 0, (off_t)size) != 0)
		return 0;
	bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (bytes == MAP_FAILED)
		return 0;
	for (int64_t i = 0; i < pages; i++)
		*(volatile uint64_t *)(void *)(bytes + i * (int64_t)PAGE_SIZE) = value + (uint64_t)i * step;
	munmap(bytes, size);
	return 1;
}

static int make_file(const struct request *q)
{
	int64_t pages = q->a[1];
	uint64_t value = (uint64_t)q->a[3], step = (uint64_t)q->a[4];
	int fd, error;

	switch (q->a[2]) {
	case FILE_REGULAR:
		fd = regular_file();
		break;
	case FILE_MEMFD:
		fd = memfd_create("polymm", MFD_CLOEXEC);
		break;
	case FILE_HUGETLB:
		fd = memfd_create("polymm", MFD_CLOEXEC | MFD_HUGETLB);
		break;
	default:
		errno = EINVAL;
		return -1;
	}
	if (fd < 0)
		return -1;
	if (ftruncate(fd, pages * (int64_t)PAGE_SIZE) == 0
	    && (q->a[2] == FILE_HUGETLB ? fill_hugetlb(fd, pages, value, step) : fill(fd, pages, value, step)))
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static int bad_number(const struct request *q)
{
	return q->a[0] < 0 || q->a[0] >= FILES;
}

void file_open(const struct request *q, struct reply *p)
{
	int fd;

	if (bad_number(q) || q->a[1] < 0 || q->a[1] > MAX_PAGES || is_open[q->a[0]]) {
		p->status = STATUS_REFUSED;
		p->error = bad_number(q) || !is_open[q->a[0]] ? EINVAL : EEXIST;
		return;
	}
	fd = make_file(q);
	if (fd < 0 || dup2(fd, FILE_DESCRIPTOR + (int)q->a[0]) < 0) {
		p->value = -1;
		p->error = errno;
		if (fd >= 0)
			close(fd);
		return;
	}
	close(fd);
	is_open[q->a[0]] = 1;
	p->value = FILE_DESCRIPTOR + q->a[0];
	for (unsigned id = 0; id < WORKERS; id++) {
		struct request install = {.op = OP_INSTALL, .worker = id, .a = {q->a[0]}};
		struct reply installed;

		if (workers[id].view.pid)
			ask_with_descriptor(id, &install, FILE_DESCRIPTOR + (int)q->a[0], &installed);
	}
}

static int not_open(const struct request *q, struct reply *p)
{
	if (!bad_number(q) && is_open[q->a[0]])
		return 0;
	p->status = STATUS_REFUSED;
	p->error = EBADF;
	return 1;
}

void file_close(const struct request *q, struct reply *p)
{
	if (not_open(q, p))
		return;
	for (unsigned id = 0; id < WORKERS; id++) {
		struct request close_it = {.op = OP_CLOSE, .worker = id, .a = {q->a[0]}};
		struct reply closed;

		if (workers[id].view.pid)
			ask(id, &close_it, NULL, 0, &closed);
	}
	probes_close((int)q->a[0]);
	close(FILE_DESCRIPTOR + (int)q->a[0]);
	is_open[q->a[0]] = 0;
}

void file_load(const struct request *q, struct reply *p)
{
	ssize_t n;

	if (not_open(q, p))
		return;
	n = pread(FILE_DESCRIPTOR + (int)q->a[0], &p->value, sizeof p->value, q->a[1]);
	if (n < 0)
		p->error = errno;
	p->count = n > 0 ? (uint32_t)n : 0;
}

void file_store(const struct request *q, struct reply *p)
{
	ssize_t n;

	if (not_open(q, p))
		return;
	n = pwrite(FILE_DESCRIPTOR + (int)q->a[0], &q->a[2], sizeof q->a[2], q->a[1]);
	if (n < 0)
		p->error = errno;
	p->count = n > 0 ? (uint32_t)n : 0;
}

void files_reset(void)
{
	for (int number = 0; number < FILES; number++) {
		probes_close(number);
		if (is_open[number])
			close(FILE_DESCRIPTOR + number);
		is_open[number] = 0;
	}
}
