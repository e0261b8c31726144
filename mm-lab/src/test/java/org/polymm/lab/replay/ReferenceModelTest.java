package org.polymm.lab.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.lab.RecordedPrograms;
import org.polymm.lab.importing.ImportOptions;
import org.polymm.lab.io.TextInput;
import org.polymm.lab.perf.PerfScriptImporter;
import org.polymm.lab.trace.TraceCursor;
import org.polymm.lab.trace.TraceFile;

/** The importer against the recorded machine, with the smallest model between them. */
class ReferenceModelTest {
    @TempDir
    Path directory;

    @Test
    void replaying_the_imported_redis_recording_predicts_every_anonymous_page_of_all_six_snapshots()
            throws IOException {
        Path trace = directory.resolve("redis.mmt");
        try (TextInput in = TextInput.open(RecordedPrograms.perfText("redis"))) {
            PerfScriptImporter.run(in, trace, ImportOptions.DEFAULT);
        }
        List<PageSnapshot> snapshots = PageSnapshot.readAll(RecordedPrograms.redisSnapshots());
        assertEquals(6, snapshots.size());
        Map<String, List<String>> differences = new TreeMap<>();
        List<PageSnapshot> left = new ArrayList<>(snapshots);
        ReferenceModel model = new ReferenceModel();
        try (TraceCursor cursor = TraceFile.open(trace).cursor()) {
            while (cursor.next()) {
                while (!left.isEmpty()
                        && left.getFirst().nanos() < cursor.event().timeNanos()) {
                    PageSnapshot snapshot = left.removeFirst();
                    assertTrue(snapshot.anonymous().size() > 1000, "a snapshot holds many pages");
                    differences.put(snapshot.label(), snapshot.differences(model.anonymous(snapshot.process())));
                }
                model.apply(cursor);
            }
        }
        assertTrue(left.isEmpty(), "every snapshot lies inside the recording");
        differences.values().removeIf(List::isEmpty);
        assertEquals(Map.of(), differences);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "python", "redis", "sqlite"})
    void every_fault_of_a_program_that_gets_no_signal_lies_in_an_area_that_permits_it(String program)
            throws IOException {
        assertEquals(0, replay(program).badFaults());
    }

    private ReferenceModel replay(String program) throws IOException {
        Path trace = directory.resolve(program + ".mmt");
        try (TextInput in = TextInput.open(RecordedPrograms.perfText(program))) {
            PerfScriptImporter.run(in, trace, ImportOptions.DEFAULT);
        }
        ReferenceModel model = new ReferenceModel();
        try (TraceCursor cursor = TraceFile.open(trace).cursor()) {
            while (cursor.next()) {
                model.apply(cursor);
            }
        }
        return model;
    }
}
