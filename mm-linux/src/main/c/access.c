#define _GNU_SOURCE
#include "access.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <time.h>

/* Where an access goes on after a signal, and what the signal said. */
static __thread sigjmp_buf after_fault;
static __thread volatile sig_atomic_t accessing;
static __thread volatile int fault_signal;
static __thread volatile int fault_code;

static void on_fault(int signal, siginfo_t *info, void *context)
{
	(void)context;
	if (!accessing) {
		/* A mistake of the helper's own: die of it, visibly. */
		struct sigaction plain = {.sa_handler = SIG_DFL};

		sigaction(signal, &plain, NULL);
		return;
	}
	fault_signal = signal;
	fault_code = info->si_code;
	siglongjmp(after_fault, 1);
}

void accesses_open(void)
{
	struct sigaction fault = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};

	sigaction(SIGSEGV, &fault, NULL);
	sigaction(SIGBUS, &fault, NULL);
}

/* The mask of signals is not saved: SA_NODEFER keeps it as it is. */
int store_word(uint64_t address, uint64_t value)
{
	if (sigsetjmp(after_fault, 0)) {
		accessing = 0;
		return 0;
	}
	accessing = 1;
	*(volatile uint64_t *)address = value;
	accessing = 0;
	return 1;
}

int load_word(uint64_t address, uint64_t *value)
{
	if (sigsetjmp(after_fault, 0)) {
		accessing = 0;
		return 0;
	}
	accessing = 1;
	*value = *(volatile uint64_t *)address;
	accessing = 0;
	return 1;
}

void report_fault(struct reply *p)
{
	p->signal = fault_signal;
	p->code = fault_code;
}

/* ---- accesses by threads */

static struct access {
	int used;
	int is_store;
	uint64_t address, value;
	struct reply result;
	sem_t done;
	pthread_t thread;
} accesses[ACCESSES];

static void *run(void *argument)
{
	struct access *a = argument;
	int good = a->is_store ? store_word(a->address, a->value) : load_word(a->address, &a->value);

	if (!good)
		report_fault(&a->result);
	else if (!a->is_store)
		a->result.value = (int64_t)a->value;
	sem_post(&a->done);
	return NULL;
}

static struct access *access_of(const struct request *q, int used, struct reply *p)
{
	if (q->a[0] >= 0 && q->a[0] < ACCESSES && accesses[q->a[0]].used == used)
		return &accesses[q->a[0]];
	p->status = STATUS_REFUSED;
	p->error = used ? ENOENT : EINVAL;
	return NULL;
}

void access_start(const struct request *q, struct reply *p)
{
	struct access *a = access_of(q, 0, p);

	if (a == NULL)
		return;
	memset(a, 0, sizeof *a);
	a->address = (uint64_t)q->a[1];
	a->is_store = q->a[2] != 0;
	a->value = (uint64_t)q->a[3];
	sem_init(&a->done, 0, 0);
	p->error = pthread_create(&a->thread, NULL, run, a);
	if (p->error != 0)
		p->value = -1;
	else
		a->used = 1;
}

/* Waits, so many milliseconds at most; count is 1 if the access is over. */
void access_finish(const struct request *q, struct reply *p)
{
	struct access *a = access_of(q, 1, p);
	struct timespec until;
	int waited;

	if (a == NULL)
		return;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += q->a[1] / 1000;
	until.tv_nsec += q->a[1] % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	do {
		waited = sem_timedwait(&a->done, &until);
	} while (waited != 0 && errno == EINTR);
	if (waited != 0)
		return;
	pthread_join(a->thread, NULL);
	a->used = 0;
	*p = a->result;
	p->count = 1;
}

void accesses_disown(void)
{
	for (int i = 0; i < ACCESSES; i++)
		accesses[i].used = 0;
}
