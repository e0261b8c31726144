title   Where only blocks of four pages are free, version 2 gives up after the first size
source  002_b12750ce76c3af3d.txt; version 2 of July 2023: if the allocation fails, a base page
thp     16KiB=always 64KiB=always
policy  cow-sizing.orders = orders/descending-fit on-allocation-failure=base-page

A = process
A: buf = mmap 64KiB rw private anon align 64KiB
fail order >= 3
A: write buf[5] 7
expect A: 1 of buf present
expect A: buf[5] folio 4KiB
expect thp 64KiB anon_fault_fallback +1
expect thp 32KiB anon_fault_fallback +0
expect thp 16KiB anon_fault_fallback +0
expect thp 16KiB anon_fault_alloc +0
