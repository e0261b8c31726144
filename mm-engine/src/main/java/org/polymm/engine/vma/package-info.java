/**
 * Address spaces: VMAs, how they merge and split, and the objects through which a page finds its mappings.
 *
 * <pre>
 *   mm 1  index  |--- vma 3 ---|   |--- vma 5 ---|--- vma 9 ---|
 *                      |                  |              |
 *                      | avc              | avc          | i_mmap node
 *                      v                  v              v
 *   anon_vma 2  tree of chain entries     |         file 4  tree of VMAs
 *   over page offsets  <------------------'         over page offsets
 *                      ^
 *                      | avc (fork)
 *   mm 2  index  |--- vma 7 ---| --- avc ---&gt; anon_vma 6 (child of 2)
 * </pre>
 *
 * <p>Everything here is a record with an {@code int} handle. An address space has its VMAs in one sorted row
 * ({@link org.polymm.engine.vma.AddressSpaces#find}: no branches, no allocation). A VMA is in at most one tree of a
 * file, and through chain entries in the trees of any number of anon_vmas. All of them are the same {@link
 * org.polymm.engine.vma.IntervalTree}, whose order of visit equals the kernel's, because mremap depends on it.
 *
 * <p><b>Page offsets decide.</b> A page is found through the offset it had in its VMA when it was first faulted. So
 * whatever changes the range of a VMA takes it out of its trees, changes range and offset together, and puts it back,
 * with the locks of the trees held. That is also why VMAs merge or do not: they must have offsets that run on, and
 * anon_vmas that are one or can be made one. {@code VmaMerge} has the rules of Linux 6.18.
 *
 * <pre>
 *   mapped at 10, never faulted, moved to 80:   offset 80    merges with its neighbours at 79 and 81
 *   mapped at 10, faulted,       moved to 80:   offset 10    merges with nobody there, and again if moved back
 * </pre>
 *
 * <p><b>Order of locks.</b> The mmap lock, then that of a VMA, then the file's, then that of the anon_vma family, as
 * in the kernel. A VMA's own lock is never held while it changes: see {@link org.polymm.engine.vma.MmLocks}.
 *
 * <p><b>What is left to others.</b> No page table is touched here. Layers above are told of each new edge and each
 * merge ({@link org.polymm.engine.vma.VmaAdjustment}), split PMD mappings and consult policies there, and put
 * page-table work between the steps of {@link org.polymm.engine.vma.Unmapping}. Whether an operation is allowed at
 * all (access rights, resource limits) is asked by the system calls, with {@link org.polymm.engine.vma.VmAccounting}.
 */
@NullMarked
package org.polymm.engine.vma;

import org.jspecify.annotations.NullMarked;
