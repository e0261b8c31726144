package org.polymm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.polymm.api.OrderSet;
import org.polymm.api.PageSpan;
import org.polymm.api.Policy;
import org.polymm.api.PolicyMemory;
import org.polymm.api.ScanResult;
import org.polymm.api.StateScope;
import org.polymm.api.collapse.CollapseCandidate;
import org.polymm.api.collapse.CollapseDecision;
import org.polymm.api.collapse.CollapsePolicy;
import org.polymm.api.cow.AnonFault;
import org.polymm.api.cow.CowSizingPolicy;
import org.polymm.api.cow.ExclusivityProof;
import org.polymm.api.cow.WriteFault;
import org.polymm.api.plugin.Slot;
import org.polymm.api.relocation.EntryDecision;
import org.polymm.api.relocation.RelocationEntry;
import org.polymm.api.relocation.RelocationPlan;
import org.polymm.api.relocation.RelocationPolicy;
import org.polymm.api.relocation.RelocationRequest;
import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.SplitPlan;
import org.polymm.api.view.FolioView;

/** Each rule has a policy that breaks it planted, and is seen to catch it; a sound policy breaks none. */
@SuppressWarnings("UnusedVariable") // fields are there to be found by reflection
class RuleContractsTest {

    private static final long SEED = 42;

    private static Optional<String> breach(Contract contract, Slot slot, Supplier<Policy> maker) {
        return contract.breach(Planted.policy(slot, maker), SEED);
    }

    private static void assertCaught(Contract contract, Slot slot, String words, Supplier<Policy> maker) {
        Optional<String> breach = breach(contract, slot, maker);
        assertTrue(breach.isPresent(), "nothing was caught");
        assertTrue(breach.get().contains(words), breach.get());
    }

    // ---- no-mutable-fields ----

    private static class Orders implements CowSizingPolicy.Orders {
        @Override
        public OrderSet candidates(AnonFault fault) {
            return OrderSet.BASE_PAGE;
        }
    }

    @SuppressWarnings("FieldMayBeFinal")
    private static final class WithCounter extends Orders {
        private int faults;

        @Override
        public OrderSet candidates(AnonFault fault) {
            faults++;
            return faults > 1 ? OrderSet.of(4) : OrderSet.BASE_PAGE;
        }
    }

    private static final class WithStaticCounter extends Orders {
        static int faults;
    }

    private static final class WithArray extends Orders {
        final int[] orders = {2, 3};
    }

    private static final class WithList extends Orders {
        final List<Integer> orders = new ArrayList<>();
    }

    private static final class WithMap extends Orders {
        final Map<String, OrderSet> orders = new HashMap<>();
    }

    private static final class WithAtomic extends Orders {
        final AtomicLong faults = new AtomicLong();
    }

    private static final class Helper {
        int remembered;
    }

    private static final class WithHelper extends Orders {
        final Helper helper = new Helper();
    }

    private record Table(List<OrderSet> byAge, String name) {}

    private static final class WithConstants extends Orders {
        private static final OrderSet LARGE = OrderSet.of(4);
        final Table table = new Table(List.of(LARGE, OrderSet.NONE), "by age");
        final Map<String, Integer> limits = Map.of("small", 2);
        final StateScope scope = StateScope.VMA;
        final int limit = 4;
    }

    static Stream<Arguments> policies_that_can_change() {
        return Stream.of(
                Arguments.of("faults is not final", (Supplier<Policy>) WithCounter::new),
                Arguments.of("faults is not final", (Supplier<Policy>) WithStaticCounter::new),
                Arguments.of("is an array", (Supplier<Policy>) WithArray::new),
                Arguments.of("java.util.ArrayList", (Supplier<Policy>) WithList::new),
                Arguments.of("java.util.HashMap", (Supplier<Policy>) WithMap::new),
                Arguments.of("AtomicLong", (Supplier<Policy>) WithAtomic::new),
                Arguments.of("helper.remembered is not final", (Supplier<Policy>) WithHelper::new));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("policies_that_can_change")
    void state_of_its_own_is_caught(String words, Supplier<Policy> maker) {
        assertCaught(Contracts.NO_MUTABLE_FIELDS, Slot.COW_SIZING_ORDERS, words, maker);
    }

    @Test
    void constants_records_and_immutable_collections_are_no_state() {
        assertEquals(Optional.empty(), breach(Contracts.NO_MUTABLE_FIELDS, Slot.COW_SIZING_ORDERS, WithConstants::new));
    }

    // ---- answers-in-range ----

    private static Arguments bad(String words, Slot slot, Policy policy) {
        return Arguments.of(words, slot, policy);
    }

    static Stream<Arguments> policies_with_answers_out_of_range() {
        return Stream.of(
                bad("the answer is null", Slot.FOLIO_SPLIT_PIN, (FolioSplitPolicy.Pin) pin -> null),
                bad("threw", Slot.FOLIO_SPLIT_PIN, (FolioSplitPolicy.Pin) pin -> {
                    throw new IllegalStateException("planted");
                }),
                bad("takes KEEP or SPLIT", Slot.FOLIO_SPLIT_RECLAIM, (FolioSplitPolicy.Reclaim)
                        pick -> SplitPlan.split().orElse(SplitPlan.defer())),
                bad("remains to choose from", Slot.COW_SIZING_ORDERS, new Orders() {
                    @Override
                    public OrderSet candidates(AnonFault fault) {
                        return OrderSet.upTo(9);
                    }

                    @Override
                    public OrderSet afterAllocationFailure(AnonFault fault, int failed, OrderSet remaining) {
                        return OrderSet.of(failed);
                    }
                }),
                bad("leaves the run", Slot.COW_SIZING_REUSE, reuse(PageSpan.of(0, 5000))),
                bad("does not contain the faulting page", Slot.COW_SIZING_REUSE, reuse(PageSpan.of(1, 1))),
                bad("does not contain the faulting page", Slot.COW_SIZING_REUSE, reuse(0)),
                bad("leaves the run", Slot.COW_SIZING_COPY, copy(fault -> PageSpan.of(-fault.runBefore() - 1, 9))),
                bad("no power of two", Slot.COW_SIZING_COPY, copy(fault -> aligned(fault, 3))),
                bad("order 1", Slot.COW_SIZING_COPY, copy(fault -> aligned(fault, 2))),
                bad("naturally aligned", Slot.COW_SIZING_COPY, copy(fault -> aligned(fault, 4))),
                bad("is not shorter", Slot.COW_SIZING_COPY, new CowSizingPolicy.Copy() {
                    @Override
                    public long copyExtent(WriteFault fault) {
                        boolean four = fault.page() % 4 == 0 && fault.runAfter() >= 3;
                        return four ? PageSpan.of(0, 4) : PageSpan.ONE_PAGE;
                    }

                    @Override
                    public long afterAllocationFailure(WriteFault fault, long failed) {
                        return failed;
                    }
                }),
                bad("may be collapsed to", Slot.COLLAPSE_CHOICE, (CollapsePolicy.Choice) candidate ->
                        new CollapseDecision.Collapse(candidate.thp().pmdOrder() - 1)),
                bad("Linux's own", Slot.RELOCATION, relocation(4, EntryDecision.REFUSE)),
                bad("no large folio to split", Slot.RELOCATION, relocation(8, EntryDecision.SPLIT_FIRST)),
                bad("does not go by waiting", Slot.RELOCATION, relocation(8, EntryDecision.WAIT)));
    }

    private static CowSizingPolicy.Reuse reuse(long span) {
        return new CowSizingPolicy.Reuse() {
            @Override
            public ExclusivityProof proof(WriteFault fault) {
                return ExclusivityProof.NOTHING;
            }

            @Override
            public long reuseExtent(WriteFault fault) {
                return span;
            }
        };
    }

    private static CowSizingPolicy.Copy copy(CowSizingPolicy.Copy extent) {
        return extent;
    }

    /** A span that begins at the fault, without a thought for alignment. */
    private static long aligned(WriteFault fault, int count) {
        return fault.runAfter() >= count - 1 ? PageSpan.of(0, count) : PageSpan.ONE_PAGE;
    }

    private static RelocationPolicy relocation(int flags, EntryDecision decision) {
        return new RelocationPolicy() {
            @Override
            public int acceptedFlags() {
                return flags;
            }

            @Override
            public RelocationPlan onMove(RelocationRequest request) {
                return RelocationPlan.RELOCATE;
            }

            @Override
            public EntryDecision onEntry(RelocationEntry entry) {
                return decision;
            }
        };
    }

    @ParameterizedTest(name = "{0} ({1})")
    @MethodSource("policies_with_answers_out_of_range")
    void an_answer_that_the_role_does_not_allow_is_caught(String words, Slot slot, Policy policy) {
        assertCaught(Contracts.ANSWERS_IN_RANGE, slot, words, () -> policy);
        assertCaught(Contracts.ANSWERS_IN_RANGE, slot, "[seed ", () -> policy);
    }

    // ---- keeps-no-view ----

    private static final class KeepsFault extends Orders {
        private AnonFault kept;

        @Override
        public OrderSet candidates(AnonFault fault) {
            AnonFault earlier = kept;
            kept = fault;
            return earlier == null ? OrderSet.BASE_PAGE : earlier.enabledOrders();
        }
    }

    private static final class KeepsFolio implements FolioSplitPolicy.Pin {
        private FolioView kept;

        @Override
        public SplitPlan onLongTermPin(org.polymm.api.split.LongTermPin pin) {
            FolioView earlier = kept;
            kept = pin.folio();
            return earlier != null && earlier.isLarge() ? SplitPlan.split() : SplitPlan.keep();
        }
    }

    private static final class KeepsMemory extends Orders {
        private PolicyMemory kept;

        @Override
        public OrderSet candidates(AnonFault fault) {
            if (kept != null) {
                kept.set(0, 1);
            }
            kept = fault.memory(StateScope.MM);
            return OrderSet.BASE_PAGE;
        }
    }

    @Test
    void a_view_kept_for_the_next_call_is_caught() {
        assertCaught(Contracts.KEEPS_NO_VIEW, Slot.COW_SIZING_ORDERS, "AnonFault.enabledOrders", KeepsFault::new);
    }

    @Test
    void a_view_got_from_a_view_and_kept_is_caught() {
        assertCaught(Contracts.KEEPS_NO_VIEW, Slot.FOLIO_SPLIT_PIN, "FolioView.isLarge", KeepsFolio::new);
    }

    @Test
    void a_row_of_memory_kept_for_the_next_call_is_caught() {
        assertCaught(Contracts.KEEPS_NO_VIEW, Slot.COW_SIZING_ORDERS, "PolicyMemory.set", KeepsMemory::new);
    }

    // ---- deterministic ----

    @Test
    void an_answer_that_depends_on_earlier_calls_is_caught() {
        assertCaught(Contracts.DETERMINISTIC, Slot.COW_SIZING_ORDERS, "to the same facts", WithCounter::new);
    }

    @Test
    void an_answer_that_depends_on_the_instance_is_caught() {
        AtomicLong instances = new AtomicLong();
        assertCaught(Contracts.DETERMINISTIC, Slot.COLLAPSE_CHOICE, "to the same facts", () -> {
            ScanResult reason = instances.getAndIncrement() % 2 == 0 ? ScanResult.FAIL : ScanResult.PAGE_LRU;
            return (CollapsePolicy.Choice) candidate -> new CollapseDecision.Skip(reason);
        });
    }

    private static final class Remembering extends Orders {
        @Override
        public OrderSet candidates(AnonFault fault) {
            PolicyMemory row = fault.memory(StateScope.VMA);
            row.set(0, row.get(0) + 1);
            return row.get(0) > 3 ? OrderSet.of(4) : OrderSet.BASE_PAGE;
        }
    }

    @Test
    void what_is_remembered_in_policy_memory_is_sound() {
        for (Contract contract : Contracts.of(Slot.COW_SIZING_ORDERS)) {
            assertEquals(Optional.empty(), breach(contract, Slot.COW_SIZING_ORDERS, Remembering::new));
        }
    }

    // ---- the list ----

    @ParameterizedTest
    @EnumSource(Slot.class)
    void every_slot_has_the_four_rules_that_concern_all(Slot slot) {
        assertTrue(Contracts.of(slot)
                .containsAll(List.of(
                        Contracts.NO_MUTABLE_FIELDS,
                        Contracts.ANSWERS_IN_RANGE,
                        Contracts.KEEPS_NO_VIEW,
                        Contracts.DETERMINISTIC)));
    }

    @Test
    void contracts_have_names_and_sentences_of_their_own() {
        assertEquals(
                Contracts.all().size(),
                Contracts.all().stream().map(Contract::id).distinct().count());
        for (Contract contract : Contracts.all()) {
            assertTrue(contract.id().matches("[a-z]+(-[a-z]+)*"), contract.id());
            assertTrue(contract.sentence().endsWith("."), contract.sentence());
        }
    }

    private static final class Skips implements CollapsePolicy.Choice {
        @Override
        public CollapseDecision choose(CollapseCandidate candidate) {
            return CollapseDecision.SAFE;
        }
    }

    @Test
    void the_same_seed_finds_the_same() {
        Optional<String> once = breach(Contracts.DETERMINISTIC, Slot.COW_SIZING_ORDERS, WithCounter::new);
        Optional<String> again = breach(Contracts.DETERMINISTIC, Slot.COW_SIZING_ORDERS, WithCounter::new);
        assertEquals(once, again);
        assertEquals(Optional.empty(), breach(Contracts.DETERMINISTIC, Slot.COLLAPSE_CHOICE, Skips::new));
    }
}
