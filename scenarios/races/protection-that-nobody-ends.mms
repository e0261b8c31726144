title   a write to a page that stays protected waits for ever, and the explorer says so
source  Linux 6.18, handle_userfault
entries 8

A = process
A: buf = mmap 8 rw private anon align 32KiB
A: write buf 1+
A: uffd-register buf wp

parallel
  task writer in A:  write buf[3] 70
  task handler in A: uffd-writeprotect buf[3]
end

expect counterexample lost-wakeup
