package org.polymm.engine.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.polymm.api.PageSpan;
import org.polymm.api.collapse.CollapsePolicy;
import org.polymm.api.collapse.TableMoveDecision;
import org.polymm.api.cow.CowSizingPolicy;
import org.polymm.api.cow.ExclusivityProof;
import org.polymm.api.cow.WriteFault;
import org.polymm.api.plugin.Slot;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.mm.Mman;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.testpolicy.FixedPolicies;
import org.polymm.engine.testpolicy.Machines;

/** Dangerous decisions: refused and counted when the machine enforces, carried out when it observes. */
class SafetyModeTest {

    private static final long PAGE = Machines.PAGE;
    private static final long BASE = 8L << 21;

    /** Proves until told otherwise; reuses one page or four. */
    private static final class Switchable implements CowSizingPolicy.Reuse {
        private ExclusivityProof proof = ExclusivityProof.SCHEME;
        private long extent = PageSpan.ONE_PAGE;

        @Override
        public ExclusivityProof proof(WriteFault fault) {
            return proof;
        }

        @Override
        public long reuseExtent(WriteFault fault) {
            return extent;
        }
    }

    private final Switchable reuse = new Switchable();

    private Machine machine(FixedPolicies policies, SafetyMode mode) {
        return Machines.large(policies.with(Slot.COW_SIZING_REUSE, reuse))
                .withThp("hugepages-16kB/enabled", "always")
                .withSafety(mode, FailureMode.STOP)
                .create();
    }

    /** A folio of four pages that a child shared and left again; its first page was reused and is exclusive. */
    private static int partlyExclusive(Machine machine) {
        int mm = machine.spawn();
        Machines.map(machine, mm, BASE, 4);
        Machines.fill(machine, mm, BASE, 4);
        machine.exit(machine.fork(mm));
        machine.write(mm, BASE, 9);
        assertEquals(2, machine.inspect().folioOrder(mm, BASE));
        assertTrue(Pte.isWritable(machine.inspect().entry(mm, BASE)));
        assertEquals(List.of(), machine.check());
        return mm;
    }

    /** Takes the write permission from the first page, as soft-dirty tracking does: the next write faults and finds it exclusive. */
    private static void trackWrites(Machine machine, int mm) {
        int leaf = machine.pageTables().leaf(machine.spaces().mms().pgd(mm), BASE);
        machine.pageTables().row(leaf)[machine.pageTables().pteIndex(BASE)] &= ~Pte.WRITE;
    }

    @ParameterizedTest
    @EnumSource(SafetyMode.class)
    void a_copy_that_replaces_an_exclusive_page_is_refused_or_carried_out(SafetyMode mode) {
        Machine machine =
                machine(FixedPolicies.whole().with(Slot.COW_SIZING_COPY, new FixedPolicies.RunCopy(false)), mode);
        int mm = partlyExclusive(machine);
        reuse.proof = ExclusivityProof.NOTHING;
        int before = Pte.pfn(machine.inspect().entry(mm, BASE));
        machine.write(mm, BASE + PAGE, 10);
        int after = Pte.pfn(machine.inspect().entry(mm, BASE));
        Decisions decisions = machine.policies().decisions();
        if (mode == SafetyMode.ENFORCE) {
            assertEquals(before, after);
            assertEquals(1, decisions.refusals(SafetyRule.COPY_REPLACES_EXCLUSIVE_PAGE));
            assertEquals(0, machine.inspect().folioOrder(mm, BASE + PAGE));
        } else {
            assertNotEquals(before, after);
            assertEquals(0, decisions.refusals(SafetyRule.COPY_REPLACES_EXCLUSIVE_PAGE));
            assertEquals(2, machine.inspect().folioOrder(mm, BASE + PAGE));
        }
        assertEquals(9, machine.read(mm, BASE));
        assertEquals(10, machine.read(mm, BASE + PAGE));
        assertEquals(3, machine.read(mm, BASE + 2 * PAGE));
        assertEquals(List.of(), machine.check());
    }

    @ParameterizedTest
    @EnumSource(SafetyMode.class)
    void a_reuse_of_neighbours_that_nothing_proves_exclusive_is_refused_or_carried_out(SafetyMode mode) {
        Machine machine = machine(FixedPolicies.whole(), mode);
        int mm = partlyExclusive(machine);
        trackWrites(machine, mm);
        reuse.extent = PageSpan.of(0, 4);
        machine.write(mm, BASE, 10);
        boolean refused = mode == SafetyMode.ENFORCE;
        Decisions decisions = machine.policies().decisions();
        assertEquals(refused ? 1 : 0, decisions.refusals(SafetyRule.REUSE_WITHOUT_PROOF));
        assertEquals(!refused, Pte.isWritable(machine.inspect().entry(mm, BASE + PAGE)));
        assertTrue(Pte.isWritable(machine.inspect().entry(mm, BASE)));
        assertEquals(List.of(), machine.check());
    }

    @ParameterizedTest
    @EnumSource(SafetyMode.class)
    void an_unchecked_move_of_a_table_is_refused_or_carried_out(SafetyMode mode) {
        Machine machine = machine(
                FixedPolicies.whole()
                        .with(Slot.COLLAPSE_TABLE_MOVE, (CollapsePolicy.TableMove) move -> TableMoveDecision.UNCHECKED),
                mode);
        int mm = machine.spawn();
        long size = 2L << 20;
        Machines.map(machine, mm, BASE, 512);
        machine.write(mm, BASE + 7 * PAGE, 8);
        long target = BASE + 4 * size;
        assertEquals(target, machine.mremap(mm, BASE, size, size, Mman.MREMAP_MAYMOVE | Mman.MREMAP_FIXED, target));
        assertEquals(8, machine.read(mm, target + 7 * PAGE));
        assertEquals(
                mode == SafetyMode.ENFORCE ? 1 : 0,
                machine.policies().decisions().refusals(SafetyRule.TABLE_MOVED_UNCHECKED));
        assertEquals(List.of(), machine.check());
    }

    @Test
    void refusals_are_counted_by_rule_and_rewound_with_the_machine() {
        Machine machine = machine(FixedPolicies.whole(), SafetyMode.ENFORCE);
        var birth = machine.save();
        int mm = partlyExclusive(machine);
        trackWrites(machine, mm);
        reuse.extent = PageSpan.of(0, 4);
        machine.write(mm, BASE, 10);
        assertEquals(1, machine.policies().decisions().refusals(SafetyRule.REUSE_WITHOUT_PROOF));
        assertEquals(0, machine.policies().decisions().refusals(SafetyRule.COPY_REPLACES_EXCLUSIVE_PAGE));
        machine.rewind(birth);
        assertEquals(0, machine.policies().decisions().refusals(SafetyRule.REUSE_WITHOUT_PROOF));
    }
}
