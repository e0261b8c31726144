package org.polymm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.polymm.api.PageSpan;
import org.polymm.api.Policy;
import org.polymm.api.collapse.CollapsePolicy;
import org.polymm.api.collapse.RetractionSteps;
import org.polymm.api.collapse.RetractionSteps.LockMode;
import org.polymm.api.collapse.RetractionSteps.PmdState;
import org.polymm.api.collapse.TableMoveDecision;
import org.polymm.api.cow.CowSizingPolicy;
import org.polymm.api.cow.ExclusivityProof;
import org.polymm.api.cow.WriteFault;
import org.polymm.api.mapcount.CounterLayout;
import org.polymm.api.mapcount.FolioCounters;
import org.polymm.api.mapcount.HugetlbTransition;
import org.polymm.api.mapcount.MapcountScheme;
import org.polymm.api.mapcount.MappingRun;
import org.polymm.api.plugin.Slot;
import org.polymm.api.relocation.EntryDecision;
import org.polymm.api.relocation.RelocationEntry;
import org.polymm.api.relocation.RelocationPlan;
import org.polymm.api.relocation.RelocationPolicy;
import org.polymm.api.relocation.RelocationRequest;
import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.SplitPlan;

/** Schemes and procedures that break their contracts are caught, and so are dangerous decisions. */
class SafetyContractsTest {

    private static final long SEED = 42;

    private static Optional<String> breach(Contract contract, Slot slot, Policy policy) {
        return contract.breach(Planted.policy(slot, () -> policy), SEED);
    }

    private static void assertCaught(Contract contract, Slot slot, String words, Policy policy) {
        Optional<String> breach = breach(contract, slot, policy);
        assertTrue(breach.isPresent(), "nothing was caught");
        assertTrue(breach.get().contains(words), breach.get());
        assertTrue(breach.get().contains("[seed "), breach.get());
    }

    // ---- schemes ----

    /** Counts entries and nothing else; each variation gets one thing wrong. */
    private record Counting(int subtracted, boolean neverShared, boolean everyonesOwn) implements MapcountScheme.Folio {

        @Override
        public CounterLayout counters() {
            return CounterLayout.of(1, 0);
        }

        @Override
        public void onMap(MappingRun run) {
            run.set(0, run.get(0) + 1);
        }

        @Override
        public void onUnmap(MappingRun run) {
            run.set(0, run.get(0) - subtracted);
        }

        @Override
        public boolean maybeMappedShared(FolioCounters folio) {
            return !neverShared && folio.refcount() > 1;
        }

        @Override
        public boolean isExclusiveTo(FolioCounters folio, int mmId) {
            return everyonesOwn;
        }

        @Override
        public boolean isPartiallyMapped(MappingRun run) {
            return false;
        }

        @Override
        public int reportedMapcount(FolioCounters folio, int page) {
            return folio.refcount() == 0 ? (int) Math.abs(folio.get(0) % 1000) * (1 - subtracted) : 1;
        }

        @Override
        public boolean reportedExclusive(FolioCounters folio, int page) {
            return false;
        }

        @Override
        public int pssDivisor(FolioCounters folio, int page) {
            return 1;
        }
    }

    @Test
    void a_scheme_that_forgets_an_unmap_is_caught() {
        assertCaught(
                Contracts.COUNTS_RETURN_TO_ZERO,
                Slot.MAPCOUNT_FOLIO,
                "nobody maps the folio",
                new Counting(0, false, false));
        assertEquals(
                Optional.empty(),
                breach(Contracts.COUNTS_RETURN_TO_ZERO, Slot.MAPCOUNT_FOLIO, new Counting(1, false, false)));
    }

    @Test
    void a_scheme_that_denies_sharing_is_caught() {
        assertCaught(
                Contracts.SHARING_NEVER_DENIED,
                Slot.MAPCOUNT_FOLIO,
                "called a folio unshared",
                new Counting(1, true, false));
        assertCaught(
                Contracts.SHARING_NEVER_DENIED,
                Slot.MAPCOUNT_FOLIO,
                "called a folio exclusive",
                new Counting(1, false, true));
        assertEquals(
                Optional.empty(),
                breach(Contracts.SHARING_NEVER_DENIED, Slot.MAPCOUNT_FOLIO, new Counting(1, false, false)));
    }

    /** Counts leaves; each variation gets one thing wrong. */
    private record Leaves(boolean forgetsReferences, boolean forgetsUnmaps, boolean neverShared)
            implements MapcountScheme.Hugetlb {

        @Override
        public CounterLayout counters() {
            return CounterLayout.of(1, 0);
        }

        @Override
        public int referenceDelta(HugetlbTransition change) {
            int delta = MapcountScheme.Hugetlb.super.referenceDelta(change);
            return forgetsReferences ? Math.max(0, delta) : delta;
        }

        @Override
        public void onTransition(HugetlbTransition change) {
            int delta = MapcountScheme.Hugetlb.super.referenceDelta(change);
            change.set(0, change.get(0) + (forgetsUnmaps ? Math.max(0, delta) : delta));
        }

        @Override
        public int mapcount(FolioCounters page) {
            return (int) page.get(0);
        }

        @Override
        public boolean maybeMappedShared(FolioCounters page) {
            return !neverShared && page.get(0) > 1;
        }

        @Override
        public int reportedMapcount(FolioCounters page, int basePage) {
            return (int) page.get(0);
        }

        @Override
        public boolean needsPerPageDescriptors() {
            return false;
        }
    }

    @Test
    void a_hugetlb_scheme_that_keeps_counts_or_references_is_caught() {
        Slot slot = Slot.MAPCOUNT_HUGETLB;
        assertCaught(Contracts.COUNTS_RETURN_TO_ZERO, slot, "references", new Leaves(true, false, false));
        assertCaught(Contracts.COUNTS_RETURN_TO_ZERO, slot, "nobody maps it", new Leaves(false, true, false));
        assertEquals(Optional.empty(), breach(Contracts.COUNTS_RETURN_TO_ZERO, slot, new Leaves(false, false, false)));
    }

    @Test
    void a_hugetlb_scheme_that_denies_sharing_is_caught() {
        Slot slot = Slot.MAPCOUNT_HUGETLB;
        assertCaught(Contracts.SHARING_NEVER_DENIED, slot, "called a page unshared", new Leaves(false, false, true));
        assertEquals(Optional.empty(), breach(Contracts.SHARING_NEVER_DENIED, slot, new Leaves(false, false, false)));
    }

    // ---- retraction ----

    private static CollapsePolicy.Retraction procedure(CollapsePolicy.Retraction procedure) {
        return procedure;
    }

    private static void forEachTable(RetractionSteps steps, Runnable action) {
        steps.lockMapping(LockMode.READ);
        while (steps.nextMapping()) {
            if (steps.fitsPmd() && steps.readPmd() == PmdState.TABLE) {
                action.run();
            }
        }
        steps.unlockMapping();
    }

    static Stream<Arguments> procedures_that_break_the_protocol() {
        return Stream.of(
                Arguments.of("without i_mmap_rwsem", procedure(RetractionSteps::nextMapping)),
                Arguments.of("returned with i_mmap_rwsem held", procedure(steps -> steps.lockMapping(LockMode.READ))),
                Arguments.of("released i_mmap_rwsem", procedure(RetractionSteps::unlockMapping)),
                Arguments.of("before nextMapping", procedure(steps -> {
                    steps.lockMapping(LockMode.READ);
                    steps.lockPmd();
                })),
                Arguments.of("PMD lock held", procedure(steps -> forEachTable(steps, steps::lockPmd))),
                Arguments.of("page-table lock held", procedure(steps -> forEachTable(steps, steps::lockTable))),
                Arguments.of(
                        "PMD lock under",
                        procedure(steps -> forEachTable(steps, () -> {
                            steps.lockTable();
                            steps.lockPmd();
                        }))),
                Arguments.of(
                        "PMD lock twice",
                        procedure(steps -> forEachTable(steps, () -> {
                            steps.lockPmd();
                            steps.lockPmd();
                        }))),
                Arguments.of("released the PMD lock", procedure(steps -> forEachTable(steps, steps::unlockPmd))),
                Arguments.of("released the page-table", procedure(steps -> forEachTable(steps, steps::unlockTable))),
                Arguments.of("released the mmap_lock", procedure(steps -> forEachTable(steps, steps::unlockMmap))),
                Arguments.of(
                        "mmap_lock held",
                        procedure(steps -> forEachTable(steps, () -> steps.tryLockMmap(LockMode.READ)))),
                Arguments.of("without the PMD lock", procedure(steps -> forEachTable(steps, steps::clearPmd))),
                Arguments.of(
                        "neither the page-table lock",
                        procedure(steps -> forEachTable(steps, () -> {
                            steps.lockPmd();
                            steps.clearPmd();
                        }))),
                Arguments.of("write a VMA without", procedure(steps -> forEachTable(steps, steps::startVmaWrite))),
                Arguments.of("within a notification", procedure(steps -> forEachTable(steps, steps::startNotifier))),
                Arguments.of("was not begun", procedure(steps -> forEachTable(steps, steps::endNotifier))),
                Arguments.of(
                        "may sleep",
                        procedure(steps -> forEachTable(steps, () -> {
                            steps.lockPmd();
                            steps.startNotifier();
                        }))),
                Arguments.of("was not cleared", procedure(steps -> forEachTable(steps, steps::freeTableNow))),
                Arguments.of("that was not freed", procedure(steps -> forEachTable(steps, () -> clear(steps)))),
                Arguments.of(
                        "freed a table twice",
                        procedure(steps -> forEachTable(steps, () -> {
                            if (clear(steps)) {
                                steps.freeTableDeferred();
                                steps.freeTableNow();
                            }
                        }))),
                Arguments.of(
                        "over a PMD entry",
                        procedure(steps -> forEachTable(steps, () -> {
                            steps.lockPmd();
                            steps.installHugePmd();
                        }))));
    }

    private static boolean clear(RetractionSteps steps) {
        steps.lockPmd();
        steps.lockTable();
        boolean cleared = steps.clearPmd();
        steps.unlockTable();
        steps.unlockPmd();
        return cleared;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("procedures_that_break_the_protocol")
    void a_procedure_that_breaks_the_lock_protocol_is_caught(String words, CollapsePolicy.Retraction procedure) {
        assertCaught(Contracts.RETRACTION_PROTOCOL, Slot.COLLAPSE_RETRACTION, words, procedure);
    }

    @Test
    void a_procedure_without_checks_keeps_the_protocol_and_loses_pages() {
        CollapsePolicy.Retraction careless = steps -> forEachTable(steps, () -> {
            if (clear(steps)) {
                steps.freeTableDeferred();
            }
        });
        Slot slot = Slot.COLLAPSE_RETRACTION;
        assertEquals(Optional.empty(), breach(Contracts.RETRACTION_PROTOCOL, slot, careless));
        assertTrue(breach(Contracts.RETRACTION_LOSES_NOTHING, slot, careless).isPresent());
    }

    // ---- decisions ----

    static Stream<Arguments> dangerous_policies() {
        return Stream.of(
                Arguments.of("would be replaced", Slot.COW_SIZING_COPY, (CowSizingPolicy.Copy) fault -> {
                    boolean four = fault.page() % 4 == 0 && fault.runAfter() >= 3;
                    return four ? PageSpan.of(0, 4) : PageSpan.ONE_PAGE;
                }),
                Arguments.of("would become writable", Slot.COW_SIZING_REUSE, new CowSizingPolicy.Reuse() {
                    @Override
                    public ExclusivityProof proof(WriteFault fault) {
                        return ExclusivityProof.NOTHING;
                    }

                    @Override
                    public long reuseExtent(WriteFault fault) {
                        return PageSpan.of(-fault.runBefore(), fault.runBefore() + fault.runAfter() + 1);
                    }
                }),
                Arguments.of("without a look", Slot.FOLIO_SPLIT_BOUNDARY, (FolioSplitPolicy.Boundary)
                        event -> SplitPlan.unshare(-1, SplitPlan.UnshareCheck.UNCHECKED)),
                Arguments.of("may be none", Slot.COLLAPSE_TABLE_MOVE, (CollapsePolicy.TableMove)
                        move -> TableMoveDecision.UNCHECKED),
                Arguments.of("nobody finds it", Slot.RELOCATION, always(EntryDecision.SKIP)),
                Arguments.of("not find it at its new index", Slot.RELOCATION, new Relocation() {
                    @Override
                    public EntryDecision onEntry(RelocationEntry entry) {
                        boolean plain = entry.kind() == RelocationEntry.Kind.ANON && entry.isFolioWithinRange();
                        return plain ? EntryDecision.RELOCATE : EntryDecision.REFUSE;
                    }
                }),
                Arguments.of("stays behind", Slot.RELOCATION, new Relocation() {
                    @Override
                    public EntryDecision onEntry(RelocationEntry entry) {
                        boolean plain = entry.kind() == RelocationEntry.Kind.ANON && !entry.wasEverCowShared();
                        return plain ? EntryDecision.RELOCATE : EntryDecision.REFUSE;
                    }
                }),
                Arguments.of("KSM", Slot.RELOCATION, new Relocation() {
                    @Override
                    public EntryDecision onEntry(RelocationEntry entry) {
                        return entry.kind() == RelocationEntry.Kind.KSM ? EntryDecision.RELOCATE : EntryDecision.REFUSE;
                    }
                }));
    }

    private static class Relocation implements RelocationPolicy {
        @Override
        public RelocationPlan onMove(RelocationRequest request) {
            return RelocationPlan.RELOCATE;
        }
    }

    private static RelocationPolicy always(EntryDecision decision) {
        return new Relocation() {
            @Override
            public EntryDecision onEntry(RelocationEntry entry) {
                return decision;
            }
        };
    }

    @ParameterizedTest(name = "{0} ({1})")
    @MethodSource("dangerous_policies")
    void a_dangerous_decision_is_caught_and_is_still_in_range(String words, Slot slot, Policy policy) {
        assertCaught(Contracts.NO_DANGEROUS_DECISION, slot, words, policy);
        assertEquals(Optional.empty(), breach(Contracts.ANSWERS_IN_RANGE, slot, policy));
    }

    @Test
    void refusing_everything_is_never_dangerous() {
        assertEquals(
                Optional.empty(),
                breach(Contracts.NO_DANGEROUS_DECISION, Slot.RELOCATION, always(EntryDecision.REFUSE)));
    }
}
