#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/futex.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What C libraries older than the kernel do not name. */
#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif
#ifndef MADV_COLD
#define MADV_COLD 20
#define MADV_PAGEOUT 21
#endif
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif
#ifndef MADV_DONTNEED_LOCKED
#define MADV_DONTNEED_LOCKED 24
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#define MADV_GUARD_REMOVE 103
#endif

/*
 * All processes run main() from top to bottom. A step belongs to one of them:
 * the others wait until it is over. A fork is a step too; the child goes on
 * after it.
 */
#define PAGE 4096UL
#define NOBODY (-1)
#define ANY (-1)
#define MAX_PROCESSES 16
#define MAX_FILES 16
#define THP "/sys/kernel/mm/transparent_hugepage/"

static struct shared {
	uint32_t steps_done;		/* futex: how many steps are over */
	uint32_t tests, failures;
	uint32_t stopped;		/* a process died, or the rest is skipped */
	pid_t pids[MAX_PROCESSES];
	uint64_t note[4096];		/* what one process tells another */
} *shared;

static int me = NOBODY;			/* which process of the scenario this is */
static uint32_t step;			/* how many steps this process has passed */
static int files[MAX_FILES];
static pid_t controller;

static struct setting {
	char path[160];
	char before[64];
} settings[32];
static int nr_settings;

static void restore_settings(void)
{
	while (nr_settings > 0) {
		struct setting *s = &settings[--nr_settings];
		int fd = open(s->path, O_WRONLY);

		if (fd < 0 || write(fd, s->before, strlen(s->before)) < 0)
			fprintf(stderr, "# %s was not restored to %s\n", s->path, s->before);
		if (fd >= 0)
			close(fd);
	}
}

__attribute__((noreturn, format(printf, 1, 2))) static void skip_all(const char *format, ...)
{
	va_list arguments;

	printf("1..0 # SKIP ");
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
	fflush(stdout);
	restore_settings();
	exit(4);
}

static void interrupted(int signal)
{
	if (getpid() == controller)
		restore_settings();
	_exit(128 + signal);
}

/* The value in force of a file that shows all values: "always [madvise] never". */
static void value_in_force(const char *text, char *value, size_t size)
{
	const char *open = strchr(text, '[');
	size_t length;

	if (open)
		length = strcspn(++open, "]");
	else
		length = strcspn(open = text, "\n");
	if (length >= size)
		length = size - 1;
	memcpy(value, open, length);
	value[length] = 0;
}

static __attribute__((unused)) void set(const char *path, const char *value)
{
	struct setting *s = &settings[nr_settings];
	char text[128] = "";
	int fd = open(path, O_RDWR);

	if (nr_settings == (int)(sizeof(settings) / sizeof(settings[0])))
		skip_all("too many settings");

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		skip_all("%s: %s", path, strerror(errno));
	snprintf(s->path, sizeof(s->path), "%s", path);
	value_in_force(text, s->before, sizeof(s->before));
	if (strcmp(s->before, value)) {
		nr_settings++;
		if (write(fd, value, strlen(value)) < 0)
			skip_all("%s does not take %s: %s", path, value, strerror(errno));
	}
	close(fd);
}

/* Large folios of no size, until the scenario says otherwise. */
static __attribute__((unused)) void set_all_sizes(const char *value)
{
	glob_t found;

	if (glob(THP "hugepages-*kB/enabled", 0, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc; i++)
		set(found.gl_pathv[i], value);
	globfree(&found);
}

static __attribute__((unused)) void drop_ipc_lock(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		return;
	data[0].effective &= ~(1U << CAP_IPC_LOCK);
	data[0].permitted &= ~(1U << CAP_IPC_LOCK);
	syscall(SYS_capset, &header, data);
}

static __attribute__((unused)) int limit_memlock(unsigned long bytes)
{
	struct rlimit limit = { bytes, bytes };

	return setrlimit(RLIMIT_MEMLOCK, &limit);
}

static __attribute__((unused)) void drop_caches(void)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY);

	if (fd < 0 || write(fd, "2", 1) < 0)
		printf("# drop_caches: %s\n", strerror(errno));
	if (fd >= 0)
		close(fd);
}

/* Page p of file f begins with the word (f + 1) << 32 | p + 1. */
static __attribute__((unused)) void open_file(int number, unsigned long pages, int in_memory)
{
	char path[] = "/var/tmp/scenario-XXXXXX";
	int fd = in_memory ? memfd_create("scenario", 0) : mkstemp(path);

	if (fd < 0 || ftruncate(fd, (off_t)(pages * PAGE)))
		skip_all("no file of %lu pages: %s", pages, strerror(errno));
	if (!in_memory)
		unlink(path);
	for (unsigned long page = 0; page < pages; page++) {
		uint64_t word = (uint64_t)(number + 1) << 32 | (page + 1);

		if (pwrite(fd, &word, sizeof(word), (off_t)(page * PAGE)) != sizeof(word))
			skip_all("writing a file: %s", strerror(errno));
	}
	files[number] = fd;
}

static void stop(void)
{
	__atomic_store_n(&shared->stopped, 1, __ATOMIC_SEQ_CST);
	syscall(SYS_futex, &shared->steps_done, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

static void step_over(void)
{
	__atomic_store_n(&shared->steps_done, ++step, __ATOMIC_SEQ_CST);
	syscall(SYS_futex, &shared->steps_done, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

static void wait_for_step(void)
{
	const struct timespec second = { 1, 0 };
	uint32_t done;

	while ((done = __atomic_load_n(&shared->steps_done, __ATOMIC_SEQ_CST)) <= step) {
		if (__atomic_load_n(&shared->stopped, __ATOMIC_SEQ_CST))
			_exit(1);
		if (getpid() == controller && waitpid(-1, NULL, WNOHANG) > 0
		    && __atomic_load_n(&shared->steps_done, __ATOMIC_SEQ_CST) <= step) {
			printf("Bail out! a process died in step %u\n", step + 1);
			fflush(stdout);
			stop();
			restore_settings();
			exit(1);
		}
		syscall(SYS_futex, &shared->steps_done, FUTEX_WAIT, done, &second, NULL, 0);
	}
	step++;
}

#define ON(process) for (int once = begin_step(process); once; once = 0, step_over())

static int begin_step(int process)
{
	if (me == process)
		return 1;
	wait_for_step();
	return 0;
}

static void result(int ok, const char *text)
{
	uint32_t number = __atomic_add_fetch(&shared->tests, 1, __ATOMIC_SEQ_CST);

	if (!ok)
		__atomic_add_fetch(&shared->failures, 1, __ATOMIC_SEQ_CST);
	printf("%s %u - %s\n", ok ? "ok" : "not ok", number, text);
	fflush(stdout);
}

/* A call: "expected" is 0, the errno it must fail with, or ANY. */
static __attribute__((unused)) void call(long returned, int expected, const char *text)
{
	int error = returned == -1 ? errno : 0;

	result(expected == ANY || error == expected, text);
	if (expected != ANY && error != expected)
		printf("#   expected %s, was %s\n", expected ? strerror(expected) : "success",
		       error ? strerror(error) : "success");
}

/* ---- processes */

static __attribute__((unused)) void new_process(int process)
{
	pid_t pid;

	if (getpid() != controller) {
		wait_for_step();
		return;
	}
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		skip_all("fork: %s", strerror(errno));
	if (!pid) {
		me = process;
		signal(SIGCHLD, SIG_IGN);	/* its children are gone as soon as they exit */
		wait_for_step();
		return;
	}
	shared->pids[process] = pid;
	step_over();
}

static __attribute__((unused)) void fork_process(int parent, int child)
{
	pid_t pid;

	if (me != parent) {
		wait_for_step();
		return;
	}
	fflush(stdout);
	pid = fork();
	if (pid < 0) {
		stop();
		_exit(1);
	}
	if (!pid) {
		me = child;
		wait_for_step();
		return;
	}
	shared->pids[child] = pid;
	step_over();
}

static __attribute__((unused)) void exit_process(int process)
{
	if (me == process)
		_exit(0);
	if (getpid() == controller) {
		while (waitpid(shared->pids[process], NULL, 0) < 0 && !kill(shared->pids[process], 0))
			usleep(100);
		step_over();
	} else {
		wait_for_step();
	}
}

/* ---- accesses */

static sigjmp_buf fault;

static void caught(int signal)
{
	siglongjmp(fault, signal);
}

static __attribute__((unused)) void store(unsigned long address, unsigned long pages, uint64_t value, uint64_t more,
					  int expected, const char *text)
{
	int signal = sigsetjmp(fault, 1);

	if (!signal)
		for (unsigned long page = 0; page < pages; page++)
			*(volatile uint64_t *)(address + page * PAGE) = value + page * more;
	result(expected == ANY || signal == expected, text);
}

static __attribute__((unused)) void load(unsigned long address, unsigned long pages, int expected, const char *text)
{
	int signal = sigsetjmp(fault, 1);

	if (!signal)
		for (unsigned long page = 0; page < pages; page++)
			(void)*(volatile uint64_t *)(address + page * PAGE);
	result(expected == ANY || signal == expected, text);
}

/* ---- looking */

static __attribute__((unused)) uint64_t word_of(const char *path, uint64_t index)
{
	uint64_t word = 0;
	int fd = open(path, O_RDONLY);

	if (fd < 0 || pread(fd, &word, sizeof(word), (off_t)(index * sizeof(word))) != sizeof(word))
		word = 0;
	if (fd >= 0)
		close(fd);
	return word;
}

static __attribute__((unused)) uint64_t pagemap(unsigned long address)
{
	return word_of("/proc/self/pagemap", address / PAGE);
}

#define PM_PRESENT (1ULL << 63)
#define PM_SWAP (1ULL << 62)
#define PM_FILE (1ULL << 61)
#define PM_MAPPED_ONCE (1ULL << 56)

static __attribute__((unused)) uint64_t pfn(unsigned long address)
{
	uint64_t entry = pagemap(address);

	return entry & PM_PRESENT ? entry & ((1ULL << 55) - 1) : 0;
}

#define KPF_ANON (1ULL << 12)
#define KPF_COMPOUND_HEAD (1ULL << 15)
#define KPF_COMPOUND_TAIL (1ULL << 16)
#define KPF_THP (1ULL << 22)
#define KPF_ZERO_PAGE (1ULL << 24)
#define KPF_MLOCKED (1ULL << 33)

static __attribute__((unused)) uint64_t kpageflags(unsigned long address)
{
	uint64_t page = pfn(address);

	return page ? word_of("/proc/kpageflags", page) : 0;
}

static __attribute__((unused)) uint64_t folio(unsigned long address)
{
	uint64_t page = pfn(address);

	while (page && word_of("/proc/kpageflags", page) & KPF_COMPOUND_TAIL)
		page--;
	return page;
}

static __attribute__((unused)) unsigned long folio_pages(unsigned long address)
{
	uint64_t head = folio(address);
	unsigned long pages = 1;

	if (!head || !(word_of("/proc/kpageflags", head) & KPF_COMPOUND_HEAD))
		return head ? 1 : 0;
	while (word_of("/proc/kpageflags", head + pages) & KPF_COMPOUND_TAIL)
		pages++;
	return pages;
}

static __attribute__((unused)) uint64_t mapcount(unsigned long address)
{
	uint64_t page = pfn(address);

	return page ? word_of("/proc/kpagecount", page) : 0;
}

static __attribute__((unused)) unsigned long count(int (*test)(unsigned long), unsigned long address, unsigned long pages)
{
	unsigned long found = 0;

	for (unsigned long page = 0; page < pages; page++)
		found += test(address + page * PAGE) != 0;
	return found;
}

static __attribute__((unused)) int all(int (*test)(unsigned long), unsigned long address, unsigned long pages)
{
	return count(test, address, pages) == pages;
}

static __attribute__((unused)) int none(int (*test)(unsigned long), unsigned long address, unsigned long pages)
{
	return count(test, address, pages) == 0;
}

static __attribute__((unused)) int all_folios_of(unsigned long folio_size, unsigned long address, unsigned long pages)
{
	for (unsigned long page = 0; page < pages; page++)
		if (folio_pages(address + page * PAGE) != folio_size)
			return 0;
	return 1;
}

static __attribute__((unused)) int all_mapcounts(uint64_t expected, unsigned long address, unsigned long pages)
{
	for (unsigned long page = 0; page < pages; page++)
		if (mapcount(address + page * PAGE) != expected)
			return 0;
	return 1;
}

static __attribute__((unused)) int one_folio(unsigned long address, unsigned long pages)
{
	uint64_t head = folio(address);

	for (unsigned long page = 0; page < pages; page++)
		if (!head || folio(address + page * PAGE) != head)
			return 0;
	return 1;
}

/* Notes which pages, or which folios, a range has, for another process to compare. */
static __attribute__((unused)) void note(uint64_t (*what)(unsigned long), unsigned long address, unsigned long pages)
{
	for (unsigned long page = 0; page < pages; page++)
		shared->note[page] = what(address + page * PAGE);
}

static __attribute__((unused)) unsigned long as_noted(uint64_t (*what)(unsigned long), unsigned long address,
						      unsigned long pages)
{
	unsigned long same = 0;

	for (unsigned long page = 0; page < pages; page++)
		same += shared->note[page] && what(address + page * PAGE) == shared->note[page];
	return same;
}

static __attribute__((unused)) int is_present(unsigned long a) { return (pagemap(a) & PM_PRESENT) != 0; }
static __attribute__((unused)) int is_empty(unsigned long a) { return !(pagemap(a) & (PM_PRESENT | PM_SWAP)); }
static __attribute__((unused)) int is_large(unsigned long a) { return (kpageflags(a) & KPF_THP) != 0; }
static __attribute__((unused)) int is_swapped(unsigned long a) { return (pagemap(a) & PM_SWAP) != 0; }
static __attribute__((unused)) int is_file(unsigned long a) { return (pagemap(a) & PM_FILE) != 0; }
static __attribute__((unused)) int is_mapped_once(unsigned long a) { return (pagemap(a) & PM_MAPPED_ONCE) != 0; }
static __attribute__((unused)) int is_anon(unsigned long a) { return (kpageflags(a) & KPF_ANON) != 0; }
static __attribute__((unused)) int is_zero_page(unsigned long a) { return (kpageflags(a) & KPF_ZERO_PAGE) != 0; }
static __attribute__((unused)) int is_mlocked(unsigned long a) { return (kpageflags(a) & KPF_MLOCKED) != 0; }

/* VMAs that overlap a range; all of them have the permissions, if some are asked for ("rw-p"). */
static __attribute__((unused)) int vmas(unsigned long start, unsigned long end, const char *permissions)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned long from, to;
	char line[512], seen[8];
	int count = 0;

	while (maps && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%lx %7s", &from, &to, seen) == 3 && from < end && to > start) {
			if (permissions && strncmp(seen, permissions, strlen(permissions)))
				count = INT_MIN / 2;
			count++;
		}
	if (maps)
		fclose(maps);
	return count;
}

/* What is mapped in a range, in words: "rw 4, hole 4, r 8", sizes in pages. */
static __attribute__((unused)) int areas(unsigned long start, unsigned long end, const char *expected)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned long from, to, at = start;
	char line[512], seen[8], text[1024] = "";
	size_t used = 0;

	while (maps && fgets(line, sizeof(line), maps) && used < sizeof(text) - 80) {
		if (sscanf(line, "%lx-%lx %7s", &from, &to, seen) != 3 || from >= end || to <= start)
			continue;
		from = from > start ? from : start;
		to = to < end ? to : end;
		if (from > at)
			used += (size_t)sprintf(text + used, "%shole %lu", used ? ", " : "", (from - at) / PAGE);
		used += (size_t)sprintf(text + used, "%s%s%s%s%s %lu", used ? ", " : "", seen[0] == 'r' ? "r" : "",
					seen[1] == 'w' ? "w" : "", seen[2] == 'x' ? "x" : "",
					strncmp(seen, "---", 3) ? "" : "none", (to - from) / PAGE);
		at = to;
	}
	if (at < end)
		sprintf(text + used, "%shole %lu", used ? ", " : "", (end - at) / PAGE);
	if (maps)
		fclose(maps);
	if (strcmp(text, expected))
		printf("#   seen: %s\n", text);
	return !strcmp(text, expected);
}

/* A field of status, in bytes. */
static __attribute__((unused)) long status(const char *field)
{
	FILE *file = fopen("/proc/self/status", "r");
	size_t length = strlen(field);
	char line[512];
	long bytes = -1;

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, field, length) && line[length] == ':')
			bytes = strtol(line + length + 1, NULL, 10) * 1024;
	if (file)
		fclose(file);
	return bytes;
}

/* Whether pages are there and begin with words that rise by a step; none is faulted in. */
static __attribute__((unused)) int contents(unsigned long address, unsigned long pages, uint64_t first, uint64_t more)
{
	for (unsigned long page = 0; page < pages; page++)
		if (!(pagemap(address + page * PAGE) & PM_PRESENT)
		    || *(volatile uint64_t *)(address + page * PAGE) != first + page * more)
			return 0;
	return 1;
}

/* A field of smaps, summed up over the VMAs that overlap a range, in bytes. */
static __attribute__((unused)) long smaps(unsigned long start, unsigned long end, const char *field)
{
	FILE *file = fopen("/proc/self/smaps", "r");
	unsigned long from, to;
	char line[512], permissions[8];
	size_t length = strlen(field);
	long sum = 0;
	int inside = 0;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%lx-%lx %7s", &from, &to, permissions) == 3)
			inside = from < end && to > start;
		else if (inside && !strncmp(line, field, length) && line[length] == ':')
			sum += strtol(line + length + 1, NULL, 10) * 1024;
	}
	if (file)
		fclose(file);
	return sum;
}

/* ---- begin and end */

static void begin(const char *title)
{
	struct sigaction fatal = { .sa_handler = caught, .sa_flags = SA_NODEFER };
	struct sigaction ended = { .sa_handler = interrupted };

	controller = getpid();
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		skip_all("mmap: %s", strerror(errno));
	if (geteuid())
		skip_all("page frames are shown to root only");
	if (access("/proc/kpageflags", R_OK) || access("/proc/kpagecount", R_OK))
		skip_all("this kernel has no /proc/kpageflags or /proc/kpagecount");
	sigaction(SIGSEGV, &fatal, NULL);
	sigaction(SIGBUS, &fatal, NULL);
	sigaction(SIGINT, &ended, NULL);
	sigaction(SIGTERM, &ended, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	memset(files, -1, sizeof(files));
	printf("TAP version 13\n# %s\n", title);
}

static int finish(unsigned int planned)
{
	if (getpid() != controller)
		_exit(0);
	for (int process = 0; process < MAX_PROCESSES; process++)
		if (shared->pids[process])
			waitpid(shared->pids[process], NULL, 0);
	restore_settings();
	if (shared->tests != planned)
		printf("# %u of %u tests were run\n", shared->tests, planned);
	printf("# Totals: pass:%u fail:%u\n", shared->tests - shared->failures, shared->failures);
	return shared->failures || shared->tests != planned;
}
