package org.polymm.lab.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.polymm.lab.program.Action;
import org.polymm.lab.program.MachineImage;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Outcome;
import org.polymm.lab.program.Window;

class ScenarioRunnerTest {

    private static final Circumstances MAINLINE =
            new Circumstances("simulator", new TreeMap<>(Map.of("relocation", "relocate/keep-index")), new TreeMap<>());
    private static final String BEFORE = "A = process\nA: buf = mmap 4 rw private anon\n";

    private static Verdict run(FakeSubject subject, String text) throws Exception {
        return new ScenarioRunner(subject, MAINLINE)
                .run(ScenarioReader.read("t.mms", text), ScenarioRunner.Watcher.NONE);
    }

    private static void onePage(MachineImage image) {
        image.process(0);
        image.vma(image.window().base(), image.window().end(), MachineImage.VMA_READ);
        image.page(0, MachineImage.PRESENT | MachineImage.ANON, 7, 0, 0, 1);
    }

    @ParameterizedTest
    @CsvSource({
        "'A: munlock buf',12,PASSED",
        "'A: munlock buf',0,FAILED",
        "'A: munlock buf -> ENOMEM',12,PASSED",
        "'A: munlock buf -> ENOMEM',22,FAILED",
        "'A: munlock buf -> any',22,PASSED",
        "'A: munlock buf -> EINVAL if relocation = relocate/must else ENOMEM',12,PASSED",
        "'A: munlock buf -> EINVAL if relocation = relocate/must else ENOMEM',22,FAILED",
    })
    void anOperationEndsAsItsLineSaysOrWell(String line, int errno, String status) throws Exception {
        boolean mustSucceed = !line.contains("->");
        Outcome outcome =
                mustSucceed && status.equals("PASSED") ? Outcome.DONE : new Outcome(0, mustSucceed ? 12 : errno, 0, 0);

        Verdict verdict = run(new FakeSubject().ending(Action.MUNLOCK, outcome), BEFORE + line + "\n");

        assertEquals(status, verdict.status().name(), () -> VerdictFormat.text(verdict));
    }

    @Test
    void anOperationThatEndsOtherwiseEndsTheRunAndSaysHow() throws Exception {
        Verdict verdict = run(
                new FakeSubject().ending(Action.WRITE, new Outcome(0, 0, Outcome.SIGSEGV, 2)),
                BEFORE + "A: write buf 1\nA: munlock buf\n");

        assertEquals(Verdict.Status.FAILED, verdict.status());
        assertEquals(
                "ended with SIGSEGV at its page 2, expected ok",
                verdict.failures().getFirst().message());
        assertEquals(3, verdict.operations());
        assertTrue(verdict.reason().startsWith("line 3 ended otherwise"), verdict.reason());
    }

    @Test
    void aReadMustSeeItsValueOnEachPage() throws Exception {
        FakeSubject subject = new FakeSubject().ending(Action.READ, new Outcome(5, 0, 0, 1));

        assertEquals(
                Verdict.Status.PASSED,
                run(subject, BEFORE + "A: read buf = 5\n").status());
        Verdict verdict = run(subject, BEFORE + "A: read buf = 5+\n");
        assertEquals("saw 5, expected 6", verdict.failures().getFirst().message());
    }

    @Test
    void whatAMachineCannotDoSkipsTheScenarioWithTheReason() throws Exception {
        Verdict verdict = run(new FakeSubject().without(Action.RECLAIM, "no reclaim here"), BEFORE + "reclaim 4\n");

        assertEquals(Verdict.Status.SKIPPED, verdict.status());
        assertEquals("line 3: no reclaim here", verdict.reason());
    }

    @Test
    void alwaysHoldsAfterEveryLaterOperation() throws Exception {
        List<Integer> images = new ArrayList<>();
        FakeSubject subject = new FakeSubject();
        subject.painted(image -> {
            images.add(images.size());
            image.process(0);
            if (images.size() < 3) {
                image.page(0, MachineImage.PRESENT | MachineImage.ANON, 7, 0, 0, 1);
            }
        });

        Verdict verdict = run(subject, BEFORE + "always A: buf[0] present\nA: munlock buf\nA: mlock buf\n");

        assertEquals(Verdict.Status.FAILED, verdict.status());
        assertTrue(verdict.failures().getFirst().message().startsWith("after line 5: buf[0] is empty"));
        assertEquals(3, verdict.failures().getFirst().at().line());
    }

    @Test
    void aScenarioThatLeavesAnOrderOpenIsNotRun() throws Exception {
        Scenario open = ScenarioReader.read("t.mms", BEFORE + "parallel\n  task A: mlock buf\nend\n");

        assertTrue(open.isOpen());
        assertThrows(
                IllegalArgumentException.class,
                () -> new ScenarioRunner(new FakeSubject(), MAINLINE).run(open, ScenarioRunner.Watcher.NONE));
    }

    @Test
    void aScheduleStatesTheOrderOfTasks() throws Exception {
        Scenario scenario = ScenarioReader.read(
                "t.mms",
                BEFORE
                        + "B = fork A\nparallel\n  task A: mlock buf; munlock buf\n  task two in B: exit\nend\nschedule A two A\n");

        assertEquals(
                List.of(Action.SPAWN, Action.MMAP, Action.FORK, Action.MLOCK, Action.EXIT, Action.MUNLOCK),
                scenario.operations().stream().map(Operation::action).toList());
    }

    @Test
    void aComparisonFindsTheFirstOperationThatEndsDifferently() throws Exception {
        Scenario scenario = ScenarioReader.read("t.mms", BEFORE + "A: munlock buf\nA: mlock buf\n");

        Optional<MachineComparison.Divergence> found = new MachineComparison(
                        new FakeSubject(), new FakeSubject().ending(Action.MUNLOCK, new Outcome(0, 12, 0, 0)))
                .compare(scenario);

        assertEquals(3, found.orElseThrow().act().at().line());
        assertEquals("ok", found.orElseThrow().first());
        assertEquals("ENOMEM", found.orElseThrow().second());
    }

    @Test
    void aComparisonShowsBothStatesWhereTheyDifferAndOnlyThere() throws Exception {
        Scenario scenario = ScenarioReader.read("t.mms", BEFORE);
        FakeSubject other = new FakeSubject().painted(image -> {
            onePage(image);
            image.page(1, MachineImage.PRESENT | MachineImage.ZERO, 0, 0, 0, 0);
            image.page(2, MachineImage.PRESENT | MachineImage.ZERO, 0, 0, 0, 0);
        });

        Optional<MachineComparison.Divergence> found =
                new MachineComparison(new FakeSubject().painted(ScenarioRunnerTest::onePage), other).compare(scenario);

        assertEquals(
                List.of(new MachineComparison.Difference("A.buf[1:3]", "empty", "present zero")),
                found.orElseThrow().differences());
    }

    @Test
    void machinesThatShowTheSameDoNotPart() throws Exception {
        Scenario scenario = ScenarioReader.read("t.mms", BEFORE);

        assertTrue(new MachineComparison(
                        new FakeSubject().painted(ScenarioRunnerTest::onePage), new FakeSubject().painted(image -> {
                                    onePage(image);
                                    image.page(0, MachineImage.PRESENT | MachineImage.ANON, 99, 0, 0, 1);
                                }))
                .compare(scenario)
                .isEmpty());
    }

    @Test
    void anAddressMapShowsFoliosWithinBrackets() {
        MachineImage image = new MachineImage(new Window(Window.BASE, 8));
        image.clear(false);
        image.process(0);
        image.vma(Window.BASE, Window.BASE + 8 * Operation.PAGE, MachineImage.VMA_READ | MachineImage.VMA_LOCKED);
        for (int page = 0; page < 4; page++) {
            image.page(page, MachineImage.PRESENT | MachineImage.ANON | MachineImage.LARGE, 9, page, 2, 2);
        }
        image.page(5, MachineImage.PRESENT | MachineImage.ZERO, 0, 0, 0, 0);
        image.normalise();

        assertEquals(
                """
                A  buf[0] r 8 pages locked
                     [AAAA].z..
                     [0:4] present anon large order 2 mapcount 2 folio 1
                     [5:6] present zero
                """,
                AddressMap.draw(
                        image,
                        new Names(
                                List.of("A"), List.of(), List.of(new Region("buf", Window.BASE, 8 * Operation.PAGE)))));
    }
}
