package org.polymm.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the explorer says can be trusted: it finds the races that kernels had, each where its mechanism is as it was then, and comes to the end of
 * all interleavings where it is as it is now.
 */
class PositiveControlsIT {

    private static final Path SCENARIOS =
            Path.of("..", "scenarios").toAbsolutePath().normalize();

    /** A race of kernel history: the scenario, what makes it faulty, and what the explorer must say about it then. */
    private enum Control {
        GUP_FAST_AGAINST_COLLAPSE(
                "races/gup-fast-against-collapse",
                "use-after-free",
                "reads table 4, which is freed",
                "mechanism.tlb-flush=broadcast",
                "mechanism.collapse-sync=off"),
        TABLE_MOVE_AGAINST_RETRACTION(
                "retract/r04-table-move-during-retraction",
                "tables-are-in-place",
                "",
                "policy.collapse.table-move=table-move/unchecked"),
        TABLE_INSTALL_AGAINST_RETRACTION(
                "races/fault-around-against-retraction",
                "exception",
                "installs a page table that nobody allocated",
                "mechanism.fault-around-table=assume"),
        HUGE_SPLIT_AGAINST_ZAP(
                "races/huge-split-against-zap",
                "exception",
                "its mapcount is 1 still: an entry that another task has cleared",
                "mechanism.split-unmap-sync=off"),
        HUGE_FILE_SPLIT_AGAINST_ZAP(
                "races/huge-file-split-against-zap",
                "exception",
                "its mapcount is 1 still: an entry that another task has cleared",
                "mechanism.split-unmap-sync=off"),
        PAGE_WALK_AGAINST_FAULT(
                "races/mprotect-against-fault", "entry-lies-in-a-vma", "", "mechanism.page-walk-vma-lock=off"),
        PINNED_HUGE_PAGE_AT_FORK(
                "races/fork-of-a-pinned-huge-page",
                "A: read buf[3] = 99",
                "",
                "mechanism.fork-of-pinned-huge-pages=share"),
        MLOCK_OF_A_FOLIO_THAT_LOSES_A_PAGE(
                "races/referenced-walk-against-dontneed",
                "expect A: 0 of buf[0:3] large, mlocked",
                "",
                "policy.folio-split.mlock=mlock/mainline-6.7");

        private final String file;
        private final String brokenBy;
        private final String said;
        private final List<String> faulty;

        Control(String scenario, String brokenBy, String said, String... faulty) {
            this.file = SCENARIOS.resolve(scenario + ".mms").toString();
            this.brokenBy = brokenBy;
            this.said = said;
            this.faulty = List.of(faulty);
        }
    }

    private static CommandRun explore(String file, List<String> settings) {
        List<String> arguments = new ArrayList<>(List.of(file, "--format", "json"));
        for (String setting : settings) {
            arguments.addAll(List.of("--set", setting));
        }
        return CommandRun.run("explore", arguments.toArray(String[]::new));
    }

    @ParameterizedTest
    @EnumSource
    void aRaceThatAKernelHadIsFoundForItsOwnReason(Control control) {
        CommandRun run = explore(control.file, control.faulty);

        assertEquals(0, run.exitCode(), run.toString());
        assertTrue(run.out().contains("\"outcome\": \"broken: " + control.brokenBy), run.toString());
        assertTrue(run.out().contains(control.said), run.toString());
    }

    @Test
    void theCommandRunsScenariosAsTheyAreAndAsTheySayThatTheyGoWrong() {
        CommandRun run = CommandRun.run(
                "explore",
                Control.HUGE_SPLIT_AGAINST_ZAP.file,
                Control.GUP_FAST_AGAINST_COLLAPSE.file,
                SCENARIOS.resolve("races/closing-against-a-fault.mms").toString(),
                "--controls");

        assertEquals(0, run.exitCode(), run.toString());
        assertTrue(
                run.out()
                        .matches("(?s)scenario +with +is +after +without\\n"
                                + "huge-split-against-zap +mechanism.split-unmap-sync=off +broken: exception +\\d+  all \\d+ interleavings hold\\n"
                                + "gup-fast-against-collapse +mechanism.tlb-flush=broadcast mechanism.collapse-sync=off"
                                + " +broken: use-after-free +\\d+  all \\d+ interleavings hold\\n"
                                + "4 passed, 0 failed.*"),
                run.out());
    }

    @Test
    void scenariosThatSayNothingOfTheKindAreAMistake() {
        CommandRun run = CommandRun.run(
                "explore",
                SCENARIOS.resolve("races/closing-against-a-fault.mms").toString(),
                "--controls");

        assertEquals(2, run.exitCode(), run.toString());
        assertTrue(run.err().contains("none of the scenarios says under what it goes wrong"), run.err());
    }

    static Stream<Path> races() throws IOException {
        try (Stream<Path> files = Files.list(SCENARIOS.resolve("races"))) {
            return Stream.concat(
                    files.filter(file -> file.toString().endsWith(".mms")),
                    Stream.of(Path.of(Control.TABLE_MOVE_AGAINST_RETRACTION.file)))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    /** As Linux 6.18 is; the few that go wrong even so say that they do. */
    @ParameterizedTest
    @MethodSource("races")
    void everyRaceOfTheLibraryIsExploredToTheEnd(Path race) {
        CommandRun run = explore(race.toString(), List.of());

        assertEquals(0, run.exitCode(), run.toString());
        boolean isExhausted =
                run.out().contains("\"outcome\": \"holds\"") && run.out().contains("\"coverage\": \"complete\"");
        assertTrue(isExhausted || run.out().contains("\"coverage\": \"failed\""), run.toString());
    }
}
