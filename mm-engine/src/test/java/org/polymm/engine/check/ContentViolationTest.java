package org.polymm.engine.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.machine.InvariantViolatedException;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.machine.MachineBlueprint.CheckLevel;
import org.polymm.engine.mm.Mman;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.testpolicy.FixedPolicies;
import org.polymm.engine.testpolicy.Machines;

/** Wrong contents with bookkeeping that is all right: what only the shadow can see. */
class ContentViolationTest {

    private static final long PAGE = Machines.PAGE;

    private final long base = 8L << 21;
    private final Machine machine =
            Machines.large(FixedPolicies.whole()).withCheck(CheckLevel.EVERY).create();
    private int parent;
    private int child;

    @BeforeEach
    void aForkedProcess() {
        parent = machine.spawn();
        Machines.map(machine, parent, base, 8);
        Machines.fill(machine, parent, base, 4);
        child = machine.fork(parent);
        machine.write(parent, base, 10);
        machine.touch(parent, base + 5 * PAGE, 0);
        assertEquals(List.of(), machine.check());
    }

    private String onlyViolation() {
        List<Violation> found = machine.check();
        assertEquals(1, found.size(), found::toString);
        assertEquals(Invariant.CONTENTS_ARE_RIGHT, found.getFirst().invariant());
        return found.getFirst().detail();
    }

    private void setEntry(int mm, long address, long entry) {
        int leaf = machine.pageTables().leaf(machine.spaces().mms().pgd(mm), address);
        machine.pageTables().row(leaf)[machine.pageTables().pteIndex(address)] = entry;
    }

    @Test
    void a_lost_write_is_reported() {
        int pfn = Pte.pfn(machine.inspect().entry(parent, base));
        machine.memory().contents().write(pfn, 1);
        assertTrue(onlyViolation()
                .contains("mm " + parent + " reads 1 at 0x" + Long.toHexString(base) + " and must read 10"));
    }

    @Test
    void a_page_replaced_by_a_stale_copy_is_reported_although_every_count_is_right() {
        long fresh = machine.inspect().entry(parent, base);
        long stale = machine.inspect().entry(child, base);
        setEntry(parent, base, stale);
        setEntry(child, base, fresh);
        List<Violation> found = machine.check();
        assertEquals(
                List.of(Invariant.CONTENTS_ARE_RIGHT, Invariant.CONTENTS_ARE_RIGHT),
                found.stream().map(Violation::invariant).toList(),
                found::toString);
    }

    @Test
    void a_write_through_a_page_that_is_still_shared_is_reported_for_the_other_process() {
        int pfn = Pte.pfn(machine.inspect().entry(parent, base + PAGE));
        machine.memory().contents().write(pfn, 11);
        List<Violation> found = machine.check();
        assertEquals(2, found.size(), found::toString);
        assertTrue(found.getLast().detail().contains("mm " + child + " reads 11"), found::toString);
    }

    @Test
    void a_zero_page_that_is_not_zero_is_no_concern_but_a_page_of_zeroes_with_contents_is() {
        assertEquals(Frames.ZERO_PFN, Pte.pfn(machine.inspect().entry(parent, base + 5 * PAGE)));
        machine.write(parent, base + 6 * PAGE, 0);
        machine.memory().contents().write(Pte.pfn(machine.inspect().entry(parent, base + 6 * PAGE)), 3);
        assertTrue(onlyViolation().contains("reads 3"));
    }

    @Test
    void a_written_page_that_is_gone_is_reported_although_every_count_is_right() {
        long entry = machine.inspect().entry(child, base + 3 * PAGE);
        int pfn = Pte.pfn(entry);
        setEntry(child, base + 3 * PAGE, Pte.NONE);
        machine.memory().frames().addPageMapcount(pfn, -1);
        machine.memory().frames().addRefs(pfn, -1);
        machine.spaces().mms().addRssAnon(child, -1);
        assertTrue(onlyViolation().contains("mm " + child + " wrote 4"));
    }

    @Test
    void a_private_copy_of_a_file_page_that_was_only_populated_does_not_follow_the_file() {
        int file = machine.file(1, 4);
        long shared = base + 256 * PAGE;
        long copied = base + 512 * PAGE;
        machine.mmap(parent, shared, 4 * PAGE, Machines.RW, Mman.MAP_SHARED | Mman.MAP_FIXED, file, 0);
        machine.mmap(parent, copied, 4 * PAGE, Machines.RW, Mman.MAP_PRIVATE | Mman.MAP_FIXED, file, 0);
        machine.write(parent, shared, 20);
        assertEquals(0, machine.madvise(parent, copied, PAGE, Mman.MADV_POPULATE_WRITE));
        machine.write(parent, shared, 21);
        assertEquals(20, machine.read(parent, copied));
        assertEquals(21, machine.read(parent, shared));
    }

    @Test
    void a_file_whose_handle_was_shared_anonymous_memory_begins_with_zeroes() {
        int flags = Mman.MAP_SHARED | Mman.MAP_ANONYMOUS | Mman.MAP_FIXED;
        long address = base + 256 * PAGE;
        machine.mmap(parent, address, 4 * PAGE, Machines.RW, flags, 0, 0);
        machine.write(parent, address, 20);
        machine.munmap(parent, address, 4 * PAGE);
        int file = machine.file(1, 4);
        machine.mmap(parent, address, 4 * PAGE, Machines.RW, Mman.MAP_SHARED | Mman.MAP_FIXED, file, 0);
        assertEquals(0, machine.read(parent, address));
    }

    @Test
    void the_next_operation_of_a_machine_that_checks_itself_throws_with_the_history() {
        machine.memory().contents().write(Pte.pfn(machine.inspect().entry(parent, base)), 1);
        InvariantViolatedException thrown =
                assertThrows(InvariantViolatedException.class, () -> machine.touch(parent, base + 7 * PAGE, 1));
        assertTrue(thrown.getMessage().startsWith("after access of mm " + parent + ":"), thrown.getMessage());
        assertTrue(thrown.getMessage().contains("what happened before, latest last:"), thrown.getMessage());
        assertEquals(1, thrown.violations().size());
    }
}
