package org.polymm.engine.mm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.polymm.engine.mm.MmMachine.PAGE;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.engine.check.ShadowMemory;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.vma.VmFlags;

/**
 * Random calls of a few processes on a small arena. Every process must read what a model says, every invariant must hold, and when all have
 * exited everything must be as it was.
 */
class RandomCallsTest {

    private static final int ARENA = 96;
    private static final int PROCESSES = 4;

    private final Geometry geometry = Geometry.SMALL;
    private final long arena = 256 * PAGE;

    @ParameterizedTest(name = "seed {0}, small tables, folios of 4 and 8 pages")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void contents_and_counters_agree_with_folios_of_several_sizes(long seed) {
        new Run(seed, new MmMachine(MmMachine.policies(), 4096, geometry, true).enable(2, 3)).go(500);
    }

    @ParameterizedTest(name = "seed {0}, small tables, base pages")
    @ValueSource(longs = {21, 22, 23, 24})
    void contents_and_counters_agree_with_base_pages(long seed) {
        new Run(seed, new MmMachine(MmMachine.policies(), 4096, geometry, true)).go(500);
    }

    /** One sequence of calls. */
    private final class Run {

        private final Random random;
        private final String name;
        private final MmMachine m;
        private final ShadowMemory shadow = new ShadowMemory(new StateSpace());
        private final List<Integer> processes = new ArrayList<>();
        private long token;
        private long objects;
        private final long free;
        private final long tables;

        Run(long seed, MmMachine m) {
            this.random = new Random(seed);
            this.name = "seed " + seed;
            this.m = m;
            m.base.memory.folios().hugeZeroPfn();
            this.free = m.freeFrames();
            this.tables = m.vmstat(VmstatItem.NR_PAGE_TABLE_PAGES);
        }

        void go(int calls) {
            begin();
            for (int i = 0; i < calls; i++) {
                int mm = processes.get(random.nextInt(processes.size()));
                String did = "";
                try {
                    did = call(mm);
                    m.check();
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError(name + ", call " + i + " of mm " + mm + ": " + did, e);
                }
                if (i % 16 == 0) {
                    compareAll();
                }
            }
            compareAll();
            for (int mm : List.copyOf(processes)) {
                end(mm);
                m.check();
            }
            assertEverythingIsAsBefore();
        }

        private void begin() {
            int mm = m.spawn();
            processes.add(mm);
            shadow.begin(mm);
        }

        private void end(int mm) {
            m.exit(mm);
            processes.removeIf(process -> process == mm);
            shadow.end(mm);
        }

        private String call(int mm) {
            long page = random.nextInt(ARENA);
            long pages = 1L + random.nextInt(Math.min(24, (int) (ARENA - page)));
            return switch (random.nextInt(20)) {
                case 0, 1, 2 -> map(mm, page, pages);
                case 3 -> unmap(mm, page, pages);
                case 4, 5 -> protect(mm, page, pages);
                case 6, 7 -> advise(mm, page, pages);
                case 8 -> lock(mm, page, pages);
                case 9, 10 -> move(mm, page, pages);
                case 11 -> resize(mm, page, pages);
                case 12 -> fork(mm);
                case 13 -> exitOrBegin(mm);
                default -> touch(mm, page, pages);
            };
        }

        private long at(long page) {
            return arena + page * PAGE;
        }

        private long number(long page) {
            return at(page) / PAGE;
        }

        private String map(int mm, long page, long pages) {
            boolean shared = random.nextInt(5) == 0;
            int prot = random.nextInt(4) == 0 ? Mman.PROT_READ : MmMachine.RW;
            int locked = random.nextInt(12) == 0 ? Mman.MAP_LOCKED : 0;
            int flags = (shared ? Mman.MAP_SHARED : Mman.MAP_PRIVATE) | Mman.MAP_ANONYMOUS | Mman.MAP_FIXED | locked;
            assertEquals(at(page), m.mmap(mm, at(page), pages * PAGE, prot, flags));
            shadow.map(mm, number(page), pages, shared, shared ? ++objects : 0, 0);
            return "mmap " + page + " " + pages + (shared ? " shared" : "");
        }

        private String unmap(int mm, long page, long pages) {
            assertEquals(0, m.munmap(mm, at(page), pages));
            shadow.unmap(mm, number(page), pages);
            return "munmap " + page + " " + pages;
        }

        private String protect(int mm, long page, long pages) {
            int prot = new int[] {0, Mman.PROT_READ, MmMachine.RW, MmMachine.RW}[random.nextInt(4)];
            m.mprotect(mm, at(page), pages, prot);
            return "mprotect " + page + " " + pages + " " + prot;
        }

        private String advise(int mm, long page, long pages) {
            int advice = new int[] {
                        Mman.MADV_DONTNEED_LOCKED,
                        Mman.MADV_DONTNEED_LOCKED,
                        Mman.MADV_NOHUGEPAGE,
                        Mman.MADV_HUGEPAGE,
                        Mman.MADV_DONTFORK,
                        Mman.MADV_DOFORK,
                        Mman.MADV_WIPEONFORK,
                        Mman.MADV_KEEPONFORK,
                        Mman.MADV_POPULATE_READ,
                        Mman.MADV_POPULATE_WRITE
                    }
                    [random.nextInt(10)];
            m.madvise(mm, at(page), pages, advice);
            if (advice == Mman.MADV_DONTNEED_LOCKED) {
                shadow.discard(mm, number(page), pages);
            }
            return "madvise " + page + " " + pages + " " + advice;
        }

        private String lock(int mm, long page, long pages) {
            switch (random.nextInt(6)) {
                case 0, 1 -> m.mlock(mm, at(page), pages);
                case 2 -> m.calls.mlock().mlock2(mm, at(page), pages * PAGE, Mman.MLOCK_ONFAULT);
                case 3, 4 -> m.munlock(mm, at(page), pages);
                default -> m.calls.mlock().munlockall(mm);
            }
            return "mlock or munlock " + page + " " + pages;
        }

        private String move(int mm, long page, long pages) {
            long to = random.nextInt((int) (ARENA - pages + 1));
            // Linux takes VM_LOCKED from all of a VMA of which a part is left behind, and munlocks none of it: its
            // folios stay marked.
            boolean locked = isAnyLocked(mm, page, pages);
            int keep = random.nextInt(4) == 0 && !locked ? Mman.MREMAP_DONTUNMAP : 0;
            int flags = Mman.MREMAP_MAYMOVE | Mman.MREMAP_FIXED | keep;
            long result = m.mremap(mm, at(page), pages, pages, flags, at(to));
            if (result >= 0) {
                shadow.move(mm, number(page), number(to), pages, keep != 0);
            }
            return "mremap " + page + " " + pages + " to " + to + " keeping " + keep + ": " + result;
        }

        private boolean isAnyLocked(int mm, long page, long pages) {
            for (long p = page; p < page + pages; p++) {
                int vma = m.vma(mm, at(p));
                if (vma != 0 && m.vmas.has(vma, VmFlags.VM_LOCKED)) {
                    return true;
                }
            }
            return false;
        }

        private String resize(int mm, long page, long pages) {
            long newPages = 1L + random.nextInt((int) (ARENA - page));
            int vma = m.vma(mm, at(page));
            boolean shared = vma != 0 && m.vmas.has(vma, VmFlags.VM_SHARED);
            if (shared && newPages > pages) {
                return "no growing of a shared mapping beyond its file";
            }
            long result = m.mremap(mm, at(page), pages, newPages, 0, 0);
            if (result >= 0 && newPages < pages) {
                shadow.unmap(mm, number(page + newPages), pages - newPages);
            } else if (result >= 0 && newPages > pages) {
                shadow.map(mm, number(page + pages), newPages - pages, false, 0, 0);
            }
            return "mremap " + page + " " + pages + " to length " + newPages + ": " + result;
        }

        private String fork(int mm) {
            if (processes.size() == PROCESSES) {
                return "enough processes";
            }
            int child = m.fork(mm);
            assertTrue(child > 0);
            processes.add(child);
            shadow.fork(mm, child);
            for (int vma = m.spaces.first(mm); vma != 0; vma = m.spaces.next(vma)) {
                long first = m.vmas.start(vma) / PAGE;
                if (m.vmas.has(vma, VmFlags.VM_DONTCOPY)) {
                    shadow.unmap(child, first, m.vmas.pages(vma));
                } else if (m.vmas.has(vma, VmFlags.VM_WIPEONFORK)) {
                    shadow.discard(child, first, m.vmas.pages(vma));
                }
            }
            return "fork";
        }

        private String exitOrBegin(int mm) {
            if (processes.size() == 1) {
                begin();
                return "spawn";
            }
            end(mm);
            return "exit";
        }

        private String touch(int mm, long page, long pages) {
            boolean writes = random.nextInt(3) != 0;
            for (long p = page; p < page + pages; p++) {
                int vma = m.vma(mm, at(p));
                long need = writes ? VmFlags.VM_WRITE : VmFlags.VM_ACCESS_FLAGS;
                if (vma != 0 && m.vmas.has(vma, need)) {
                    if (writes) {
                        m.store(mm, at(p), ++token);
                        shadow.write(mm, number(p), token);
                    } else {
                        assertEquals(shadow.read(mm, number(p)), m.load(mm, at(p)));
                    }
                } else {
                    assertEquals(-14, writes ? m.base.write(mm, at(p)) : m.base.read(mm, at(p)));
                }
            }
            return (writes ? "write " : "read ") + page + " " + pages;
        }

        private void compareAll() {
            for (int mm : processes) {
                for (long page = 0; page < ARENA; page++) {
                    int vma = m.vma(mm, at(page));
                    assertEquals(shadow.isMapped(mm, number(page)), vma != 0, name + " page " + page);
                    if (vma != 0 && m.isMapped(mm, at(page)) && m.vmas.has(vma, VmFlags.VM_ACCESS_FLAGS)) {
                        assertEquals(
                                shadow.read(mm, number(page)),
                                m.load(mm, at(page)),
                                name + " mm " + mm + " page " + page);
                    }
                }
            }
        }

        private void assertEverythingIsAsBefore() {
            assertEquals(free, m.freeFrames(), name);
            assertEquals(tables, m.vmstat(VmstatItem.NR_PAGE_TABLE_PAGES), name);
            for (VmstatItem item : List.of(
                    VmstatItem.NR_ANON_PAGES,
                    VmstatItem.NR_MAPPED,
                    VmstatItem.NR_SHMEM,
                    VmstatItem.NR_FILE_PAGES,
                    VmstatItem.NR_MLOCK,
                    VmstatItem.NR_UNEVICTABLE,
                    VmstatItem.NR_ANON_TRANSPARENT_HUGEPAGES,
                    VmstatItem.NR_ACTIVE_ANON,
                    VmstatItem.NR_INACTIVE_ANON)) {
                assertEquals(0, m.vmstat(item), name + " " + item);
            }
            assertEquals(0, m.calls.commit().committed(), name);
            assertEquals(0, m.mms.live(), name);
            assertEquals(0, m.vmas.live(), name);
            assertEquals(0, m.spaces.anonVmas().live(), name);
            assertEquals(0, m.base.files.live(), name);
            assertEquals(0, m.base.memory.deferred().length(), name);
        }
    }
}
