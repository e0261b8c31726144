title   a fault that is put in line after unregistering has woken everybody waits for ever
source  Linux 6.18, userfaultfd_unregister wakes before it locks the VMA; seen on a real 6.18 kernel, too
entries 8

A = process
A: buf = mmap 8 rw private anon align 32KiB
A: uffd-register buf missing

parallel
  task writer in A:  write buf[3] 70
  task handler in A: uffd-unregister buf
end

expect counterexample lost-wakeup
