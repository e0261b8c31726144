title   One page left of a large folio is copied, so that the folio can be freed
source  002_b12750ce76c3af3d.txt: "page_count() <= folio_nr_pages()"; Linux 6.15, wp_can_reuse_anon_folio: the mapcount must be larger than 1
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
B = fork A
B: exit
A: munmap m[1:]
mark
A: write m[0] 9
expect if cow-sizing.reuse = reuse/proven-by-scheme: A: m[0] folio 4KiB
expect if cow-sizing.reuse = reuse/never-large: A: m[0] folio 4KiB
# The scan explains the one reference that is left, and keeps 64 KiB for 4 KiB.
expect if cow-sizing.reuse = reuse/exclusive-run: A: m[0] folio 64KiB
A: read m[0] = 9
