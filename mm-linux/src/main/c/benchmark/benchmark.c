/*
 * What memory management costs on this kernel: the CPU time of the calling thread, kernel included, page by page.
 *
 * usage: benchmark CPU MEBIBYTES ROUNDS
 *
 * Prints a line for each operation: its name, the median and the minimum of the rounds in nanoseconds for one unit,
 * and the unit; or its name, a minus and the reason why it could not be measured. The first round warms up and does
 * not count: under a hypervisor it is the one in which the memory is really given.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

#define PAGE 4096UL
#define HUGE (512 * PAGE)
#define MAX_ROUNDS 1001

/* The region begins at a multiple of a huge page; beside it there is room to move it to, not aligned. */
static char *const base = (char *)0x100000000000UL;
static char *const elsewhere = (char *)0x180000001000UL;
static size_t size;
static size_t pages;

static double nanoseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void must(int good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "benchmark: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void map_region(int advice)
{
	must(mmap(base, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == base, "mmap");
	/* EINVAL: a kernel without huge pages needs no advice. */
	must(madvise(base, size, advice) == 0 || errno == EINVAL, "madvise");
}

static void unmap_region(void)
{
	must(munmap(base, size) == 0, "munmap");
}

/* CPU time of one store to each page, or each step bytes. */
static double store(size_t step)
{
	double start = nanoseconds();

	for (size_t at = 0; at < size; at += step)
		*(volatile char *)(base + at) = 1;
	return nanoseconds() - start;
}

static double loads(void)
{
	double start = nanoseconds();

	for (size_t at = 0; at < size; at += PAGE)
		(void)*(volatile char *)(base + at);
	return nanoseconds() - start;
}

#define TIMED(call, what)                          \
	({                                         \
		double start_ = nanoseconds();     \
		must((call) == 0, what);           \
		nanoseconds() - start_;            \
	})

static double first_touch(void)
{
	double t;

	map_region(MADV_NOHUGEPAGE);
	t = store(PAGE);
	unmap_region();
	return t / (double)pages;
}

static double zero_page(void)
{
	double t;

	map_region(MADV_NOHUGEPAGE);
	t = loads();
	unmap_region();
	return t / (double)pages;
}

/* As first_touch, by one system call: what is left out are the entries into the kernel. */
static double populate(void)
{
	double t;

	map_region(MADV_NOHUGEPAGE);
	t = TIMED(madvise(base, size, MADV_POPULATE_WRITE), "MADV_POPULATE_WRITE");
	unmap_region();
	return t / (double)pages;
}

static double unmap(void)
{
	double t;

	map_region(MADV_NOHUGEPAGE);
	store(PAGE);
	t = TIMED(munmap(base, size), "munmap");
	return t / (double)pages;
}

static double discard(void)
{
	double t;

	map_region(MADV_NOHUGEPAGE);
	store(PAGE);
	t = TIMED(madvise(base, size, MADV_DONTNEED), "MADV_DONTNEED");
	unmap_region();
	return t / (double)pages;
}

/* Of huge pages that are mapped by an entry a page: their entries are cleared, and next to nothing is freed. */
static double unmap_split(void)
{
	double t;

	map_region(MADV_HUGEPAGE);
	store(HUGE);
	for (size_t at = 0; at < size; at += HUGE)
		must(mprotect(base + at, PAGE, PROT_READ) == 0, "mprotect");
	t = TIMED(munmap(base, size), "munmap");
	return t / (double)pages;
}

static double unmap_huge(void)
{
	double t;

	map_region(MADV_HUGEPAGE);
	store(HUGE);
	t = TIMED(munmap(base, size), "munmap");
	return t / (double)(size / HUGE);
}

/* A fork and its child's end; what the parent's fork took. */
static double fork_once(void)
{
	double t = nanoseconds();
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	t = nanoseconds() - t;
	must(child > 0 && waitpid(child, NULL, 0) == child, "fork");
	return t;
}

static double fork_page(void)
{
	double with, without;

	map_region(MADV_NOHUGEPAGE);
	store(PAGE);
	with = fork_once();
	unmap_region();
	without = fork_once();
	return with > without ? (with - without) / (double)pages : 0;
}

static double fork_huge(void)
{
	double with, without;

	map_region(MADV_HUGEPAGE);
	store(HUGE);
	with = fork_once();
	unmap_region();
	without = fork_once();
	return with > without ? (with - without) / (double)(size / HUGE) : 0;
}

static double cow_copy(void)
{
	double t = 0;
	int pipes[2];
	pid_t child;

	map_region(MADV_NOHUGEPAGE);
	store(PAGE);
	must(pipe(pipes) == 0, "pipe");
	child = fork();
	if (child == 0) {
		t = store(PAGE);
		_exit(write(pipes[1], &t, sizeof t) != sizeof t);
	}
	must(child > 0 && waitpid(child, NULL, 0) == child && read(pipes[0], &t, sizeof t) == sizeof t, "fork");
	close(pipes[0]);
	close(pipes[1]);
	unmap_region();
	return t / (double)pages;
}

static double cow_reuse(void)
{
	double t;

	map_region(MADV_NOHUGEPAGE);
	store(PAGE);
	fork_once();
	t = store(PAGE);
	unmap_region();
	return t / (double)pages;
}

static double lock(void)
{
	double t;

	map_region(MADV_NOHUGEPAGE);
	store(PAGE);
	t = TIMED(mlock(base, size), "mlock");
	unmap_region();
	return t / (double)pages;
}

static double unlock(void)
{
	double t;

	map_region(MADV_NOHUGEPAGE);
	store(PAGE);
	must(mlock(base, size) == 0, "mlock");
	t = TIMED(munlock(base, size), "munlock");
	unmap_region();
	return t / (double)pages;
}

/* To where page tables cannot be moved whole. */
static double move(void)
{
	double t;

	map_region(MADV_NOHUGEPAGE);
	store(PAGE);
	t = TIMED(mremap(base, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, elsewhere) != elsewhere, "mremap");
	must(munmap(elsewhere, size) == 0, "munmap");
	return t / (double)pages;
}

static double huge_fault(void)
{
	double t;

	map_region(MADV_HUGEPAGE);
	t = store(HUGE);
	unmap_region();
	return t / (double)(size / HUGE);
}

static double protect(void)
{
	double t;

	map_region(MADV_NOHUGEPAGE);
	store(PAGE);
	t = TIMED(mprotect(base, size, PROT_READ), "mprotect");
	unmap_region();
	return t / (double)pages;
}

#define CALLS 100000

static double system_call(void)
{
	double start = nanoseconds();

	for (int i = 0; i < CALLS; i++)
		syscall(SYS_getppid);
	return (nanoseconds() - start) / CALLS;
}

/* Two changes of the list of VMAs, without pages. */
static double map_and_unmap(void)
{
	double start = nanoseconds();

	for (int i = 0; i < CALLS / 10; i++) {
		must(mmap(base, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == base, "mmap");
		must(munmap(base, PAGE) == 0, "munmap");
	}
	return (nanoseconds() - start) / (CALLS / 10);
}

/* Memory that is there: what the processor takes, and no kernel. */
static double zero_memory(void)
{
	double t;

	map_region(MADV_NOHUGEPAGE);
	store(PAGE);
	t = nanoseconds();
	memset(base, 0, size);
	t = nanoseconds() - t;
	unmap_region();
	return t / (double)pages;
}

static double copy_memory(void)
{
	double t;

	map_region(MADV_NOHUGEPAGE);
	store(PAGE);
	t = nanoseconds();
	memcpy(base, base + size / 2, size / 2);
	t = nanoseconds() - t;
	unmap_region();
	return t / (double)(pages / 2);
}

static double collapse(void)
{
	double t;

	map_region(MADV_NOHUGEPAGE);
	store(PAGE);
	must(madvise(base, size, MADV_HUGEPAGE) == 0, "MADV_HUGEPAGE");
	t = TIMED(madvise(base, size, MADV_COLLAPSE), "MADV_COLLAPSE");
	unmap_region();
	return t / (double)pages;
}

/* Kilobytes of this process that are mapped by huge entries. */
static long huge_kilobytes(void)
{
	char line[256];
	long kilobytes = 0;
	FILE *rollup = fopen("/proc/self/smaps_rollup", "r");

	if (rollup == NULL)
		return 0;
	while (fgets(line, sizeof line, rollup) != NULL)
		sscanf(line, "AnonHugePages: %ld", &kilobytes);
	fclose(rollup);
	return kilobytes;
}

static const char *no_huge_fault(void)
{
	long got;

	map_region(MADV_HUGEPAGE);
	store(HUGE);
	got = huge_kilobytes();
	unmap_region();
	return got * 1024 == (long)size ? NULL : "a touch of advised memory gives no huge page: transparent_hugepage/enabled "
						 "is never, or free memory is fragmented";
}

static const char *no_collapse(void)
{
	const char *reason = NULL;

	map_region(MADV_NOHUGEPAGE);
	store(PAGE);
	if (madvise(base, size, MADV_HUGEPAGE) != 0 || madvise(base, size, MADV_COLLAPSE) != 0)
		reason = "MADV_COLLAPSE fails: Linux before 6.1, or too little free memory";
	unmap_region();
	return reason;
}

static const char *no_lock(void)
{
	const char *reason = NULL;

	map_region(MADV_NOHUGEPAGE);
	if (mlock(base, size) != 0)
		reason = "RLIMIT_MEMLOCK is too low (run as root)";
	unmap_region();
	return reason;
}

static const struct operation {
	const char *name;
	const char *unit;
	double (*once)(void);
	const char *(*obstacle)(void);
} operations[] = {
	{"first-touch", "page", first_touch, NULL},
	{"zero-page-fault", "page", zero_page, NULL},
	{"fork", "page", fork_page, NULL},
	{"cow-copy", "page", cow_copy, NULL},
	{"cow-reuse", "page", cow_reuse, NULL},
	{"munmap", "page", unmap, NULL},
	{"madvise-dontneed", "page", discard, NULL},
	{"mlock", "page", lock, no_lock},
	{"munlock", "page", unlock, no_lock},
	{"mremap", "page", move, NULL},
	{"thp-fault", "2MiB", huge_fault, no_huge_fault},
	{"madvise-collapse", "page", collapse, no_collapse},
	{"populate-write", "page", populate, NULL},
	{"munmap-split", "page", unmap_split, no_huge_fault},
	{"munmap-thp", "2MiB", unmap_huge, no_huge_fault},
	{"fork-thp", "2MiB", fork_huge, no_huge_fault},
	{"mprotect", "page", protect, NULL},
	{"system-call", "call", system_call, NULL},
	{"mmap-munmap", "pair", map_and_unmap, NULL},
	{"memset", "page", zero_memory, NULL},
	{"memcpy", "page", copy_memory, NULL},
};

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void measure(const struct operation *o, int rounds)
{
	static double times[MAX_ROUNDS];
	const char *obstacle = o->obstacle != NULL ? o->obstacle() : NULL;

	if (obstacle != NULL) {
		printf("%s - %s\n", o->name, obstacle);
		return;
	}
	o->once();
	for (int i = 0; i < rounds; i++)
		times[i] = o->once();
	qsort(times, (size_t)rounds, sizeof times[0], by_value);
	printf("%s %.2f %.2f %s\n", o->name, times[rounds / 2], times[0], o->unit);
}

int main(int argc, char **argv)
{
	cpu_set_t allowed, one;
	int rounds, cpu;

	if (argc != 4 || (size = strtoul(argv[2], NULL, 10) << 20) == 0 || size % HUGE != 0
	    || (rounds = atoi(argv[3])) < 1 || rounds > MAX_ROUNDS) {
		fprintf(stderr, "usage: benchmark CPU MEBIBYTES ROUNDS (-1: the highest CPU; an even number; 1 to %d)\n",
			MAX_ROUNDS);
		return 2;
	}
	pages = size / PAGE;
	cpu = atoi(argv[1]);
	must(sched_getaffinity(0, sizeof allowed, &allowed) == 0, "sched_getaffinity");
	for (int i = 0; cpu < 0 && i < CPU_SETSIZE; i++)
		if (CPU_ISSET(CPU_SETSIZE - 1 - i, &allowed))
			cpu = CPU_SETSIZE - 1 - i;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	must(sched_setaffinity(0, sizeof one, &one) == 0, "sched_setaffinity");
	for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++)
		measure(&operations[i], rounds);
	return 0;
}
