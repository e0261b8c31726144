/*
 * What client and helper say to each other.
 *
 * The client writes requests to the helper's standard input and reads replies, in the same order, from its standard
 * output. Requests have one size; a reply has a head of one size and, for some operations, a payload after it. All
 * numbers are little endian. The client may send many requests before it reads a reply: replies are written when
 * there is nothing left to read or much to write, and while the client does not read them, requests are still taken
 * in, so that neither side waits for the other for ever.
 */
#ifndef POLYMM_PROTOCOL_H
#define POLYMM_PROTOCOL_H

#include <stddef.h>
#include <stdint.h>

#define PROTOCOL_VERSION 1

#define PAGE_SIZE 4096UL
/* Simulated processes that can live at a time. */
#define WORKERS 16
/* Files that can be open at a time. File number n is descriptor FILE_DESCRIPTOR + n in every worker. */
#define FILES 64
#define FILE_DESCRIPTOR 512
/* Pages of the longest range, and of the largest window that a snapshot shows. */
#define MAX_PAGES 65536
/* Pins that a worker can hold at a time, and as many references. */
#define HOLDS 32
/* Accesses by threads that a worker can have on their way, and userfaultfds it can have open. */
#define ACCESSES 16
#define UFFDS 4
/* Requests that a client may have sent without having read their replies. */
#define MAX_PENDING 1024

struct request {
	uint32_t op;
	uint32_t worker;
	int64_t a[7];
};

struct reply {
	int64_t value;   /* what a call returned, what a load read */
	int32_t error;   /* errno; 0 for success */
	int32_t signal;  /* the signal that an access raised, or that ended the worker; 0 for none */
	int32_t code;    /* si_code of that signal */
	uint32_t count;  /* pages done, or entries in the payload */
	uint32_t length; /* bytes of payload that follow */
	uint32_t status; /* a STATUS_ */
};

_Static_assert(sizeof(struct request) == 64, "requests have a fixed size");
_Static_assert(sizeof(struct reply) == 32, "heads of replies have a fixed size");

enum status {
	STATUS_DONE = 0,    /* carried out; it may have failed, see error and signal */
	STATUS_REFUSED = 1, /* not carried out: the request makes no sense now; error says why */
	STATUS_DIED = 2,    /* the worker ended while it worked on the request */
};

/* Operations; arguments in brackets. Those from OP_FIRST_FORWARDED on are carried out by the worker. */
enum op {
	OP_HELLO = 1,      /* -> value: PROTOCOL_VERSION */
	OP_RESET = 2,      /* ends all workers, closes all files */
	OP_SPAWN = 3,      /* [SPAWN_ bits] a new worker, with nothing of the one before */
	OP_FORK = 4,       /* [number of the child] */
	OP_EXIT = 5,       /* the worker is gone, and its memory with it, when the reply comes */
	OP_FILE = 6,       /* [number, pages, kind, value, step] a new file; page i holds value + i * step */
	OP_FILE_CLOSE = 7, /* [number] in the controller and in all workers; mappings stay */
	OP_FILE_LOAD = 8,  /* [number, offset] reads a word of a file by read(2) */
	OP_FILE_STORE = 9, /* [number, offset, value] writes one by write(2) */
	OP_SNAPSHOT = 10,  /* [address, pages, SNAPSHOT_ bits, mask of workers or 0 for all] -> words, see snapshot.c */
	OP_FRAMES = 11,    /* [first pfn, count] the state of page frames, mapped or not -> words, see snapshot.c */
	OP_TEXT = 12,      /* [a TEXT_] -> a file of /proc */
	OP_DRAIN = 13,     /* empties this CPU's batches of folios on their way to an LRU list */
	OP_PROBE = 14,     /* [number of a file, page] sets a breakpoint (uprobe) behind the first word of the page */
	OP_PROBE_REMOVE = 15, /* [number of a file, page] -> error ENOENT if there is none */

	OP_FIRST_FORWARDED = 32,
	OP_CALL = 32,        /* [number, six arguments] a system call -> value, error */
	OP_LOAD = 33,        /* [address] -> value, signal */
	OP_STORE = 34,       /* [address, value] */
	OP_LOAD_RANGE = 35,  /* [address, pages, whether values are wanted] one word a page -> count, the last value, values */
	OP_STORE_RANGE = 36, /* [address, pages, value, step] one word a page: value, value + step, ... -> count */
	OP_LIMIT = 37,       /* [resource, soft, hard] setrlimit(2) */
	OP_PIN = 38,         /* [address, length, number] a long-term pin for writing */
	OP_PIN_LOAD = 39,    /* [number, offset] a device reads a word through a pin */
	OP_PIN_STORE = 40,   /* [number, offset, value] a device writes one */
	OP_UNPIN = 41,       /* [number] */
	OP_REFERENCE = 42,   /* [address, length, number] plain references to pages */
	OP_REFERENCE_LOAD = 43, /* [number, offset] a word, through a reference */
	OP_RELEASE = 44,     /* [number] */
	OP_ACCESS = 45,      /* [number, address, whether to store, value] a thread of the worker loads or stores */
	OP_FINISH = 46,      /* [number, milliseconds] waits for that -> count: 1 if it is over; then as OP_LOAD */
	OP_UFFD_OPEN = 47,   /* [number, features] -> value: the features there are */
	OP_UFFD_CLOSE = 48,  /* [number] */
	OP_UFFD_REGISTER = 49, /* [number, address, length, modes] -> value: the operations that can resolve */
	OP_UFFD_UNREGISTER = 50, /* [number, address, length] */
	OP_UFFD_RESOLVE = 51, /* [number, a RESOLVE_, address, length, mode, value or source, step] -> bytes done */
	OP_UFFD_MESSAGES = 52, /* [number, milliseconds to wait for the first] -> event, flags, address, thread of each */
	OP_UFFD_CHANGE = 53, /* [number, milliseconds to wait] -> a message of a change of mappings, see uffd.h */

	/* Between controller and worker only. */
	OP_PEEK = 64,    /* [address, pages] then a bit map: reads one word of every page whose bit is set */
	OP_INSTALL = 65, /* [number] a descriptor comes with the next byte */
	OP_CLOSE = 66,   /* [number] */
};

enum spawn_bits {
	SPAWN_UNPRIVILEGED = 1, /* without CAP_IPC_LOCK, so that RLIMIT_MEMLOCK binds */
};

enum file_kind {
	FILE_REGULAR = 0,
	FILE_MEMFD = 1,
	FILE_HUGETLB = 2,
};

enum snapshot_bits {
	SNAPSHOT_CONTENTS = 1, /* the first word of every page that can be read without a fault */
	SNAPSHOT_DRAIN = 2,    /* as OP_DRAIN before */
};

/* Operations of a userfaultfd on a range. */
enum resolve {
	RESOLVE_COPY = 0, /* with pages whose first words are value, value + step, ...; 2 MiB at most */
	RESOLVE_ZEROPAGE = 1,
	RESOLVE_CONTINUE = 2,
	RESOLVE_WRITEPROTECT = 3,
	RESOLVE_POISON = 4,
	RESOLVE_MOVE = 5, /* from source */
	RESOLVE_WAKE = 6,
};

enum text {
	TEXT_MAPS = 0,
	TEXT_SMAPS = 1,
	TEXT_STATUS = 2,
	TEXT_VMSTAT = 3,
};

#endif
