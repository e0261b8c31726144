title   A large folio that is faulted into locked memory is mlocked at once
source  Linux 6.18, folio_add_lru_vma
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: mlock2 m onfault
A: write m[5] 1
expect A: m present, one folio, mlocked
