package org.polymm.lab.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.lab.program.MachineImage;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Window;

/** Every kind of expectation, once where it holds and once where it does not. */
class ExpectationTest {

    private static final Circumstances MAINLINE =
            new Circumstances("simulator", new TreeMap<>(Map.of("cow-sizing.copy", "copy/one-page")), new TreeMap<>());

    /**
     * A: rw VMA [0:8], locked r VMA [8:12], nothing from 12. Pages 0 to 3 are an mlocked folio of order 2, page 4 the zero page, page 5 a
     * marker, page 6 a page that B has, too. B: rw VMA [0:8].
     */
    private static void paint(MachineImage image) {
        long base = image.window().base();
        int rw = MachineImage.VMA_READ | MachineImage.VMA_WRITE;
        int anon = MachineImage.PRESENT | MachineImage.ANON;
        image.process(0);
        image.vma(base, base + 8 * Operation.PAGE, rw);
        image.vma(
                base + 8 * Operation.PAGE, base + 12 * Operation.PAGE, MachineImage.VMA_READ | MachineImage.VMA_LOCKED);
        for (int page = 0; page < 4; page++) {
            int bits = anon | MachineImage.LARGE | MachineImage.MLOCKED | MachineImage.MAPPED_ONCE;
            image.page(page, bits, 100, page, 2, 1);
            image.holds(page, page + 1);
        }
        image.page(4, MachineImage.PRESENT | MachineImage.ZERO, 0, 0, 0, 0);
        image.page(5, MachineImage.SWAPPED | MachineImage.UFFD_WP, 0, 0, 0, 0);
        image.page(6, anon, 200, 0, 0, 2);
        image.process(1);
        image.vma(base, base + 8 * Operation.PAGE, rw);
        image.page(6, anon, 200, 0, 0, 2);
        image.page(7, anon, 300, 0, 0, 1);
    }

    private static Verdict run(FakeSubject subject, String expectation) throws Exception {
        Scenario scenario =
                ScenarioReader.read("test.mms", "A = process\nm = range 16\nmark\nB = process\n" + expectation + "\n");
        return new ScenarioRunner(subject.painted(ExpectationTest::paint), MAINLINE)
                .run(scenario, ScenarioRunner.Watcher.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "expect A: m[0:4] present, anon, large, mlocked, mapped-once, not file, not zero",
                "expect A: m[0:4] is one folio, order 2",
                "expect A: m[0:4] has folio 16KiB",
                "expect A: m[3:5] not one folio",
                "expect A: m[4] zero",
                "expect A: m[5] swapped, uffd-wp, not present",
                "expect A: m[7:] empty",
                "expect A: m[6] mapcount 2",
                "expect A: 6 of m present",
                "expect A: 4 of m[0:8] mlocked",
                "expect A.m[6] same page as B.m[6]",
                "expect A.m[6] same folio as B.m[6]",
                "expect A.m[6] not same page as B.m[7]",
                "expect A: m[0] same folio as m[3]",
                "expect A: m[0] not same page as m[3]",
                "expect A: m[0:4] = 1+",
                "expect A: m[2] = 3",
                "expect A: vmas m = 2",
                "expect A: vmas m >= 2",
                "expect A: vmas m = rw 8, r 4 locked, hole 4",
                "expect A: vmas m = rw 8 not locked, r 4",
                "expect A: vmas m[4:10] = rw 4, r 2",
                "expect A: vmas m[12:] = hole 4",
                "expect A: Rss(m) = 16KiB",
                "expect A: Rss(m[0:8]) <= 16KiB",
                "expect A: status VmLck = 8KiB",
                "expect vmstat nr_mlock +1",
                "expect A: m[0] exclusive, refcount 3",
                "expect A: m[1:4] not exclusive",
                "always A: m[4] zero",
                "expect if cow-sizing.copy = copy/wide: A: m[0] empty",
                "expect unless cow-sizing.copy = copy/one-page: A: m[0] empty",
                "expect if on linux: A: m[0] empty",
            })
    void holds(String expectation) throws Exception {
        Verdict verdict = run(new FakeInside(), expectation);

        assertEquals(Verdict.Status.PASSED, verdict.status(), () -> VerdictFormat.text(verdict));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "expect A: m[0:5] anon | m[4] is present zero; expected anon",
                "expect A: m[0] not mlocked | m[0] is present anon mapped-once large mlocked order 2 mapcount 1",
                "expect A: m[6] order 2 | expected order 2",
                "expect A: m[4] order 0 | expected order 0",
                "expect A: m[6] mapcount 1 | mapcount 2",
                "expect A: m[3:5] one folio | m[4] is present zero",
                "expect A: m[0:4] not one folio | all pages are of one folio",
                "expect A: m empty | and 4 more; expected empty",
                "expect A: 5 of m present | 6 of 16 pages are, expected 5",
                "expect A.m[6] same page as B.m[7] | A.m[6] is present anon order 0 mapcount 2",
                "expect A.m[6] not same page as B.m[6] | expected not the same page",
                "expect A: m[0:4] = 2+ | m[0] holds 1, expected 2",
                "expect A: m[5] = 0 | m[5] is swapped uffd-wp and holds nothing",
                "expect A: vmas m = 3 | there are 2 VMAs (rw 8, r 4 locked, hole 4), expected = 3",
                "expect A: vmas m = rw 8, r 4 not locked | there are rw 8, r 4 locked, hole 4; expected rw 8, r 4 not locked",
                "expect A: vmas m = rw 12 | there are rw 8, r 4 locked, hole 4; expected rw 12, hole 4",
                "expect A: Rss(m) = 8KiB | Rss is 16KiB, expected = 8KiB",
                "expect A: Rss(m[0:4]) = 16KiB | reaches beyond the range",
                "expect A: status VmLck > 8KiB | VmLck is 8KiB, expected > 8KiB",
                "expect vmstat nr_mlock -2 | nr_mlock changed by +1, expected -2",
                "expect A: m[1] exclusive | m[1] is",
                "expect A: m[0] refcount 2 | refcount 3",
                "always A: m[4] anon | expected anon",
                "expect if cow-sizing.copy = copy/one-page: A: m[0] empty | expected empty",
                "expect if on simulator and cow-sizing.copy = copy/one-page: A: m[0] empty | expected empty",
                "expect violation rss-adds-up | every invariant holds, expected a violation of rss-adds-up",
            })
    void failsAndSaysWhatWasSeen(String expectation, String said) throws Exception {
        Verdict verdict = run(new FakeInside(), expectation);

        assertEquals(Verdict.Status.FAILED, verdict.status());
        Verdict.Failure failure = verdict.failures().getFirst();
        assertEquals(5, failure.at().line());
        assertEquals(expectation, failure.text());
        assertTrue(failure.message().contains(said), failure::message);
    }

    @Test
    void whatOnlyTheSimulatorCanTellIsLeftOutElsewhereAndSaid() throws Exception {
        Verdict verdict = run(new FakeSubject(), "expect A: m[1] exclusive");

        assertEquals(Verdict.Status.PASSED, verdict.status());
        assertEquals(0, verdict.checks());
        assertEquals("only the simulator can tell", verdict.leftOut().getFirst().message());
    }

    @Test
    void aCounterThatOthersMoveIsAHintElsewhere() throws Exception {
        Verdict verdict = run(new FakeSubject(), "expect vmstat nr_mlock +7");

        assertEquals(Verdict.Status.PASSED, verdict.status());
        assertEquals(
                "nr_mlock changed by +1, expected +7",
                verdict.hints().getFirst().message());
    }

    @Test
    void aCounterThatAMachineLacksIsLeftOut() throws Exception {
        Verdict verdict = run(new FakeSubject(), "expect vmstat pgreuse +7");

        assertEquals("fake does not show pgreuse", verdict.leftOut().getFirst().message());
    }

    @Test
    void windowsAreAsTheTextSays() throws Exception {
        Scenario scenario = ScenarioReader.read("test.mms", "A = process\nm = range 16\nn = range 4 gap 3\n");

        assertEquals(new Window(Window.BASE, 23), scenario.window());
    }
}
