title   A third owner that outlives the two that are tracked copies although it is alone: a false alarm, and safe
source  Linux 6.15, MM-owner tracking: two slots; the answer of 2025 to 002_b12750ce76c3af3d.txt: "we must only go back to \"exclusive\" if we are sure"
thp     64KiB=always

P = process
m = range 16 align 64KiB
P: mmap m rw private anon
P: write m 1+
A = fork P
B = fork P
P: exit
A: exit
expect B: m mapcount 1, one folio
B: write m[3] 99
expect if cow-sizing.reuse = reuse/proven-by-scheme and mapcount.folio = mapcount/mm-id and cow-sizing.copy = copy/one-page: B: m[3] folio 4KiB
expect if cow-sizing.reuse = reuse/proven-by-scheme and mapcount.folio = mapcount/exact: B: m one folio
# The scan of entries against references needs no slots.
expect if cow-sizing.reuse = reuse/exclusive-run: B: m one folio, exclusive
B: read m[3] = 99
