package org.polymm.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.engine.machine.Machine;
import org.polymm.lab.importing.ImportOptions;
import org.polymm.lab.io.TextInput;
import org.polymm.lab.lackey.LackeyImporter;
import org.polymm.lab.replay.ReplayReport;
import org.polymm.lab.replay.Replayer;
import org.polymm.lab.strace.StraceImporter;
import org.polymm.lab.strace.TouchRule;
import org.polymm.lab.trace.TraceFile;
import org.polymm.runtime.Laboratory;

/** Texts of strace and lackey from the raw recording to what compare prints. */
class ImportedTraceIT {
    @TempDir
    Path folder;

    private static Path raw(String name) {
        return Path.of(System.getProperty("polymm.home"), "traces", "raw", name);
    }

    private static ReplayReport replay(Path trace) throws IOException {
        try (Laboratory laboratory = Plugins.open("check.level=quiet")) {
            Machine machine = laboratory.compose().blueprint().create();
            try (Replayer replayer = Replayer.of(machine, TraceFile.open(trace))) {
                while (replayer.next()) {
                    replayer.apply();
                }
                return replayer.report();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "jvm", "python", "redis", "sqlite"})
    void everyCallOfAnStraceTextSucceedsAgainAndEveryAssumedTouchFindsMemory(String program) throws IOException {
        Path trace = folder.resolve("strace.mmt");
        try (TextInput in = TextInput.open(raw(program + ".strace.txt.xz"))) {
            StraceImporter.run(in, trace, ImportOptions.DEFAULT, TouchRule.ONCE);
        }
        ReplayReport report = replay(trace);
        Map<String, Long> diverged = new TreeMap<>(report.diverged());
        // The machine has no reclaim, which is what would act on MADV_FREE.
        diverged.keySet().removeAll(Set.of("madvise MADV_FREE: EINVAL"));
        assertEquals(Map.of(), diverged);
        assertTrue(report.accesses() > 1000, "pages are touched: " + report.accesses());
        assertEquals(0, report.refusedAccesses());
        assertEquals(0, report.unbackedAccesses());
    }

    @Test
    void everyAccessOfALackeyTextFindsMemoryAndEveryCallSucceedsAgain() throws IOException {
        Path trace = folder.resolve("lackey.mmt");
        try (TextInput in = TextInput.open(raw("sqlite-small.lackey.txt.xz"))) {
            LackeyImporter.run(in, trace, ImportOptions.DEFAULT);
        }
        ReplayReport report = replay(trace);
        assertEquals(Map.of(), report.diverged());
        assertTrue(report.accesses() > 100_000, "accesses: " + report.accesses());
        assertEquals(0, report.refusedAccesses());
    }

    @Test
    void compareReadsWhatImportMadeOfEitherText() {
        for (String text : new String[] {"sqlite.strace.txt.xz", "sqlite-small.lackey.txt.xz"}) {
            Path trace = folder.resolve(text + ".mmt");
            CommandRun made =
                    CommandRun.plain("import", "-o", trace.toString(), raw(text).toString());
            assertEquals(0, made.exitCode(), made.toString());
            CommandRun compare = CommandRun.run("compare", trace.toString(), "--sets=mainline,base-pages");
            assertEquals(0, compare.exitCode(), compare.toString());
            assertTrue(compare.out().contains("pgfault"), compare.out());
            assertFalse(compare.out().contains("diverge"), compare.out());
        }
    }
}
