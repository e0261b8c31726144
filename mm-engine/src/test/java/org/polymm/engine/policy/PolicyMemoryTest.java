package org.polymm.engine.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.polymm.api.PolicyMemory;
import org.polymm.api.StateScope;
import org.polymm.api.plugin.Slot;
import org.polymm.api.plugin.StateSlot;
import org.polymm.api.split.MlockDecision;
import org.polymm.api.split.MlockWalk;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.mm.Mman;
import org.polymm.engine.state.Snapshot;
import org.polymm.engine.testpolicy.FixedPolicies;
import org.polymm.engine.testpolicy.Machines;

/** What policies remember: a row for each machine, process, VMA and folio, which lives as long as they do. */
class PolicyMemoryTest {

    private static final long PAGE = Machines.PAGE;
    private static final long BASE = 8L << 21;

    /** Counts the batches that mlock walks meet, once for each scope, and mlocks nothing. */
    private static final class Counting extends FixedPolicies.WholeFolioMlock {
        @Override
        public MlockDecision onWalk(MlockWalk walk) {
            for (StateScope scope : StateScope.values()) {
                PolicyMemory row = walk.memory(scope);
                row.set(1, row.get(1) + 1);
            }
            return super.onWalk(walk);
        }
    }

    private final Machine machine = Machines.large(
                    FixedPolicies.whole().with(Slot.FOLIO_SPLIT_MLOCK, new Counting(), everyScope()))
            .withThp("hugepages-16kB/enabled", "always")
            .create();
    private int mm;

    /** In each scope a slot that is not used and one that counts. */
    private static StateSlot[] everyScope() {
        StateSlot[] slots = new StateSlot[2 * StateScope.values().length];
        for (StateScope scope : StateScope.values()) {
            slots[2 * scope.ordinal()] = new StateSlot(scope, "unused");
            slots[2 * scope.ordinal() + 1] = new StateSlot(scope, "batches");
        }
        return slots;
    }

    @BeforeEach
    void fourFoliosOfFourPagesOneWalkEach() {
        mm = machine.spawn();
        Machines.map(machine, mm, BASE, 16);
        Machines.fill(machine, mm, BASE, 16);
        machine.mlock(mm, BASE, 16 * PAGE);
    }

    private long count(StateScope scope, int handle) {
        PolicyMemory row = machine.policies().memories().row(Slot.FOLIO_SPLIT_MLOCK, scope, handle);
        assertEquals(0, row.get(0));
        return row.get(1);
    }

    private int vma(long address) {
        return machine.spaces().find(mm, address);
    }

    private Map<StateScope, Long> counts(long address) {
        Map<StateScope, Long> counts = new EnumMap<>(StateScope.class);
        counts.put(StateScope.MACHINE, count(StateScope.MACHINE, 0));
        counts.put(StateScope.MM, count(StateScope.MM, mm));
        counts.put(StateScope.VMA, count(StateScope.VMA, vma(address)));
        counts.put(StateScope.FOLIO, count(StateScope.FOLIO, machine.inspect().folio(mm, address)));
        return counts;
    }

    private static Map<StateScope, Long> counts(long ofMachine, long ofMm, long ofVma, long ofFolio) {
        return Map.of(
                StateScope.MACHINE, ofMachine,
                StateScope.MM, ofMm,
                StateScope.VMA, ofVma,
                StateScope.FOLIO, ofFolio);
    }

    @Test
    void each_scope_counts_for_itself() {
        assertEquals(counts(4, 4, 4, 1), counts(BASE));
        machine.munlock(mm, BASE, 16 * PAGE);
        assertEquals(counts(8, 8, 8, 2), counts(BASE + 8 * PAGE));
    }

    @Test
    void both_parts_of_a_split_vma_remember_and_go_their_own_ways() {
        int whole = vma(BASE);
        machine.munlock(mm, BASE, 8 * PAGE);
        int lower = vma(BASE);
        int upper = vma(BASE + 8 * PAGE);
        assertTrue(lower != upper && (lower == whole || upper == whole));
        assertEquals(6, count(StateScope.VMA, lower));
        assertEquals(4, count(StateScope.VMA, upper));
    }

    @Test
    void a_vma_that_is_unmapped_leaves_nothing_to_the_next_with_its_handle() {
        int vma = vma(BASE);
        machine.munmap(mm, BASE, 16 * PAGE);
        assertEquals(0, count(StateScope.VMA, vma));
        Machines.map(machine, mm, BASE, 4);
        assertEquals(vma, vma(BASE));
        assertEquals(0, count(StateScope.VMA, vma));
    }

    @Test
    void a_vma_that_merges_into_another_leaves_nothing_to_the_next_with_its_handle() {
        machine.munlock(mm, BASE, 8 * PAGE);
        int lower = vma(BASE);
        int upper = vma(BASE + 8 * PAGE);
        machine.munlock(mm, BASE + 8 * PAGE, 8 * PAGE);
        int survivor = vma(BASE);
        assertEquals(survivor, vma(BASE + 8 * PAGE));
        assertEquals(0, count(StateScope.VMA, survivor == lower ? upper : lower));
    }

    @Test
    void a_vma_that_mremap_moves_remembers() {
        long target = BASE + 1024 * PAGE;
        machine.mremap(mm, BASE, 16 * PAGE, 16 * PAGE, Mman.MREMAP_MAYMOVE | Mman.MREMAP_FIXED, target);
        assertEquals(4, count(StateScope.VMA, vma(target)));
    }

    @Test
    void a_forked_process_begins_with_what_its_parent_remembers_and_an_ended_one_with_nothing() {
        int child = machine.fork(mm);
        assertEquals(4, count(StateScope.MM, child));
        machine.munlock(mm, BASE, 16 * PAGE);
        assertEquals(8, count(StateScope.MM, mm));
        assertEquals(4, count(StateScope.MM, child));
        machine.exit(child);
        assertEquals(0, count(StateScope.MM, child));
        assertEquals(child, machine.spawn());
        assertEquals(0, count(StateScope.MM, child));
    }

    @Test
    void exec_begins_with_nothing() {
        int fresh = machine.exec(mm);
        assertEquals(0, count(StateScope.MM, fresh));
        assertEquals(0, count(StateScope.MM, mm));
    }

    @Test
    void a_folio_that_is_freed_leaves_nothing_to_the_next_with_its_head() {
        int folio = machine.inspect().folio(mm, BASE);
        assertEquals(1, count(StateScope.FOLIO, folio));
        machine.munmap(mm, BASE, 16 * PAGE);
        machine.memory().mlock().drain();
        machine.memory().lru().drain();
        assertTrue(!machine.memory().frames().isAllocated(folio));
        assertEquals(0, count(StateScope.FOLIO, folio));
    }

    @Test
    void small_folios_that_are_freed_together_leave_nothing() {
        long address = BASE + 1024 * PAGE;
        Machines.map(machine, mm, address, 64);
        machine.madvise(mm, address, 64 * PAGE, Mman.MADV_NOHUGEPAGE);
        Machines.fill(machine, mm, address, 64);
        machine.mlock(mm, address, 64 * PAGE);
        int[] pages = new int[64];
        for (int page = 0; page < 64; page++) {
            pages[page] = machine.inspect().folio(mm, address + page * PAGE);
            assertEquals(1, count(StateScope.FOLIO, pages[page]));
        }
        machine.munlock(mm, address, 64 * PAGE);
        machine.memory().mlock().drain();
        machine.memory().lru().drain();
        machine.munmap(mm, address, 64 * PAGE);
        for (int page : pages) {
            assertTrue(!machine.memory().frames().isAllocated(page));
            assertEquals(0, count(StateScope.FOLIO, page));
        }
    }

    @Test
    void memory_is_rewound_with_the_machine() {
        Snapshot saved = machine.save();
        Map<StateScope, Long> before = counts(BASE);
        machine.munlock(mm, BASE, 16 * PAGE);
        machine.rewind(saved);
        assertNull(machine.firstDifference(saved));
        assertEquals(before, counts(BASE));
    }

    @Test
    void what_was_not_declared_cannot_be_read() {
        PolicyMemories memories = machine.policies().memories();
        assertEquals(
                List.of(true, true, true, true),
                List.of(StateScope.values()).stream().map(memories::keeps).toList());
        assertTrue(assertThrows(
                        IllegalArgumentException.class, () -> memories.row(Slot.COW_SIZING_COPY, StateScope.VMA, 1))
                .getMessage()
                .contains("declared no state of scope VMA"));
        PolicyMemory row = memories.row(Slot.FOLIO_SPLIT_MLOCK, StateScope.VMA, 1);
        assertTrue(assertThrows(IndexOutOfBoundsException.class, () -> row.get(2))
                .getMessage()
                .contains("declared 2 slots"));
    }
}
