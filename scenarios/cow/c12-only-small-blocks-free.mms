title   Where only blocks of four pages are free: who steps down, who gives up
source  002_b12750ce76c3af3d.txt, patch 3 "falls back to smaller"; versions 1 and 2 of July 2023; Linux 6.18, alloc_anon_folio
thp     16KiB=always 32KiB=never 64KiB=always

A = process
A: buf = mmap 64KiB rw private anon align 64KiB
fail order >= 3
A: write buf[5] 7
expect A: buf[5] = 7
# Mainline: the next size that is enabled.
expect if cow-sizing.orders = orders/mthp: A: buf[4:8] one folio, folio 16KiB
expect if cow-sizing.orders = orders/mthp: A: 4 of buf present
expect if cow-sizing.orders = orders/mthp: thp 64KiB anon_fault_fallback +1
expect if cow-sizing.orders = orders/mthp: thp 32KiB anon_fault_fallback +0
expect if cow-sizing.orders = orders/mthp: thp 16KiB anon_fault_alloc +1
# Version 1 steps down by one order; version 2 (on-allocation-failure=base-page) gives up at once, and has a scenario of its own.
expect if cow-sizing.orders = orders/descending-fit: A: buf[4:8] one folio, folio 16KiB
expect if cow-sizing.orders = orders/descending-fit: thp 64KiB anon_fault_fallback +1
expect if cow-sizing.orders = orders/descending-fit: thp 32KiB anon_fault_fallback +1
expect if cow-sizing.orders = orders/descending-fit: thp 16KiB anon_fault_alloc +1
# One size or none.
expect if cow-sizing.orders = orders/preferred-or-zero: A: buf[5] folio 4KiB
expect if cow-sizing.orders = orders/preferred-or-zero: A: 1 of buf present
expect if cow-sizing.orders = orders/preferred-or-zero: thp 64KiB anon_fault_fallback +1
expect if cow-sizing.orders = orders/fixed-set: A: buf[5] folio 4KiB
expect if cow-sizing.orders = orders/fixed-set: thp 64KiB anon_fault_fallback +1
expect if cow-sizing.orders = orders/order0: A: buf[5] folio 4KiB
expect if cow-sizing.orders = orders/order0: thp 64KiB anon_fault_fallback +0
expect if cow-sizing.orders = orders/pmd-only: A: buf[5] folio 4KiB
# What is free again is used again.
fail nothing
A: other = mmap 64KiB rw private anon align 64KiB
A: write other 1+
expect if cow-sizing.orders = orders/mthp: A: other one folio, folio 64KiB
expect if cow-sizing.orders = orders/preferred-or-zero: A: other one folio, folio 64KiB
expect thp 16KiB anon_fault_fallback +0
