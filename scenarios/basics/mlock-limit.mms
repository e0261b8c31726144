title   RLIMIT_MEMLOCK binds a process without CAP_IPC_LOCK
source  mlock(2)
unprivileged

A = process
A: limit memlock 32KiB
A: buf = mmap 64KiB rw private anon
A: mlock buf -> ENOMEM
expect A: status VmLck = 0
A: mlock buf[0:8]
expect A: status VmLck = 32KiB
expect A: buf[0:8] present
expect A: buf[8:] empty
