package org.polymm.testkit.sketch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.polymm.api.plugin.Slot;
import org.polymm.api.relocation.EntryDecision;
import org.polymm.api.relocation.FailureDecision;
import org.polymm.api.relocation.RelocationEntry;
import org.polymm.api.relocation.RelocationEntry.Kind;
import org.polymm.api.relocation.RelocationFailure;
import org.polymm.api.relocation.RelocationPlan;
import org.polymm.api.relocation.RelocationPolicy;
import org.polymm.api.relocation.RelocationRequest;
import org.polymm.api.view.FolioView;
import org.polymm.api.view.MappingLevel;
import org.polymm.api.view.VmaView;
import org.polymm.testkit.Contract;
import org.polymm.testkit.Contracts;
import org.polymm.testkit.Planted;
import org.polymm.testkit.fake.FakeFolio;
import org.polymm.testkit.fake.FakeRelocationEntry;
import org.polymm.testkit.fake.FakeRelocationFailure;
import org.polymm.testkit.fake.FakeRelocationRequest;
import org.polymm.testkit.fake.FakeVma;

/** The positions in the thread on MREMAP_RELOCATE_ANON, each written against the SPI. */
class RelocationSketchesTest {

    private static final int MAYMOVE = 1;

    /** Lorenzo, June 2025: on a flag; try, undo, and move the ordinary way, or fail if the second flag demands it. */
    private record OnFlag(FailureDecision onFailure) implements RelocationPolicy {

        @Override
        public int acceptedFlags() {
            return MREMAP_RELOCATE_ANON | MREMAP_MUST_RELOCATE_ANON;
        }

        @Override
        public RelocationPlan onMove(RelocationRequest request) {
            if ((request.flags() & acceptedFlags()) == 0) {
                return RelocationPlan.KEEP_INDEX;
            }
            VmaView vma = request.vma();
            boolean eligible =
                    vma.isAnonymous() && vma.hasAnonVma() && !vma.isForkChild() && !request.anonVmaHasChildren();
            if (eligible) {
                return RelocationPlan.RELOCATE;
            }
            return must(request.flags()) ? RelocationPlan.FAIL : RelocationPlan.KEEP_INDEX;
        }

        @Override
        public EntryDecision onEntry(RelocationEntry entry) {
            FolioView folio = entry.folio();
            if (folio == null || entry.kind() != Kind.ANON || folio.maybeMappedShared() || folio.maybePinned()) {
                // Patch 1: nothing to do, or left behind with a warning. That is where it is wrong.
                return EntryDecision.SKIP;
            }
            if (!folio.isLarge() || (entry.isFolioWithinRange() && entry.level() == MappingLevel.PTE)) {
                return EntryDecision.RELOCATE;
            }
            return entry.isFolioWithinRange() && entry.isDestinationAligned()
                    ? EntryDecision.RELOCATE
                    : EntryDecision.SPLIT_FIRST;
        }

        @Override
        public FailureDecision onFailure(RelocationFailure failure) {
            return must(failure.flags()) ? FailureDecision.FAIL : onFailure;
        }

        private static boolean must(int flags) {
            return (flags & MREMAP_MUST_RELOCATE_ANON) != 0;
        }
    }

    /** David: no flag, where it helps a merge; look at everything first, so that nothing need be undone. */
    private record WhereItMerges() implements RelocationPolicy {

        @Override
        public RelocationPlan onMove(RelocationRequest request) {
            boolean merges = request.mergesWithPreviousIfRelocated() || request.mergesWithNextIfRelocated();
            return merges && request.vma().isAnonymous()
                    ? RelocationPlan.PRESCAN_THEN_RELOCATE
                    : RelocationPlan.KEEP_INDEX;
        }

        @Override
        public EntryDecision onEntry(RelocationEntry entry) {
            if (entry.wasEverCowShared()) {
                return EntryDecision.REFUSE;
            }
            FolioView folio = entry.folio();
            return switch (entry.kind()) {
                case MIGRATION -> EntryDecision.WAIT;
                case ANON, SWAP_CACHE -> {
                    boolean cut = folio != null && folio.isLarge() && !entry.isFolioWithinRange();
                    yield cut ? EntryDecision.SPLIT_FIRST : whole(entry);
                }
                case SWAP, ZERO_PAGE, MARKER, FILE -> EntryDecision.SKIP;
                default -> EntryDecision.REFUSE;
            };
        }

        /** A pin does not mind: what is pinned is the page, not its index. */
        private static EntryDecision whole(RelocationEntry entry) {
            return entry.isFolioWithinRange() ? EntryDecision.RELOCATE : EntryDecision.REFUSE;
        }
    }

    private static final OnFlag LORENZO = new OnFlag(FailureDecision.UNDO);
    private static final OnFlag HARRY = new OnFlag(FailureDecision.SPLIT_VMA);
    private static final WhereItMerges DAVID = new WhereItMerges();
    private static final FakeVma VMA = FakeVma.anonymous(0x100, 0x110).withAnonVma(true);
    private static final int RELOCATE = MAYMOVE | RelocationPolicy.MREMAP_RELOCATE_ANON;
    private static final int MUST = MAYMOVE | RelocationPolicy.MREMAP_MUST_RELOCATE_ANON;

    private static FakeRelocationRequest move() {
        return FakeRelocationRequest.of(VMA, 0x900);
    }

    @Test
    void without_the_flag_nothing_changes() {
        assertSame(RelocationPlan.KEEP_INDEX, LORENZO.onMove(move().flags(MAYMOVE)));
        assertSame(RelocationPlan.RELOCATE, LORENZO.onMove(move().flags(RELOCATE)));
        assertSame(RelocationPlan.RELOCATE, LORENZO.onMove(move().flags(MUST)));
    }

    @Test
    void after_a_fork_it_is_an_ordinary_move_or_an_error_if_it_must_be() {
        assertSame(
                RelocationPlan.KEEP_INDEX, LORENZO.onMove(move().flags(RELOCATE).anonVmaWithChildren(true)));
        assertSame(RelocationPlan.FAIL, LORENZO.onMove(move().flags(MUST).anonVmaWithChildren(true)));
        FakeVma child = FakeVma.anonymous(0x100, 0x110).withAnonVma(true).forkChild(true);
        assertSame(
                RelocationPlan.KEEP_INDEX,
                LORENZO.onMove(FakeRelocationRequest.of(child, 0x900).flags(RELOCATE)));
    }

    @Test
    void a_failure_half_way_is_undone_or_split_off_or_an_error() {
        RelocationEntry entry =
                FakeRelocationEntry.of(Kind.ANON, FakeFolio.ofOrder(4)).folioWithinRange(false);
        FakeRelocationFailure failure = FakeRelocationFailure.at(entry).relocatedPages(5);
        assertSame(FailureDecision.UNDO, LORENZO.onFailure(failure.flags(RELOCATE)));
        assertSame(FailureDecision.SPLIT_VMA, HARRY.onFailure(failure.flags(RELOCATE)));
        assertSame(FailureDecision.FAIL, LORENZO.onFailure(failure.flags(MUST)));
    }

    @Test
    void a_folio_cut_by_the_range_is_split_first() {
        FakeRelocationEntry cut =
                FakeRelocationEntry.of(Kind.ANON, FakeFolio.ofOrder(4)).folioWithinRange(false);
        assertSame(EntryDecision.SPLIT_FIRST, LORENZO.onEntry(cut));
        assertSame(EntryDecision.SPLIT_FIRST, DAVID.onEntry(cut));
        FakeRelocationEntry unaligned = FakeRelocationEntry.of(Kind.ANON, FakeFolio.ofOrder(9))
                .level(MappingLevel.PMD)
                .destinationAligned(false);
        assertSame(EntryDecision.SPLIT_FIRST, LORENZO.onEntry(unaligned));
        assertSame(EntryDecision.RELOCATE, LORENZO.onEntry(unaligned.destinationAligned(true)));
    }

    @Test
    void migration_and_swap_cache_entries_are_where_the_first_patch_is_wrong() {
        for (Kind kind : List.of(Kind.MIGRATION, Kind.SWAP_CACHE)) {
            assertSame(EntryDecision.SKIP, LORENZO.onEntry(FakeRelocationEntry.of(kind, FakeFolio.small())));
        }
        assertSame(EntryDecision.WAIT, DAVID.onEntry(FakeRelocationEntry.of(Kind.MIGRATION, FakeFolio.small())));
        assertSame(EntryDecision.RELOCATE, DAVID.onEntry(FakeRelocationEntry.of(Kind.SWAP_CACHE, FakeFolio.small())));
        assertSame(EntryDecision.SKIP, DAVID.onEntry(FakeRelocationEntry.of(Kind.SWAP)));
    }

    @Test
    void a_pinned_page_may_be_relocated_and_a_once_shared_one_may_not() {
        assertSame(
                EntryDecision.RELOCATE,
                DAVID.onEntry(
                        FakeRelocationEntry.of(Kind.ANON, FakeFolio.small().maybePinned(true))));
        assertSame(
                EntryDecision.REFUSE,
                DAVID.onEntry(FakeRelocationEntry.of(Kind.SWAP).everCowShared(true)));
    }

    @Test
    void without_a_neighbour_to_merge_with_there_is_nothing_to_gain() {
        assertSame(RelocationPlan.KEEP_INDEX, DAVID.onMove(move()));
        assertSame(RelocationPlan.PRESCAN_THEN_RELOCATE, DAVID.onMove(move().mergingWithNext(true)));
        assertEquals(0, DAVID.acceptedFlags());
    }

    @Test
    void the_safe_one_keeps_every_contract_and_the_first_patch_breaks_one() {
        for (Contract contract : Contracts.of(Slot.RELOCATION)) {
            assertEquals(Optional.empty(), breach(contract, DAVID), contract.id());
            boolean kept = breach(contract, LORENZO).isEmpty();
            assertEquals(!contract.equals(Contracts.NO_DANGEROUS_DECISION), kept, contract.id());
        }
        String harm = breach(Contracts.NO_DANGEROUS_DECISION, LORENZO).orElseThrow();
        assertTrue(harm.contains("nobody finds it"), harm);
    }

    private static Optional<String> breach(Contract contract, RelocationPolicy policy) {
        return contract.breach(Planted.policy(Slot.RELOCATION, () -> policy), 11);
    }
}
