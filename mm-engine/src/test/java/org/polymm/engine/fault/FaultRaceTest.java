package org.polymm.engine.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.polymm.engine.testpolicy.TestMachine.PAGE;
import static org.polymm.engine.testpolicy.TestMachine.RW;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.polymm.api.OrderSet;
import org.polymm.api.cow.ExclusivityProof;
import org.polymm.api.cow.RaceDecision;
import org.polymm.api.cow.Unpopulated;
import org.polymm.api.plugin.Slot;
import org.polymm.engine.policy.SafetyMode;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.SchedulingHook;
import org.polymm.engine.testpolicy.FixedPolicies;
import org.polymm.engine.testpolicy.TestMachine;

/**
 * A fault, and at every point where it can be interrupted while it holds no more than its VMA's lock, a whole operation of another task. Tables
 * have 8 entries; memory of a parent and of a child that shares its pages is written, read and unmapped.
 */
class FaultRaceTest {

    private static final long BASE = 0x100000;
    private static final int PAGES = 24;

    /** One step of one task. */
    private interface Operation {
        void run(TestMachine m, int parent, int child);
    }

    private record Named(String name, Operation operation) {}

    /** Runs an operation at the n-th point of the first task at which nothing but a VMA is locked. */
    private static final class InterruptAt implements SchedulingHook {

        private final TestMachine m;
        private final Runnable other;
        private int pointsLeft;
        private int held;
        private boolean interrupted;

        InterruptAt(TestMachine m, int point, Runnable other) {
            this.m = m;
            this.other = other;
            this.pointsLeft = point;
        }

        @Override
        public void point(int kind, long object) {
            if (!interrupted && held == 0 && pointsLeft-- == 0) {
                interrupted = true;
                m.sync.switchTo(1);
                other.run();
                m.sync.assertNothingHeld("after the other operation");
                m.sync.switchTo(0);
            }
        }

        @Override
        public void acquired(LockClass lockClass, int mode, int id) {
            held += lockClass == LockClass.VMA_LOCK ? 0 : 1;
        }

        @Override
        public void released(LockClass lockClass, int id) {
            held -= lockClass == LockClass.VMA_LOCK ? 0 : 1;
        }

        @Override
        public void block(LockClass lockClass, int mode, int id) {
            throw new AssertionError("blocked on " + lockClass + " " + id + "; " + m.sync.describe(0));
        }
    }

    private static List<Named> operations() {
        List<Named> operations = new ArrayList<>();
        for (int page : new int[] {0, 1, 8, 9, 17, 18}) {
            long at = BASE + page * PAGE;
            operations.add(new Named("parent writes " + page, (m, parent, child) -> m.write(parent, at)));
            operations.add(new Named("child writes " + page, (m, parent, child) -> m.write(child, at)));
        }
        operations.add(new Named("parent reads 20", (m, parent, child) -> m.read(parent, BASE + 20 * PAGE)));
        operations.add(new Named("parent reads 9", (m, parent, child) -> m.read(parent, BASE + 9 * PAGE)));
        operations.add(new Named("parent unmaps 0", (m, parent, child) -> m.unmap(parent, BASE, 1)));
        operations.add(new Named("parent unmaps all", (m, parent, child) -> m.unmap(parent, BASE, PAGES)));
        operations.add(new Named("child unmaps 1 to 8", (m, parent, child) -> m.unmap(child, BASE + PAGE, 8)));
        return operations;
    }

    /**
     * Pages 0 to 7 are one folio that both processes map by PMD entries; the parent has zero pages at 8 to 11, nothing at 12 to 15, an empty
     * table for 16 to 23.
     */
    private static TestMachine machine(FixedPolicies policies, int[] mms) {
        TestMachine m = new TestMachine(policies, 512, Geometry.SMALL, SafetyMode.ENFORCE, true);
        m.enable(2);
        mms[0] = m.newMm();
        m.map(mms[0], BASE, PAGES, RW);
        for (int page = 8; page < 12; page++) {
            m.read(mms[0], BASE + page * PAGE);
        }
        m.tables.leafAlloc(m.mms.pgd(mms[0]), BASE + 16 * PAGE);
        m.enable(3);
        for (int page = 0; page < 8; page++) {
            m.store(mms[0], BASE + page * PAGE, page);
        }
        mms[1] = m.share(mms[0]);
        m.sync.newTask("other");
        return m;
    }

    private static void raceEverything(java.util.function.Supplier<FixedPolicies> policies) {
        int[] mms = new int[2];
        TestMachine m = machine(policies.get(), mms);
        var start = m.space.save();
        int interruptions = 0;
        for (Named first : operations()) {
            for (Named second : operations()) {
                for (int point = 0; ; point++) {
                    m.space.rewind(start);
                    InterruptAt hook =
                            new InterruptAt(m, point, () -> second.operation().run(m, mms[0], mms[1]));
                    m.sync.install(hook);
                    first.operation().run(m, mms[0], mms[1]);
                    m.sync.install(null);
                    if (!hook.interrupted) {
                        break;
                    }
                    interruptions++;
                    check(m, first.name() + ", at its point " + point + ": " + second.name());
                }
            }
        }
        assertTrue(interruptions > 1_000, interruptions + " interruptions");
    }

    private static void check(TestMachine m, String what) {
        try {
            m.sync.assertNothingHeld("after both");
            m.verify();
        } catch (AssertionError | RuntimeException wrong) {
            throw new AssertionError(what + ": " + wrong.getMessage(), wrong);
        }
    }

    @Test
    void under_the_answers_of_mainline_every_interruption_leaves_a_consistent_machine() {
        raceEverything(FixedPolicies::mainline);
    }

    @Test
    void under_wide_reuse_and_wide_copies_too() {
        raceEverything(() -> FixedPolicies.mainline()
                .with(Slot.COW_SIZING_REUSE, new FixedPolicies.RunReuse(ExclusivityProof.SCAN))
                .with(Slot.COW_SIZING_COPY, new FixedPolicies.RunCopy(true)));
    }

    @Test
    void and_under_orders_that_replace_zero_pages_and_retry_smaller() {
        raceEverything(() -> FixedPolicies.mainline()
                .with(
                        Slot.COW_SIZING_ORDERS,
                        new FixedPolicies.FixedOrders(
                                OrderSet.upTo(3), RaceDecision.RETRY_SMALLER, Unpopulated.NONE_OR_ZERO_PAGE)));
    }

    @Test
    void contents_survive_every_interruption_by_the_other_process() {
        int[] mms = new int[2];
        TestMachine m = machine(FixedPolicies.mainline(), mms);
        var start = m.space.save();
        for (int point = 0; point < 40; point++) {
            for (int page = 0; page < 8; page++) {
                long at = BASE + page * PAGE;
                m.space.rewind(start);
                m.sync.install(new InterruptAt(m, point, () -> m.store(mms[1], at, 77)));
                m.store(mms[0], at, 55);
                m.sync.install(null);
                long child = m.load(mms[1], at);
                assertEquals(55, m.load(mms[0], at));
                assertTrue(child == 77 || child == page, "the child reads " + child);
                m.verify();
            }
        }
    }
}
