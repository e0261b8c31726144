/* Reading back what the kernel shows of processes and page frames. */
#ifndef POLYMM_STATE_H
#define POLYMM_STATE_H

#include <stdint.h>
#include <sys/types.h>

/* What is open for a process while it lives. */
struct view {
	pid_t pid;
	int pagemap; /* /proc/PID/pagemap */
	int maps;    /* /proc/PID/maps, for PROCMAP_QUERY */
};

/* Opens the files of /proc that belong to no process; 0 with a message if the kernel does not show them. */
int state_open(void);

/* Opens a view of a process; 0 if it cannot be had (errno). */
int view_open(struct view *view, pid_t pid);
void view_close(struct view *view);

/* Page frames: flags as in kpageflags, and how often each is mapped. The array must be in order of pfn. */
struct frame {
	uint64_t pfn;
	uint64_t flags;
	uint64_t mapcount;
	uint64_t head;  /* pfn of the folio's first page */
	uint32_t pages; /* of the folio */
	uint32_t slot;  /* the caller's */
};
void frames_read(struct frame *frames, uint32_t n);

/* Entries of pagemap; 0 on an error. */
int pagemap_read(const struct view *view, uint64_t address, uint64_t *entries, uint32_t pages);

/* VMA bits, as in a snapshot. */
enum vma_bits {
	VMA_READ = 1 << 0,
	VMA_WRITE = 1 << 1,
	VMA_EXEC = 1 << 2,
	VMA_SHARED = 1 << 3,
	VMA_LOCKED = 1 << 4,
	VMA_HUGEPAGE = 1 << 5,
	VMA_NOHUGEPAGE = 1 << 6,
	VMA_DONTCOPY = 1 << 7,
	VMA_WIPEONFORK = 1 << 8,
	VMA_MERGEABLE = 1 << 9,
	VMA_UFFD_MISSING = 1 << 10,
	VMA_UFFD_WP = 1 << 11,
	VMA_UFFD_MINOR = 1 << 12,
	VMA_HUGETLB = 1 << 13,
};
#define VMA_BASIC (VMA_READ | VMA_WRITE | VMA_EXEC | VMA_SHARED)

struct vma {
	uint64_t start;
	uint64_t end;
	uint64_t bits;
};

/* The VMAs of a process in a part of its address space, as they were last seen. */
#define MAX_VMAS 4096
struct vma_list {
	struct vma vmas[MAX_VMAS];
	uint32_t n;
	uint64_t from, to; /* the part */
	int flags_stale;   /* the process made a system call since */
};

/* Brings a list up to date; 0 on an error (errno; ENOSPC if there are too many). */
int vmas_read(struct vma_list *list, const struct view *view, uint64_t from, uint64_t to);

#endif
