title   mlock does not keep shared memory from being collapsed
source  Linux 6.18, try_to_unmap_one() empties the mlock batch; found by fuzzing against the kernel
thp     enabled=always

A = process
A: m = mmap 2MiB rw shared anon align 2MiB
A: read m[0]
A: mlockall current future onfault
A: madvise m collapse
expect A: m[0] order 9
