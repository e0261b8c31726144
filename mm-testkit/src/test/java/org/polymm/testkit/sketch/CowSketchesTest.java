package org.polymm.testkit.sketch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.polymm.api.OrderSet;
import org.polymm.api.PageSpan;
import org.polymm.api.PolicyMemory;
import org.polymm.api.StateScope;
import org.polymm.api.cow.AnonFault;
import org.polymm.api.cow.CowSizingPolicy;
import org.polymm.api.cow.ExclusivityProof;
import org.polymm.api.cow.RaceDecision;
import org.polymm.api.cow.Unpopulated;
import org.polymm.api.cow.WriteFault;
import org.polymm.api.plugin.Slot;
import org.polymm.testkit.Contract;
import org.polymm.testkit.Contracts;
import org.polymm.testkit.Planted;
import org.polymm.testkit.fake.FakeAnonFault;
import org.polymm.testkit.fake.FakeFolio;
import org.polymm.testkit.fake.FakeMemory;
import org.polymm.testkit.fake.FakeVma;
import org.polymm.testkit.fake.FakeWriteFault;

/** Large anonymous folios against the SPI: one class in several roles, and a policy that remembers. */
class CowSketchesTest {

    /**
     * Ryan, RFC 2, all four paths in one class that fills three slots; mended if told to look at the exclusive flag.
     */
    private record Rfc2(boolean mended) implements CowSizingPolicy.Orders, CowSizingPolicy.Reuse, CowSizingPolicy.Copy {

        private static final OrderSet TO_64_KIB = OrderSet.of(2, 3, 4);

        @Override
        public OrderSet candidates(AnonFault fault) {
            return TO_64_KIB;
        }

        @Override
        public RaceDecision afterLostRace(AnonFault fault, int order) {
            return RaceDecision.RETRY_SMALLER;
        }

        @Override
        public Unpopulated unpopulated(AnonFault fault) {
            return Unpopulated.NONE_OR_ZERO_PAGE;
        }

        @Override
        public ExclusivityProof proof(WriteFault fault) {
            return ExclusivityProof.SCAN;
        }

        @Override
        public long reuseExtent(WriteFault fault) {
            boolean all = fault.isFolioProvenExclusive();
            int first = 0;
            while (first > -fault.runBefore() && (all || fault.isExclusive(first - 1))) {
                first--;
            }
            int end = 1;
            while (end <= fault.runAfter() && (all || fault.isExclusive(end))) {
                end++;
            }
            return PageSpan.of(first, end - first);
        }

        @Override
        public long copyExtent(WriteFault fault) {
            for (int order = fault.folio().order(); order > 1; order--) {
                int before = (int) fault.page() & (1 << order) - 1;
                int after = (1 << order) - 1 - before;
                if (before <= fault.runBefore() && after <= fault.runAfter() && isFree(fault, -before, after)) {
                    return PageSpan.of(-before, 1 << order);
                }
            }
            return PageSpan.ONE_PAGE;
        }

        private boolean isFree(WriteFault fault, int first, int last) {
            for (int offset = first; mended && offset <= last; offset++) {
                if (fault.isExclusive(offset)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Nobody's proposal: the order grows with the faults a VMA has taken. Its memory is the engine's. */
    private record Growing() implements CowSizingPolicy.Orders {

        private static final int FAULTS = 0;

        @Override
        public OrderSet candidates(AnonFault fault) {
            PolicyMemory row = fault.memory(StateScope.VMA);
            long faults = row.get(FAULTS);
            row.set(FAULTS, faults + 1);
            return OrderSet.upTo((int) Math.min(4, faults)).without(0).without(1);
        }
    }

    private static final FakeVma VMA = FakeVma.anonymous(0x200, 0x400);

    /** 16 pages, of which a fork with MADV_DONTFORK left the last 8 exclusive; the parent writes page 0. */
    private static FakeWriteFault afterDontfork() {
        return FakeWriteFault.of(VMA, FakeFolio.ofOrder(4), 0x200, 0).exclusive(8, 8);
    }

    @Test
    void a_copy_stops_before_exclusive_pages_once_mended() {
        assertEquals("[0, 16)", PageSpan.toString(new Rfc2(false).copyExtent(afterDontfork())));
        assertEquals("[0, 8)", PageSpan.toString(new Rfc2(true).copyExtent(afterDontfork())));
    }

    @Test
    void only_the_copy_of_the_first_version_is_dangerous() {
        for (Slot slot : new Slot[] {Slot.COW_SIZING_ORDERS, Slot.COW_SIZING_REUSE, Slot.COW_SIZING_COPY}) {
            for (Contract contract : Contracts.of(slot)) {
                assertEquals(Optional.empty(), breach(contract, slot, new Rfc2(true)), slot + " " + contract.id());
                boolean kept = breach(contract, slot, new Rfc2(false)).isEmpty();
                boolean faulty = slot == Slot.COW_SIZING_COPY && contract.equals(Contracts.NO_DANGEROUS_DECISION);
                assertEquals(!faulty, kept, slot + " " + contract.id());
            }
        }
    }

    private static Optional<String> breach(Contract contract, Slot slot, Rfc2 policy) {
        return contract.breach(Planted.policy(slot, () -> policy), 13);
    }

    @Test
    void a_policy_remembers_in_rows_of_the_engine() {
        FakeMemory memory = new FakeMemory();
        FakeAnonFault fault = FakeAnonFault.of(VMA, 0x210).memory(memory);
        Growing policy = new Growing();
        assertSame(OrderSet.NONE, policy.candidates(fault));
        assertSame(OrderSet.NONE, policy.candidates(fault));
        assertSame(OrderSet.of(2), policy.candidates(fault));
        assertSame(OrderSet.of(2, 3), policy.candidates(fault));
        assertSame(OrderSet.of(2, 3, 4), policy.candidates(fault));
        assertSame(OrderSet.of(2, 3, 4), policy.candidates(fault));
        assertSame(OrderSet.NONE, new Growing().candidates(FakeAnonFault.of(VMA, 0x210)));
    }
}
