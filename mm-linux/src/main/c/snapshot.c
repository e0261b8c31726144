/*
 * All that can be seen of the workers, in one reply.
 *
 * The payload consists of 64-bit words: the number of processes, then for each of them
 *
 *   worker, number of VMAs, number of pages
 *   for each VMA:  start, end, VMA_ bits
 *   for each page: PAGE_INDEX.. as below, pagemap entry, kpageflags, pfn of the folio's first page, contents
 *
 * Pages that are neither present nor swapped nor marked are left out.
 */
#define _GNU_SOURCE
#include "controller.h"
#include "out.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PRESENT (1UL << 63)
#define SWAPPED (1UL << 62)
#define UFFD_WP (1UL << 57)
#define PFN(entry) ((entry) & ((1UL << 55) - 1))

/* The first word of a page: index in the window, order of the folio, whether there are contents, mapcount. */
#define HAS_CONTENTS (1UL << 31)
static uint64_t first_word(uint64_t index, uint64_t order, uint64_t mapcount)
{
	return index | order << 24 | (mapcount > UINT32_MAX ? UINT32_MAX : mapcount) << 32;
}

static uint64_t order_of(uint32_t pages)
{
	return pages > 1 ? 63 - (uint64_t)__builtin_clzl(pages) : 0;
}

#define PAGE_WORDS 5

/* The words of one reply, reused; grows to what the largest needed. */
static uint64_t *words;
static size_t n_words, room;

static uint64_t *more_words(size_t n)
{
	if (n_words + n > room) {
		room = 2 * (n_words + n);
		words = realloc(words, room * sizeof *words);
		if (words == NULL)
			abort();
	}
	n_words += n;
	return words + n_words - n;
}

static struct frame *found;
static size_t n_found, room_found;

static void find_frame(uint64_t pfn, size_t slot)
{
	if (n_found == room_found) {
		room_found = room_found ? 2 * room_found : 4096;
		found = realloc(found, room_found * sizeof *found);
		if (found == NULL)
			abort();
	}
	found[n_found].pfn = pfn;
	found[n_found++].slot = (uint32_t)slot;
}

static int by_pfn(const void *a, const void *b)
{
	const struct frame *x = a, *y = b;

	return x->pfn < y->pfn ? -1 : x->pfn > y->pfn;
}

/* VMAs and pagemap entries of one worker; 0 on an error. */
static int show_worker(unsigned id, uint64_t from, uint32_t pages)
{
	static uint64_t entries[MAX_PAGES];
	struct worker *w = &workers[id];
	size_t head;
	uint64_t n = 0;

	if (!vmas_read(&w->vmas, &w->view, from, from + pages * PAGE_SIZE)
	    || !pagemap_read(&w->view, from, entries, pages))
		return 0;
	head = n_words;
	more_words(3);
	memcpy(more_words(3 * w->vmas.n), w->vmas.vmas, w->vmas.n * sizeof w->vmas.vmas[0]);
	for (uint32_t i = 0; i < pages; i++) {
		uint64_t *page;

		if (!(entries[i] & (PRESENT | SWAPPED | UFFD_WP)))
			continue;
		page = more_words(PAGE_WORDS);
		memset(page, 0, PAGE_WORDS * sizeof *page);
		page[0] = i;
		page[1] = entries[i];
		if (entries[i] & PRESENT && PFN(entries[i]))
			find_frame(PFN(entries[i]), (size_t)(page - words));
		n++;
	}
	words[head] = id;
	words[head + 1] = w->vmas.n;
	words[head + 2] = n;
	return 1;
}

static void show_frames(void)
{
	qsort(found, n_found, sizeof *found, by_pfn);
	frames_read(found, (uint32_t)n_found);
	for (size_t i = 0; i < n_found; i++) {
		uint64_t *page = words + found[i].slot;

		page[0] = first_word(page[0], order_of(found[i].pages), found[i].mapcount);
		page[2] = found[i].flags;
		page[3] = found[i].head;
	}
}

/* Has a worker read its pages that are present in readable VMAs: such a load raises no fault and takes no reference,
   unlike process_vm_readv, which unshares what it pins, and /proc/PID/mem, which marks folios accessed. */
static void show_contents(uint64_t *process, uint64_t from, uint32_t window)
{
	static uint64_t values[MAX_PAGES];
	static uint8_t wanted[MAX_PAGES / 8];
	unsigned id = (unsigned)process[0];
	uint64_t *vma = process + 3, *end = vma + 3 * process[1];
	uint64_t *pages = end, n = process[2];
	struct request q = {.op = OP_PEEK, .worker = id, .a = {(int64_t)from, window}};
	struct reply p;
	uint32_t read = 0;

	memset(wanted, 0, (window + 7) / 8);
	for (uint64_t i = 0; i < n; i++) {
		uint64_t *page = pages + PAGE_WORDS * i;
		uint64_t index = page[0] & 0xffffff;

		while (vma < end && vma[1] <= from + index * PAGE_SIZE)
			vma += 3;
		if (page[1] & PRESENT && vma < end && vma[0] <= from + index * PAGE_SIZE && vma[2] & VMA_READ) {
			wanted[index / 8] |= (uint8_t)(1 << index % 8);
			page[0] |= HAS_CONTENTS;
		}
	}
	ask(id, &q, wanted, (window + 7) / 8, &p);
	if (p.status != STATUS_DONE || !ask_payload(id, values, p.length))
		p.count = 0;
	for (uint64_t i = 0; i < n; i++) {
		uint64_t *page = pages + PAGE_WORDS * i;

		if (!(page[0] & HAS_CONTENTS))
			continue;
		if (read < p.count)
			page[4] = values[read++];
		else
			page[0] &= ~HAS_CONTENTS;
	}
}

static void refuse(int error)
{
	struct reply p = {.status = STATUS_REFUSED, .error = error};

	out(&p, sizeof p);
}

void snapshot(const struct request *q)
{
	uint64_t from = (uint64_t)q->a[0];
	uint64_t mask = q->a[3] ? (uint64_t)q->a[3] : ~0UL;
	struct reply p = {0};
	uint64_t processes = 0;

	if (from % PAGE_SIZE || q->a[1] < 1 || q->a[1] > MAX_PAGES) {
		refuse(EINVAL);
		return;
	}
	if (q->a[2] & SNAPSHOT_DRAIN)
		drain_batches();
	n_words = n_found = 0;
	more_words(1);
	for (unsigned id = 0; id < WORKERS; id++) {
		if (!workers[id].view.pid || !(mask >> id & 1))
			continue;
		if (!show_worker(id, from, (uint32_t)q->a[1])) {
			refuse(errno);
			return;
		}
		processes++;
	}
	words[0] = processes;
	show_frames();
	if (q->a[2] & SNAPSHOT_CONTENTS) {
		uint64_t *process = words + 1;

		for (uint64_t i = 0; i < processes; i++) {
			show_contents(process, from, (uint32_t)q->a[1]);
			process += 3 + 3 * process[1] + PAGE_WORDS * process[2];
		}
	}
	p.count = (uint32_t)processes;
	p.length = (uint32_t)(n_words * sizeof *words);
	out(&p, sizeof p);
	out(words, p.length);
}

/* The payload: for each frame flags, mapcount, pfn of the folio's first page, pages of the folio. */
void frames(const struct request *q)
{
	struct reply p = {0};
	uint64_t *word;

	if (q->a[0] < 0 || q->a[1] < 1 || q->a[1] > MAX_PAGES) {
		refuse(EINVAL);
		return;
	}
	n_words = n_found = 0;
	for (int64_t i = 0; i < q->a[1]; i++)
		find_frame((uint64_t)(q->a[0] + i), (size_t)i);
	frames_read(found, (uint32_t)n_found);
	word = more_words(4 * n_found);
	for (size_t i = 0; i < n_found; i++) {
		*word++ = found[i].flags;
		*word++ = found[i].mapcount;
		*word++ = found[i].head;
		*word++ = found[i].pages;
	}
	p.count = (uint32_t)n_found;
	p.length = (uint32_t)(n_words * sizeof *words);
	out(&p, sizeof p);
	out(words, p.length);
}
