package org.polymm.engine.reclaim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.polymm.api.plugin.Slot;
import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.LockedWalk;
import org.polymm.api.split.MlockDecision;
import org.polymm.api.split.MlockWalk;
import org.polymm.api.split.RmapChange;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.machine.MachineBlueprint;
import org.polymm.engine.machine.MachineBlueprint.CheckLevel;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.swap.SwapDevice;
import org.polymm.engine.testpolicy.FixedPolicies;
import org.polymm.engine.testpolicy.Machines;

/** What the mlock policy is asked when reclaim meets a folio in a VM_LOCKED VMA, and what comes of its answers. */
class LockedWalkTest {

    private static final long PAGE = Geometry.PAGE_SIZE;
    private static final long BASE = 0x4000_0000L;
    private static final int PAGES = 16;

    /** Leaves large folios alone when they are locked, and does as it is told when reclaim comes by. */
    private static final class Told implements FolioSplitPolicy.Mlock {
        final List<String> asked = new ArrayList<>();
        MlockDecision whenReferenced = MlockDecision.LEAVE;
        MlockDecision whenUnmapped = MlockDecision.LEAVE;
        boolean counts;

        @Override
        public MlockDecision onWalk(MlockWalk walk) {
            return walk.isLocking() ? MlockDecision.LEAVE : MlockDecision.ACT;
        }

        @Override
        public MlockDecision onRmapAdd(RmapChange change) {
            return MlockDecision.LEAVE;
        }

        @Override
        public MlockDecision onRmapRemove(RmapChange change) {
            return MlockDecision.ACT;
        }

        @Override
        public MlockDecision onReferencedWalk(LockedWalk walk) {
            asked.add("referenced " + walk.pagesSeen() + (walk.isAtEnd() ? " at the end" : ""));
            return walk.isAtEnd() ? whenReferenced : MlockDecision.LEAVE;
        }

        @Override
        public MlockDecision onUnmapWalk(LockedWalk walk) {
            asked.add("unmap " + walk.pagesSeen() + (walk.isAtEnd() ? " at the end" : ""));
            return walk.isAtEnd() ? whenUnmapped : MlockDecision.LEAVE;
        }

        @Override
        public boolean countsReference(LockedWalk walk) {
            return counts;
        }
    }

    private final Told policy = new Told();
    private final Machine machine = Machines.large(FixedPolicies.whole().with(Slot.FOLIO_SPLIT_MLOCK, policy))
            .withThp("hugepages-64kB/enabled", "always")
            .withSwap(new MachineBlueprint.Swap(1024 * PAGE, SwapDevice.BLOCK))
            .withCheck(CheckLevel.EVERY)
            .create();
    private int mm;

    /** A folio that is locked and not mlocked. */
    private void lockedFolio() {
        mm = machine.spawn();
        Machines.map(machine, mm, BASE, PAGES);
        Machines.fill(machine, mm, BASE, PAGES);
        assertEquals(0, machine.mlock(mm, BASE, PAGES * PAGE));
        assertFalse(mlocked());
    }

    private boolean mlocked() {
        return machine.memory().frames().test(machine.inspect().folio(mm, BASE), Frames.MLOCKED);
    }

    private void assertPresent() {
        for (int page = 0; page < PAGES; page++) {
            assertTrue(Pte.isPresent(machine.inspect().entry(mm, BASE + page * PAGE)));
        }
    }

    @Test
    void the_walk_for_references_asks_at_each_page_and_at_the_end_and_mlocks() {
        lockedFolio();
        policy.whenReferenced = MlockDecision.ACT_AFTER_UNLOCK;
        machine.reclaim(PAGES);
        assertEquals("referenced 1", policy.asked.getFirst());
        assertEquals("referenced 16", policy.asked.get(15));
        assertEquals("referenced 16 at the end", policy.asked.get(16));
        assertEquals(17, policy.asked.size(), "a folio that is mlocked is passed over");
        assertTrue(mlocked());
        assertPresent();
        long scanned = machine.memory().vmstat().get(VmstatItem.PGSCAN_PROACTIVE);
        machine.reclaim(PAGES);
        assertEquals(scanned, machine.memory().vmstat().get(VmstatItem.PGSCAN_PROACTIVE));
    }

    @Test
    void the_walk_that_unmaps_asks_too_and_leaves_the_folio_where_it_is() {
        lockedFolio();
        policy.whenUnmapped = MlockDecision.ACT;
        machine.reclaim(PAGES);
        assertTrue(policy.asked.contains("unmap 16 at the end"), policy.asked::toString);
        assertTrue(mlocked());
        assertPresent();
    }

    @Test
    void without_a_mark_the_folio_stays_all_the_same_and_is_looked_at_again() {
        lockedFolio();
        machine.reclaim(PAGES);
        assertFalse(mlocked());
        assertPresent();
        int before = policy.asked.size();
        machine.reclaim(PAGES);
        assertTrue(policy.asked.size() > before);
        assertPresent();
    }

    @Test
    void accessed_bits_in_locked_memory_count_if_the_policy_says_so() {
        lockedFolio();
        policy.counts = true;
        machine.reclaim(1);
        assertTrue(policy.asked.stream().noneMatch(asked -> asked.startsWith("unmap")) || policy.asked.size() > 17);
        assertEquals(0, machine.inspect().entry(mm, BASE) & Pte.ACCESSED, "the bit was taken");
        assertPresent();
    }
}
