package org.polymm.engine.vma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.polymm.engine.vma.TestMm.RO;
import static org.polymm.engine.vma.TestMm.RW;
import static org.polymm.engine.vma.TestMm.RWX;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.Snapshot;

/**
 * Random programs over several address spaces against a model that knows nothing of VMAs: an array of pages, each
 * with its flags, its file and offset, and the anonymous folio that is mapped there.
 */
class AddressSpacesPropertyTest {

    private static final int PAGES = 96;
    private static final int FAR = 1000;
    private static final long[] LOOKS = {RW, RO, RWX, RW | VmFlags.VM_LOCKED, RW | VmFlags.VM_NOHUGEPAGE};

    /** An anonymous folio of one page: where its reverse map starts. */
    private record Folio(int anonVma, long index) {}

    /** A page of an address space. */
    private record Page(
            long flags, int file, long pgoff, @Nullable Folio folio) {
        Page look(long newFlags) {
            return new Page(newFlags, file, pgoff, folio);
        }

        Page holding(@Nullable Folio newFolio) {
            return new Page(flags, file, pgoff, newFolio);
        }
    }

    /** An address space and what it must look like. */
    private static final class Process {
        final TestMm mm;
        final @Nullable Page[] pages = new Page[PAGES];

        Process(TestMm mm) {
            this.mm = mm;
        }

        boolean isFree(int from, int to) {
            for (int page = from; page < to; page++) {
                if (pages[page] != null) {
                    return false;
                }
            }
            return true;
        }
    }

    private final TestMm first = new TestMm();
    private final List<Process> processes = new ArrayList<>(List.of(new Process(first)));
    private Random random = new Random();

    private void step() {
        Process process = processes.get(random.nextInt(processes.size()));
        int from = random.nextInt(PAGES);
        int to = Math.min(PAGES, from + 1 + random.nextInt(1 + random.nextInt(24)));
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> map(process, from, to);
            case 3, 4, 5 -> protect(process, from, to, LOOKS[random.nextInt(LOOKS.length)]);
            case 6, 7 -> touch(process, from);
            case 8 -> unmap(process, from, to);
            case 9, 10 -> move(process, from, random.nextInt(PAGES));
            default -> {
                if (random.nextInt(3) == 0 && processes.size() < 5) {
                    fork(process);
                } else if (random.nextInt(6) == 0 && processes.size() > 1) {
                    exit(process);
                } else {
                    extend(process, from);
                }
            }
        }
    }

    private void map(Process process, int from, int to) {
        if (!process.isFree(from, to)) {
            return;
        }
        long flags = LOOKS[random.nextInt(LOOKS.length)];
        int file = random.nextInt(4) == 0 ? 1 + random.nextInt(2) : 0;
        if (file != 0 && random.nextBoolean()) {
            flags |= VmFlags.VM_SHARED | VmFlags.VM_MAYSHARE;
        }
        long pgoff = file == 0 ? TestMm.at(from) >> Geometry.PAGE_SHIFT : from + 100 * random.nextInt(2);
        process.mm.spaces.map(process.mm.mm, TestMm.at(from), TestMm.at(to), flags, file, pgoff);
        for (int page = from; page < to; page++) {
            process.pages[page] = new Page(flags, file, file == 0 ? 0 : pgoff + page - from, null);
        }
    }

    private void protect(Process process, int from, int to, long look) {
        for (int page = from; page < to; ) {
            int vma = process.mm.vma(page);
            int end = page + 1;
            if (vma != 0) {
                end = (int) Math.min(to, TestMm.page(process.mm.vmas.end(vma)));
                long shared = process.mm.vmas.flags(vma) & (VmFlags.VM_SHARED | VmFlags.VM_MAYSHARE);
                assertEquals(0, process.mm.protect(page, end, look | shared));
                for (int i = page; i < end; i++) {
                    process.pages[i] = mapped(process, i).look(look | shared);
                }
            }
            page = end;
        }
    }

    private void touch(Process process, int page) {
        Page there = process.pages[page];
        if (there == null || VmFlags.any(there.flags(), VmFlags.VM_SHARED)) {
            return;
        }
        process.mm.touch(page);
        int vma = process.mm.vma(page);
        process.pages[page] =
                there.holding(new Folio(process.mm.vmas.anonVma(vma), process.mm.vmas.pgoffAt(vma, TestMm.at(page))));
    }

    private void unmap(Process process, int from, int to) {
        assertEquals(0, process.mm.unmap(from, to));
        for (int page = from; page < to; page++) {
            process.pages[page] = null;
        }
    }

    private void move(Process process, int from, int destination) {
        int vma = process.mm.vma(from);
        if (vma == 0) {
            return;
        }
        int to = (int) Math.min(TestMm.page(process.mm.vmas.end(vma)), from + 1 + random.nextInt(12));
        int length = to - from;
        if (destination + length > PAGES || !process.isFree(destination, destination + length)) {
            return;
        }
        process.mm.move(from, to, destination);
        for (int i = 0; i < length; i++) {
            process.pages[destination + i] = process.pages[from + i];
            process.pages[from + i] = null;
        }
    }

    private void extend(Process process, int inside) {
        int vma = process.mm.vma(inside);
        if (vma == 0) {
            return;
        }
        int end = (int) TestMm.page(process.mm.vmas.end(vma));
        int to = Math.min(PAGES, end + 1 + random.nextInt(4));
        if (to <= end || !process.isFree(end, to)) {
            return;
        }
        long flags = process.mm.vmas.flags(vma);
        assertTrue(process.mm.spaces.extend(vma, TestMm.at(to) - TestMm.at(end)) > 0);
        process.mm.spaces.accounting().accountWithLocked(process.mm.mm, flags, to - end);
        Page last = mapped(process, end - 1);
        for (int page = end; page < to; page++) {
            process.pages[page] =
                    new Page(last.flags(), last.file(), last.file() == 0 ? 0 : last.pgoff() + page - end + 1, null);
        }
    }

    private void fork(Process process) {
        Process child = new Process(process.mm.fork());
        for (int page = 0; page < PAGES; page++) {
            Page there = process.pages[page];
            child.pages[page] = there == null ? null : there.look(there.flags() & ~VmFlags.VM_LOCKED_MASK);
        }
        processes.add(child);
    }

    private void exit(Process process) {
        if (process.mm == first) {
            return;
        }
        process.mm.exit();
        processes.remove(process);
    }

    private static Page mapped(Process process, int page) {
        Page there = process.pages[page];
        assertNotNull(there, () -> "page " + page + " is not mapped in the model");
        return there;
    }

    // ---- comparison ----

    private void check(String where) {
        assertNull(first.problem(), where);
        for (Process process : processes) {
            checkPages(process, where);
        }
        checkNeighbours(processes.get(0), where);
    }

    private void checkPages(Process process, String where) {
        VmaTable vmas = process.mm.vmas;
        for (int page = 0; page < PAGES; page++) {
            String at = where + " mm " + process.mm.mm + " page " + page;
            Page expected = process.pages[page];
            int vma = process.mm.vma(page);
            assertEquals(expected != null, vma != 0, at);
            if (expected == null) {
                continue;
            }
            assertEquals(expected.flags(), vmas.flags(vma), at);
            assertEquals(expected.file(), vmas.file(vma), at);
            if (expected.file() != 0) {
                assertEquals(expected.pgoff(), vmas.pgoffAt(vma, TestMm.at(page)), at);
                assertTrue(isInFilesTree(process, expected, vma), at);
            }
            Folio folio = expected.folio();
            if (folio != null) {
                assertTrue(isFoundByWalk(process, folio, page), at + ": a walk misses " + folio);
            }
        }
    }

    private boolean isInFilesTree(Process process, Page page, int vma) {
        FileMappings files = process.mm.spaces.files();
        for (int met = files.first(page.file(), page.pgoff(), page.pgoff());
                met != 0;
                met = files.next(met, page.pgoff(), page.pgoff())) {
            if (met == vma) {
                return true;
            }
        }
        return false;
    }

    private boolean isFoundByWalk(Process process, Folio folio, int page) {
        AnonVmas anonVmas = process.mm.anonVmas;
        VmaTable vmas = process.mm.vmas;
        assertTrue(anonVmas.isLive(folio.anonVma()));
        for (int chain = anonVmas.first(folio.anonVma(), folio.index(), folio.index());
                chain != 0;
                chain = anonVmas.next(chain, folio.index(), folio.index())) {
            int vma = anonVmas.vmaOf(chain);
            long address = vmas.start(vma) + ((folio.index() - vmas.pgoff(vma)) << Geometry.PAGE_SHIFT);
            if (vmas.mm(vma) == process.mm.mm && address == TestMm.at(page)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Neighbours that look alike and could have merged did. Not so in a child: fork drops VM_LOCKED, and does not
     * merge what looks alike then.
     */
    private void checkNeighbours(Process process, String where) {
        VmaTable vmas = process.mm.vmas;
        AnonVmas anonVmas = process.mm.anonVmas;
        AddressSpaces spaces = process.mm.spaces;
        for (int upper = spaces.first(process.mm.mm); upper != 0; upper = spaces.next(upper)) {
            int lower = spaces.prev(upper);
            if (lower == 0
                    || vmas.end(lower) != vmas.start(upper)
                    || vmas.flags(lower) != vmas.flags(upper)
                    || vmas.file(lower) != vmas.file(upper)
                    || vmas.pgoffAt(lower, vmas.start(upper)) != vmas.pgoff(upper)) {
                continue;
            }
            boolean same = vmas.anonVma(lower) == vmas.anonVma(upper);
            boolean oneUnfaulted = (vmas.anonVma(lower) == 0 || vmas.anonVma(upper) == 0)
                    && !anonVmas.isForkChild(lower)
                    && !anonVmas.isForkChild(upper);
            if (same || oneUnfaulted) {
                fail(where + ": " + vmas.describe(lower) + " and " + vmas.describe(upper) + " of mm " + process.mm.mm
                        + " should be one");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void every_page_looks_as_the_model_says_and_every_folio_is_found_by_its_walk(long seed) {
        random = new Random(seed);
        for (int step = 0; step < 1500; step++) {
            step();
            check("seed " + seed + " step " + step);
        }
        for (Process process : processes) {
            process.mm.unmap(0, PAGES);
        }
        assertEquals(0, first.vmas.live());
        assertEquals(0, first.anonVmas.live());
        assertEquals(0, first.anonVmas.liveChains());
        assertNull(first.problem());
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void a_rewound_machine_runs_the_same_program_to_the_same_state(long seed) {
        random = new Random(seed);
        for (int step = 0; step < 300; step++) {
            step();
        }
        List<Process> then = new ArrayList<>();
        for (Process process : processes) {
            Process copy = new Process(process.mm);
            System.arraycopy(process.pages, 0, copy.pages, 0, PAGES);
            then.add(copy);
        }
        Snapshot start = first.space.save();

        random = new Random(seed + 100);
        for (int step = 0; step < 300; step++) {
            step();
        }
        Snapshot end = first.space.save();
        first.space.rewind(start);
        assertNull(first.space.firstDifference(start));
        processes.clear();
        processes.addAll(then);
        check("seed " + seed + " rewound");

        random = new Random(seed + 100);
        for (int step = 0; step < 300; step++) {
            step();
        }
        assertNull(first.space.firstDifference(end));
    }

    @Test
    void the_model_itself_notices_a_vma_that_left_the_tree() {
        first.map(0, FAR, RW);
        first.touch(3);
        int vma = first.vma(3);
        Folio folio = new Folio(first.vmas.anonVma(vma), first.vmas.pgoffAt(vma, TestMm.at(3)));
        Process process = processes.get(0);
        assertTrue(isFoundByWalk(process, folio, 3));

        first.anonVmas.takeAll(vma);

        assertTrue(!isFoundByWalk(process, folio, 3));
        assertNotNull(first.problem());
    }
}
