package org.polymm.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.engine.frame.Work;
import org.polymm.engine.machine.Machine;
import org.polymm.lab.replay.Replayer;
import org.polymm.lab.trace.BundledTraces;
import org.polymm.lab.trace.TraceEvent;
import org.polymm.lab.trace.TraceEventKind;
import org.polymm.lab.trace.TraceField;
import org.polymm.runtime.Laboratory;

/** Recordings of real programs on a machine that is set as the recording one was: what faulted there faults here. */
class RecordingReplayIT {

    /**
     * Around a read the kernel maps what happens to be in the page cache; the simulated page cache holds all of a file. So a few recorded
     * reads of files do not fault again: exactly as many as stand here.
     */
    @ParameterizedTest
    @CsvSource({"gcc, 2", "jvm, 6", "python, 1", "redis, 2", "sqlite, 3"})
    void everyRecordedFaultIsOneFaultAgainAndNothingElseFaults(String recording, int readsCoveredByFaultAround)
            throws IOException {
        List<String> different = new ArrayList<>();
        try (Laboratory laboratory = Plugins.open("thp.enabled=never")) {
            Machine machine = laboratory.compose().blueprint().create();
            try (Replayer replayer = Replayer.of(machine, BundledTraces.open(recording))) {
                while (replayer.next()) {
                    long before = machine.memory().vmstat().get(Work.TRAPS);
                    replayer.apply();
                    long traps = machine.memory().vmstat().get(Work.TRAPS) - before;
                    TraceEvent event = replayer.event();
                    boolean fault = event.kind() == TraceEventKind.FAULT;
                    if (traps != (fault ? 1 : 0)) {
                        assertTrue(fault && traps == 0 && !isWrite(event), event + " took " + traps + " faults");
                        different.add(event.toString());
                    }
                }
            }
        }
        assertEquals(readsCoveredByFaultAround, different.size(), different.toString());
    }

    private static boolean isWrite(TraceEvent event) {
        return (event.getInt(TraceField.ERROR_CODE) & TraceEvent.FAULT_WRITE) != 0;
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "jvm", "python", "redis", "sqlite"})
    void everyOperationThatSucceededWhenRecordedSucceedsUnderMainline(String recording) throws IOException {
        try (Laboratory laboratory = Plugins.open()) {
            Machine machine = laboratory.compose().blueprint().create();
            try (Replayer replayer = Replayer.of(machine, BundledTraces.open(recording))) {
                while (replayer.next()) {
                    replayer.apply();
                }
                // The machine has no reclaim, which is what would act on MADV_FREE.
                Set<String> known = Set.of("madvise MADV_FREE: EINVAL");
                Map<String, Long> diverged = new TreeMap<>(replayer.report().diverged());
                diverged.keySet().removeAll(known);
                assertEquals(Map.of(), diverged);
            }
        }
    }
}
