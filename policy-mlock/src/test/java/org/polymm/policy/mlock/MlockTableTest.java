package org.polymm.policy.mlock;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.polymm.api.split.FolioSplitPolicy.Mlock;
import org.polymm.api.split.MlockDecision;
import org.polymm.api.view.MappingLevel;
import org.polymm.testkit.fake.FakeFolio;
import org.polymm.testkit.fake.FakeLockedWalk;
import org.polymm.testkit.fake.FakeMlockWalk;
import org.polymm.testkit.fake.FakeRmapChange;
import org.polymm.testkit.fake.FakeVma;

/**
 * What each policy answers in each situation: A acts at once, U after the page-table lock is dropped, - leaves.
 *
 * <pre>
 *   page 0x100                  0x110                  0x120
 *   VMA  |------------------------------------------------|
 *        FFFFFFFFFFFFFFFF                                     inside, at the beginning
 *   ffffffffFFFFFFFF                                          crosses the edge: page 8 of the folio at 0x100
 * </pre>
 */
class MlockTableTest {

    private static final List<Mlock> POLICIES = List.of(
            new Mainline618Mlock(),
            new Mainline67Mlock(),
            new SkipLargeMlock(),
            new InVmaMlock(),
            new InVmaSymmetricMlock(),
            new AddOnRmapMlock(),
            new FullyMappedUnsharedMlock());

    private static final FakeVma VMA = FakeVma.anonymous(0x100, 0x120).locked(true);

    @ParameterizedTest(name = "mlock meets {0}")
    @CsvSource(delimiter = '|', textBlock = """
        #                             6.18  6.7  skip  in-vma  symmetric  on-rmap  unshared
        a small folio               |  A  |  A  |  A  |   A   |    A    |   A   |   A
        a folio mapped by a PMD     |  A  |  A  |  A  |   A   |    A    |   A   |   A
        all of a folio              |  A  |  A  |  -  |   A   |    A    |   A   |   A
        the part before a hole      |  -  |  -  |  -  |   A   |    A    |   A   |   -
        the part after a hole       |  -  |  -  |  -  |   -   |    -    |   -   |   -
        a part beyond the VMA edge  |  -  |  -  |  -  |   -   |    -    |   -   |   -
        a part in one table of two  |  -  |  -  |  -  |   A   |    A    |   A   |   -
        all of a shared folio       |  A  |  A  |  -  |   A   |    A    |   A   |   -
        all of a shared file folio  |  A  |  A  |  -  |   A   |    A    |   A   |   A
        """)
    void mlock_walks_by(String situation, String p1, String p2, String p3, String p4, String p5, String p6, String p7) {
        expect(policy -> policy.onWalk(walk(situation)), p1, p2, p3, p4, p5, p6, p7);
    }

    @ParameterizedTest(name = "munlock meets {0}")
    @CsvSource(delimiter = '|', textBlock = """
        #                             6.18  6.7  skip  in-vma  symmetric  on-rmap  unshared
        a small folio               |  A  |  A  |  A  |   A   |    A    |   A   |   A
        a folio mapped by a PMD     |  A  |  A  |  A  |   A   |    A    |   A   |   A
        all of a folio              |  A  |  A  |  -  |   A   |    A    |   A   |   A
        the part before a hole      |  A  |  A  |  -  |   A   |    A    |   A   |   A
        the part after a hole       |  A  |  A  |  -  |   -   |    -    |   -   |   A
        a part beyond the VMA edge  |  A  |  A  |  -  |   A   |    -    |   A   |   A
        a part in one table of two  |  A  |  A  |  -  |   A   |    A    |   A   |   A
        all of a shared folio       |  A  |  A  |  -  |   A   |    A    |   A   |   A
        """)
    void munlock_walks_by(
            String situation, String p1, String p2, String p3, String p4, String p5, String p6, String p7) {
        expect(policy -> policy.onWalk(walk(situation).locking(false)), p1, p2, p3, p4, p5, p6, p7);
    }

    private static FakeMlockWalk walk(String situation) {
        return switch (situation) {
            case "a small folio" -> FakeMlockWalk.of(VMA, FakeFolio.small());
            case "a folio mapped by a PMD" ->
                FakeMlockWalk.of(FakeVma.anonymous(0x200, 0x400), FakeFolio.ofOrder(9))
                        .level(MappingLevel.PMD);
            case "all of a folio" -> FakeMlockWalk.of(VMA, FakeFolio.ofOrder(4));
            case "the part before a hole" ->
                FakeMlockWalk.of(VMA, FakeFolio.ofOrder(4)).batchPages(5);
            case "the part after a hole" ->
                FakeMlockWalk.of(VMA, FakeFolio.ofOrder(4))
                        .page(0x106)
                        .firstPageInFolio(6)
                        .batchPages(10)
                        .firstBatchOfFolio(false);
            case "a part beyond the VMA edge" ->
                FakeMlockWalk.of(VMA, FakeFolio.ofOrder(4)).firstPageInFolio(8).batchPages(8);
            case "a part in one table of two" ->
                FakeMlockWalk.of(VMA, FakeFolio.ofOrder(4)).batchPages(8).segment(0x100, 0x108);
            case "all of a shared folio" ->
                FakeMlockWalk.of(VMA, FakeFolio.ofOrder(4).maybeMappedShared(true));
            case "all of a shared file folio" ->
                FakeMlockWalk.of(VMA, FakeFolio.ofOrder(4).anon(false).maybeMappedShared(true));
            default -> throw new IllegalArgumentException(situation);
        };
    }

    @ParameterizedTest(name = "mapped: {0}")
    @CsvSource(delimiter = '|', textBlock = """
        #                             6.18  6.7  skip  in-vma  symmetric  on-rmap  unshared
        a small folio               |  A  |  A  |  A  |   A   |    A    |   A   |   A
        a folio by a PMD            |  A  |  -  |  A  |   A   |    A    |   A   |   A
        a new folio                 |  A  |  A  |  -  |   -   |    -    |   A   |   A
        all of an old folio         |  A  |  -  |  -  |   -   |    -    |   A   |   A
        half of a folio             |  -  |  -  |  -  |   -   |    -    |   A   |   -
        half across the VMA edge    |  -  |  -  |  -  |   -   |    -    |   -   |   -
        all of a shared folio       |  A  |  -  |  -  |   -   |    -    |   A   |   -
        """)
    void a_batch_is_mapped(
            String situation, String p1, String p2, String p3, String p4, String p5, String p6, String p7) {
        expect(policy -> policy.onRmapAdd(change(situation)), p1, p2, p3, p4, p5, p6, p7);
    }

    @ParameterizedTest(name = "unmapped: {0}")
    @CsvSource(delimiter = '|', textBlock = """
        #                             6.18  6.7  skip  in-vma  symmetric  on-rmap  unshared
        a small folio               |  A  |  A  |  A  |   A   |    A    |   A   |   A
        a folio by a PMD            |  A  |  A  |  A  |   A   |    A    |   A   |   A
        all of an old folio         |  A  |  A  |  -  |   A   |    A    |   A   |   A
        half of a folio             |  A  |  A  |  -  |   A   |    A    |   A   |   A
        half across the VMA edge    |  A  |  A  |  -  |   A   |    A    |   A   |   A
        """)
    void a_batch_is_unmapped(
            String situation, String p1, String p2, String p3, String p4, String p5, String p6, String p7) {
        expect(policy -> policy.onRmapRemove(change(situation)), p1, p2, p3, p4, p5, p6, p7);
    }

    private static FakeRmapChange change(String situation) {
        return switch (situation) {
            case "a small folio" -> FakeRmapChange.of(VMA, FakeFolio.small());
            case "a folio by a PMD" ->
                FakeRmapChange.of(FakeVma.anonymous(0x200, 0x400), FakeFolio.ofOrder(9))
                        .level(MappingLevel.PMD);
            case "a new folio" -> FakeRmapChange.of(VMA, FakeFolio.ofOrder(4)).newFolio(true);
            case "all of an old folio" -> FakeRmapChange.of(VMA, FakeFolio.ofOrder(4));
            case "half of a folio" ->
                FakeRmapChange.of(VMA, FakeFolio.ofOrder(4)).batchPages(8);
            case "half across the VMA edge" ->
                FakeRmapChange.of(VMA, FakeFolio.ofOrder(4)).batchPages(8).folioInsideVma(false);
            case "all of a shared folio" ->
                FakeRmapChange.of(VMA, FakeFolio.ofOrder(4).maybeMappedShared(true));
            default -> throw new IllegalArgumentException(situation);
        };
    }

    @ParameterizedTest(name = "the reference walk is at {0}")
    @CsvSource(delimiter = '|', textBlock = """
        #                             6.18  6.7  skip  in-vma  symmetric  on-rmap  unshared
        a small folio               |  A  |  A  |  A  |   A   |    A    |   A   |   A
        a folio mapped by a PMD     |  A  |  A  |  A  |   A   |    A    |   A   |   A
        the first of 16 entries     |  -  |  -  |  -  |   A   |    A    |   A   |   -
        the last of 16 entries      |  A  |  -  |  -  |   A   |    A    |   A   |   A
        the end, 16 seen            |  -  |  U  |  -  |   -   |    -    |   -   |   -
        the end, 15 seen            |  -  |  -  |  -  |   -   |    -    |   -   |   -
        the last, in a second table |  -  |  -  |  -  |   A   |    A    |   A   |   -
        the end, in a second table  |  -  |  -  |  -  |   -   |    -    |   -   |   -
        the last before a VMA edge  |  -  |  -  |  -  |   -   |    -    |   -   |   -
        the end at a VMA edge       |  -  |  -  |  -  |   -   |    -    |   -   |   -
        the last of a shared folio  |  A  |  -  |  -  |   A   |    A    |   A   |   -
        """)
    void reclaim_looks_for_references(
            String situation, String p1, String p2, String p3, String p4, String p5, String p6, String p7) {
        expect(policy -> policy.onReferencedWalk(reclaim(situation)), p1, p2, p3, p4, p5, p6, p7);
    }

    @ParameterizedTest(name = "the unmap walk is at {0}")
    @CsvSource(delimiter = '|', textBlock = """
        #                             6.18  6.7  skip  in-vma  symmetric  on-rmap  unshared
        a small folio               |  A  |  A  |  A  |   A   |    A    |   A   |   A
        a folio mapped by a PMD     |  A  |  -  |  -  |   -   |    -    |   -   |   A
        the first of 16 entries     |  -  |  -  |  -  |   -   |    -    |   -   |   -
        the last of 16 entries      |  A  |  -  |  -  |   -   |    -    |   -   |   A
        the end, 16 seen            |  -  |  -  |  -  |   -   |    -    |   -   |   -
        the last, in a second table |  -  |  -  |  -  |   -   |    -    |   -   |   -
        the last before a VMA edge  |  -  |  -  |  -  |   -   |    -    |   -   |   -
        the last of a shared folio  |  A  |  -  |  -  |   -   |    -    |   -   |   -
        """)
    void reclaim_wants_to_unmap(
            String situation, String p1, String p2, String p3, String p4, String p5, String p6, String p7) {
        expect(policy -> policy.onUnmapWalk(reclaim(situation)), p1, p2, p3, p4, p5, p6, p7);
    }

    private static FakeLockedWalk reclaim(String situation) {
        return switch (situation) {
            case "a small folio" -> FakeLockedWalk.of(VMA, FakeFolio.small());
            case "a folio mapped by a PMD" ->
                FakeLockedWalk.of(FakeVma.anonymous(0x200, 0x400), FakeFolio.ofOrder(9))
                        .level(MappingLevel.PMD);
            case "the first of 16 entries" ->
                FakeLockedWalk.of(VMA, FakeFolio.ofOrder(4)).pagesSeen(1);
            case "the last of 16 entries" -> FakeLockedWalk.of(VMA, FakeFolio.ofOrder(4));
            case "the end, 16 seen" ->
                FakeLockedWalk.of(VMA, FakeFolio.ofOrder(4)).atEnd(true);
            case "the end, 15 seen" ->
                FakeLockedWalk.of(VMA, FakeFolio.ofOrder(4)).atEnd(true).pagesSeen(15);
            case "the last, in a second table" ->
                FakeLockedWalk.of(VMA, FakeFolio.ofOrder(4)).crossedPageTable(true);
            case "the end, in a second table" ->
                FakeLockedWalk.of(VMA, FakeFolio.ofOrder(4))
                        .crossedPageTable(true)
                        .atEnd(true);
            case "the last before a VMA edge" ->
                FakeLockedWalk.of(VMA, FakeFolio.ofOrder(4)).pagesSeen(8).folioInsideVma(false);
            case "the end at a VMA edge" ->
                FakeLockedWalk.of(VMA, FakeFolio.ofOrder(4))
                        .pagesSeen(8)
                        .folioInsideVma(false)
                        .atEnd(true);
            case "the last of a shared folio" ->
                FakeLockedWalk.of(VMA, FakeFolio.ofOrder(4).maybeMappedShared(true));
            default -> throw new IllegalArgumentException(situation);
        };
    }

    private static void expect(Function<Mlock, MlockDecision> call, String... letters) {
        StringBuilder expected = new StringBuilder();
        StringBuilder actual = new StringBuilder();
        for (int i = 0; i < letters.length; i++) {
            Mlock policy = POLICIES.get(i);
            String name = policy.getClass().getSimpleName() + " ";
            expected.append(name).append(letters[i]).append('\n');
            actual.append(name).append(letter(call.apply(policy))).append('\n');
        }
        assertEquals(expected.toString(), actual.toString());
    }

    private static char letter(MlockDecision decision) {
        return switch (decision) {
            case LEAVE -> '-';
            case ACT -> 'A';
            case ACT_AFTER_UNLOCK -> 'U';
        };
    }
}
