title   A fork that gets no page table half way leaves no child, and the parent's pages as fork leaves them
source  002_b12750ce76c3af3d.txt: "but also failed partial fork() that could result in something like that"
source  Linux 6.18, dup_mmap, copy_page_range: what was shared stays write-protected
thp     16KiB=always
entries 8

A = process
# Three page tables of eight pages each: two folios in each.
A: buf = mmap 96KiB rw private anon align 32KiB
A: write buf 1+
expect A: buf exclusive, writable
fail page-tables after 1 times 1
B = fork A -> ENOMEM
# The first table's pages were shared with the child and are maybe shared from then on; what fork did not come to is untouched.
expect A: buf[0:8] not exclusive, not writable, mapcount 1
expect A: buf[8:24] exclusive, writable, mapcount 1
expect A: buf = 1+
expect A: Rss(buf) = 96KiB
# A failed fork makes the mixture of exclusive and shared pages: a write proves who owns the page, or copies it.
mark
A: write buf[0] 50
A: write buf[8] 51
expect A: buf[0] = 50
expect A: buf[8] = 51
expect A: buf[0] exclusive, writable
expect if cow-sizing.reuse = reuse/proven-by-scheme: A: buf[0:4] one folio
expect if cow-sizing.reuse = reuse/proven-by-scheme: A: buf[1:8] not exclusive
expect if cow-sizing.reuse = reuse/exclusive-run: A: buf[0:4] exclusive, one folio
expect if cow-sizing.reuse = reuse/exclusive-run: A: buf[4:8] not exclusive
expect if cow-sizing.reuse = reuse/never-large: A: buf[4:8] not exclusive
expect if cow-sizing.reuse = reuse/never-large and cow-sizing.copy = copy/one-page: A: buf[0] folio 4KiB
expect if cow-sizing.reuse = reuse/never-large and cow-sizing.copy = copy/wide: A: buf[0:4] exclusive, one folio
expect if cow-sizing.reuse = reuse/never-large and cow-sizing.copy = copy/inherit-order: A: buf[0:4] exclusive, one folio
expect A: buf[8:24] exclusive, writable
expect A: buf[2] = 3
# The second attempt finds both kinds, and the child sees all of it.
C = fork A
expect C: buf[9:24] = 10+
expect C: buf[0] = 50
expect A: buf not exclusive, not writable
C: exit
expect A: buf mapcount 1
