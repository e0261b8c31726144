title   ANY_PROCESS: the process ends while khugepaged is in it
source  Linux 6.18, hugepage_vma_revalidate() and hpage_collapse_test_exit()
entries 8
thp     32KiB=madvise
A = process
A: m = mmap 32KiB rw private anon align 32KiB
A: write m 1+
A: madvise m hugepage
parallel
  task scan in A: khugepaged
  task A: exit
end
expect khugepaged scan_any_process +0
expect counterexample
