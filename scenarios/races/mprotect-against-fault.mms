title   a fault under the VMA lock alone maps nothing writable behind the back of mprotect
source  Linux commit 49b0638502da (6.5): what walks page tables and must keep faults out locks the VMA besides the mmap lock
entries 8

A = process
A: buf = mmap 8KiB rw private anon

parallel
  task toucher in A:   write buf[0] 7 -> any
  task protector in A: mprotect buf r
end

expect if page-walk-vma-lock = off: counterexample
A: write buf[0] 8 -> SIGSEGV
A: write buf[1] 8 -> SIGSEGV
