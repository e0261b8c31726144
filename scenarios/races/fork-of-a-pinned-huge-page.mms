title   fork leaves a huge page that may be pinned to the parent
source  Linux commit d042035eaf5f (5.10): copy_huge_pmd() splits what may be pinned, and pages are copied
entries 8
thp     32KiB=always

A = process
A: buf = mmap 32KiB rw private anon align 32KiB
A: write buf 1+

parallel
  task pinner in A: P = pin buf[3] writable
  task forker in A: B = fork; write buf[3] 50
end

expect if fork-of-pinned-huge-pages = share: counterexample
A: device write P[0] 99
A: read buf[3] = 99
B: read buf[3] = 4
A: write buf[3] 100
A: device read P[0] = 100
