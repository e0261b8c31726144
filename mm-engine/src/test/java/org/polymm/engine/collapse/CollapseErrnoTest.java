package org.polymm.engine.collapse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.polymm.engine.testpolicy.Machines.PAGE;
import static org.polymm.engine.testpolicy.Machines.map;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.polymm.api.ScanResult;
import org.polymm.api.collapse.CollapseDecision;
import org.polymm.api.collapse.CollapsePolicy;
import org.polymm.api.plugin.Slot;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.mm.Mman;
import org.polymm.engine.state.Errno;
import org.polymm.engine.testpolicy.FixedPolicies;
import org.polymm.engine.testpolicy.Machines;

/** What MADV_COLLAPSE answers to each result and whether it goes on, as the documentation has it in a table. */
class CollapseErrnoTest {

    private static final int ENTRIES = 8;
    private static final long HUGE = ENTRIES * PAGE;
    private static final long BASE = 4 * HUGE;

    record Row(ScanResult result, int errno, boolean goesOn) {}

    /** The rows of results that a scan of anonymous memory may give and that leave something to do. */
    static Stream<Row> rows() throws IOException {
        return Files.readAllLines(Path.of("..", "docs", "khugepaged.md")).stream()
                .map(line -> line.split("\\|", -1))
                .filter(cells -> cells.length == 8
                        && cells[1].strip().matches("[A-Z_]+")
                        && !cells[2].isBlank()
                        && !cells[1].strip().equals("SUCCEED"))
                .map(cells -> new Row(
                        ScanResult.valueOf(cells[1].strip()),
                        errno(cells[2].strip()),
                        cells[3].strip().startsWith("yes")));
    }

    private static int errno(String name) {
        return switch (name) {
            case "0" -> 0;
            case "EINVAL" -> Errno.EINVAL;
            case "EBUSY" -> Errno.EBUSY;
            case "EAGAIN" -> Errno.EAGAIN;
            case "ENOMEM" -> Errno.ENOMEM;
            default -> throw new IllegalArgumentException(name);
        };
    }

    @ParameterizedTest
    @MethodSource("rows")
    void each_result_has_its_errno_and_ends_the_call_or_not(Row row) {
        Machine machine = Machines.small(FixedPolicies.whole().with(Slot.COLLAPSE_CHOICE, (CollapsePolicy.Choice)
                        candidate -> candidate.page() * PAGE == BASE
                                ? new CollapseDecision.Skip(row.result)
                                : new CollapseDecision.Collapse(candidate.thp().pmdOrder())))
                .create();
        int mm = machine.spawn();
        map(machine, mm, BASE, 2 * ENTRIES);
        Machines.fill(machine, mm, BASE, 2 * ENTRIES);

        assertEquals(-row.errno, machine.madvise(mm, BASE, 2 * HUGE, Mman.MADV_COLLAPSE));

        assertEquals(row.goesOn, machine.inspect().isPmdMapped(mm, BASE + HUGE));
    }
}
