title   PROT_NONE memory takes neither a read nor a write
source  mmap(2)

A = process
m = range 4
A: mmap m none private anon
A: read m[0] -> SIGSEGV
A: write m[1] 1 -> SIGSEGV
expect A: m empty
