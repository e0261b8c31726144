/*
 * VMA lists.
 *
 * Boundaries and protection come from the ioctl PROCMAP_QUERY, every time. The other flags are in smaps alone, which
 * is some ten times dearer because the kernel walks page tables for it. They change only by a system call of the
 * process itself, so they are read again when it has made one, or when the boundaries are not what they were.
 */
#define _GNU_SOURCE
#include "protocol.h"
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Since Linux 6.11; headers of many distributions are older. */
struct vma_query {
	uint64_t size;
	uint64_t query_flags;
	uint64_t query_addr;
	uint64_t vma_start;
	uint64_t vma_end;
	uint64_t vma_flags;
	uint64_t vma_page_size;
	uint64_t vma_offset;
	uint64_t inode;
	uint32_t dev_major;
	uint32_t dev_minor;
	uint32_t vma_name_size;
	uint32_t build_id_size;
	uint64_t vma_name_addr;
	uint64_t build_id_addr;
};
#define QUERY_VMA _IOWR('f', 17, struct vma_query)
#define QUERY_COVERING_OR_NEXT 0x10

/* The bits of vma_flags for read, write, execute and shared are those of VMA_BASIC. */
static int query(struct vma_list *list, const struct view *view)
{
	struct vma_query q = {.size = sizeof q, .query_flags = QUERY_COVERING_OR_NEXT, .query_addr = list->from};
	uint32_t n = 0;
	int same = 1;

	while (q.query_addr < list->to && ioctl(view->maps, QUERY_VMA, &q) == 0 && q.vma_start < list->to) {
		struct vma *v = &list->vmas[n];

		if (n == MAX_VMAS) {
			errno = ENOSPC;
			return -1;
		}
		if (n >= list->n || v->start != q.vma_start || v->end != q.vma_end
		    || (v->bits & VMA_BASIC) != (q.vma_flags & VMA_BASIC)) {
			same = 0;
			v->start = q.vma_start;
			v->end = q.vma_end;
			v->bits = q.vma_flags & VMA_BASIC;
		}
		n++;
		q.query_addr = q.vma_end;
		q.vma_name_size = 0;
		q.build_id_size = 0;
		errno = ENOENT;
	}
	if (q.query_addr < list->to && errno != ENOENT && q.vma_start < list->to)
		return -1;
	same = same && n == list->n;
	list->n = n;
	return same;
}

static uint64_t flag(const char *name)
{
	static const struct {
		char name[3];
		uint64_t bit;
	} flags[] = {
		{"lo", VMA_LOCKED}, {"hg", VMA_HUGEPAGE}, {"nh", VMA_NOHUGEPAGE}, {"dc", VMA_DONTCOPY},
		{"wf", VMA_WIPEONFORK}, {"mg", VMA_MERGEABLE}, {"um", VMA_UFFD_MISSING}, {"uw", VMA_UFFD_WP},
		{"ui", VMA_UFFD_MINOR}, {"ht", VMA_HUGETLB},
	};

	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
		if (name[0] == flags[i].name[0] && name[1] == flags[i].name[1])
			return flags[i].bit;
	return 0;
}

/* Takes a line of smaps in; 0 when it begins a VMA beyond the part that is wanted. */
static int take_line(struct vma_list *list, const char *line, int *inside)
{
	uint64_t start, end;
	char *rest;

	if (strncmp(line, "VmFlags:", 8) == 0) {
		if (*inside)
			for (line += 8; line[0] == ' ' && line[1] > ' ' && line[2] > ' '; line += 3)
				list->vmas[list->n - 1].bits |= flag(line + 1);
		return 1;
	}
	start = strtoull(line, &rest, 16);
	if (rest == line || *rest != '-')
		return 1; /* a counter, "Rss: ..." */
	end = strtoull(rest + 1, &rest, 16);
	if (start >= list->to)
		return 0;
	*inside = end > list->from && list->n < MAX_VMAS;
	if (*inside) {
		struct vma *v = &list->vmas[list->n++];

		v->start = start;
		v->end = end;
		v->bits = (rest[1] == 'r' ? VMA_READ : 0) | (rest[2] == 'w' ? VMA_WRITE : 0)
			  | (rest[3] == 'x' ? VMA_EXEC : 0) | (rest[4] == 's' ? VMA_SHARED : 0);
	}
	return 1;
}

/* The window lies below everything else a process has, so smaps is read up to its end only. */
static int parse_smaps(struct vma_list *list, const struct view *view)
{
	char name[64], text[16384];
	size_t kept = 0;
	ssize_t n = 0;
	int inside = 0, more = 1, fd;

	snprintf(name, sizeof name, "/proc/%d/smaps", view->pid);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	list->n = 0;
	/* One buffer of the kernel's at a time: asking for more would have it walk on beyond the window. */
	while (more && (n = read(fd, text + kept, 4096)) > 0) {
		char *line = text, *end;

		kept += (size_t)n;
		while (more && (end = memchr(line, '\n', kept - (size_t)(line - text))) != NULL) {
			*end = 0;
			more = take_line(list, line, &inside);
			line = end + 1;
		}
		kept -= (size_t)(line - text);
		memmove(text, line, kept);
		if (kept > sizeof text - 4096) {
			errno = EOVERFLOW; /* a line of 12 KiB is none of smaps */
			n = -1;
			break;
		}
	}
	close(fd);
	if (list->n == MAX_VMAS)
		errno = ENOSPC;
	return n >= 0 && list->n < MAX_VMAS;
}

int vmas_read(struct vma_list *list, const struct view *view, uint64_t from, uint64_t to)
{
	int known;

	if (list->from != from || list->to != to) {
		list->from = from;
		list->to = to;
		list->n = 0;
		list->flags_stale = 1;
	}
	known = query(list, view);
	if (known == 1 && !list->flags_stale)
		return 1;
	if (known < 0 && errno == ENOSPC)
		return 0;
	/* A kernel without the ioctl shows everything in smaps, too. */
	if (!parse_smaps(list, view))
		return 0;
	list->flags_stale = 0;
	return 1;
}
