title   A pin for a moment does not split a folio, whatever the policy for long ones
source  000_6de04c10e0372cbb.txt, comment 3: GUP-pinning is different; that is a temporary use
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
A: P = pin m[0:4] writable
expect A: m one folio
A: unpin P
expect A: m one folio
