package org.polymm.lab.speed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.polymm.linux.HostBenchmark;

class SpeedReportTest {

    private static final Timing ENGINE = new Timing(50, 40, 3);
    private static final KernelSpeed KERNEL = new KernelSpeed(
            new HostBenchmark(
                    List.of(new HostBenchmark.Figure("first-touch", "page", 1000, 900)),
                    Map.of("madvise-collapse", "MADV_COLLAPSE is not known here")),
            3);

    private static SpeedReport.Row row(TimedOperation operation) {
        return new SpeedReport.Row(operation, ENGINE, KERNEL.timing(operation), KERNEL.reason(operation));
    }

    @Test
    void the_kernels_figures_are_found_by_operation() {
        assertEquals(new Timing(1000, 900, 3), KERNEL.timing(TimedOperation.FIRST_TOUCH));
        assertEquals("", KERNEL.reason(TimedOperation.FIRST_TOUCH));
        assertNull(KERNEL.timing(TimedOperation.COLLAPSE));
        assertEquals("MADV_COLLAPSE is not known here", KERNEL.reason(TimedOperation.COLLAPSE));
    }

    @Test
    void the_table_shows_both_and_how_many_times_as_long_the_kernel_takes() {
        String table = new SpeedReport("linux 6.18", List.of(row(TimedOperation.FIRST_TOUCH))).table();

        assertEquals(
                "first touch  page           50.0     40.0           1000      900             20.0",
                table.lines().toList().get(1));
    }

    @Test
    void what_was_not_measured_is_not_available_for_a_reason() {
        String table = new SpeedReport("linux 6.18", List.of(row(TimedOperation.COLLAPSE))).table();

        assertTrue(table.contains("n/a: MADV_COLLAPSE: MADV_COLLAPSE is not known here\n"), table);
    }

    @Test
    void without_a_host_its_columns_are_left_out() {
        String table =
                new SpeedReport(null, List.of(new SpeedReport.Row(TimedOperation.FORK, ENGINE, null, ""))).table();

        assertEquals(
                "fork       mapped page       50.0     40.0",
                table.lines().toList().get(1));
    }

    @Test
    void json_and_csv_name_operations_and_numbers() {
        SpeedReport report = new SpeedReport("linux 6.18", List.of(row(TimedOperation.FIRST_TOUCH)));

        assertTrue(report.json().contains("\"kernel_by_engine\": \"20.00\""), report.json());
        assertEquals(
                "first_touch,page,50.0,40.0,1000,900,",
                report.csv().lines().toList().get(1));
    }
}
