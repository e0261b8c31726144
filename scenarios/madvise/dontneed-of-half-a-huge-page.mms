title   Dropping half of a 2 MiB folio maps the rest by small entries
source  Linux 6.18, zap_huge_pmd splits what is cut
thp     2MiB=always

A = process
m = range 2MiB align 2MiB
A: mmap m rw private anon
A: write m 1
A: madvise m[256:512] DONTNEED
expect A: m[0:256] present, folio 2048KiB
expect A: m[256:512] empty
expect A: AnonHugePages(m) = 0KiB
expect A: Rss(m) = 1024KiB
