/* Page frames and page maps. */
#define _GNU_SOURCE
#include "protocol.h"
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FLAG_HEAD (1UL << 15)
#define FLAG_TAIL (1UL << 16)

/* Frames whose words are fetched by one read although some between them are not asked for: cheaper than two reads. */
#define GAP 8
#define RUN 512
/* The largest folio, in pages, that is looked at whole. It begins at a multiple of its size, as all folios do. */
#define LARGEST 512

static int kpageflags = -1;
static int kpagecount = -1;

static int open_or_say(const char *name)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		fprintf(stderr, "polymm-helper: %s: %s\n", name, strerror(errno));
	return fd;
}

int state_open(void)
{
	kpageflags = open_or_say("/proc/kpageflags");
	kpagecount = open_or_say("/proc/kpagecount");
	return kpageflags >= 0 && kpagecount >= 0;
}

int view_open(struct view *view, pid_t pid)
{
	char name[64];

	view->pid = pid;
	snprintf(name, sizeof name, "/proc/%d/pagemap", pid);
	view->pagemap = open(name, O_RDONLY | O_CLOEXEC);
	snprintf(name, sizeof name, "/proc/%d/maps", pid);
	view->maps = open(name, O_RDONLY | O_CLOEXEC);
	return view->pagemap >= 0 && view->maps >= 0;
}

void view_close(struct view *view)
{
	if (view->pagemap >= 0)
		close(view->pagemap);
	if (view->maps >= 0)
		close(view->maps);
	view->pagemap = view->maps = -1;
	view->pid = 0;
}

int pagemap_read(const struct view *view, uint64_t address, uint64_t *entries, uint32_t pages)
{
	size_t size = pages * sizeof *entries;
	size_t done = 0;

	while (done < size) {
		ssize_t n = pread(view->pagemap, (char *)entries + done, size - done,
				  (off_t)(address / PAGE_SIZE * sizeof *entries + done));

		if (n <= 0)
			return 0;
		done += (size_t)n;
	}
	return 1;
}

/* Words of a file that has one for each frame; frames that do not exist read as 0. */
static void read_words(int fd, uint64_t pfn, uint64_t *words, uint32_t n)
{
	ssize_t size = pread(fd, words, n * sizeof *words, (off_t)(pfn * sizeof *words));
	uint32_t got = size < 0 ? 0 : (uint32_t)((size_t)size / sizeof *words);

	memset(words + got, 0, (n - got) * sizeof *words);
}

/* Finds the folio of a compound page. First the small neighbourhood, in which most folios lie whole. */
static void find_folio(struct frame *f)
{
	uint64_t flags[LARGEST + 1];

	for (uint64_t size = 32;; size = LARGEST) {
		uint64_t first = f->pfn & ~(size - 1);
		uint64_t at = f->pfn - first, end = at + 1;

		read_words(kpageflags, first, flags, (uint32_t)size + 1);
		while (at > 0 && flags[at] & FLAG_TAIL)
			at--;
		while (end < size && flags[end] & FLAG_TAIL)
			end++;
		f->head = first + at;
		f->pages = (uint32_t)(end - at);
		if (size == LARGEST || (flags[at] & FLAG_HEAD && !(flags[end] & FLAG_TAIL)))
			return;
	}
}

void frames_read(struct frame *frames, uint32_t n)
{
	uint64_t flags[RUN], counts[RUN];
	uint64_t head = 0, pages = 0;

	for (uint32_t i = 0; i < n;) {
		uint64_t first = frames[i].pfn, last = first;
		uint32_t j = i;

		while (j < n && frames[j].pfn <= last + GAP && frames[j].pfn < first + RUN)
			last = frames[j++].pfn;
		read_words(kpageflags, first, flags, (uint32_t)(last - first + 1));
		read_words(kpagecount, first, counts, (uint32_t)(last - first + 1));
		for (; i < j; i++) {
			struct frame *f = &frames[i];

			f->flags = flags[f->pfn - first];
			f->mapcount = counts[f->pfn - first];
			f->head = f->pfn;
			f->pages = 1;
			if (f->flags & (FLAG_HEAD | FLAG_TAIL)) {
				if (f->pfn >= head + pages || pages == 0) {
					find_folio(f);
					head = f->head;
					pages = f->pages;
				}
				f->head = head;
				f->pages = (uint32_t)pages;
			}
		}
	}
}
