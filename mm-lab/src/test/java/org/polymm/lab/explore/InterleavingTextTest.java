package org.polymm.lab.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.polymm.lab.explore.Interleaving.Line;

class InterleavingTextTest {

    private static Line step(int task, String point, boolean meets, String... held) {
        return new Line(task, "call " + task, point, List.of(held), meets);
    }

    private static Interleaving run(List<Line> lines) {
        return new Interleaving(
                List.of("one", "other"),
                lines,
                List.of(List.of(0L), List.of(0L)),
                1,
                FailureKind.INVARIANT,
                "something is wrong",
                "mm 1 is A",
                List.of("7 before that"));
    }

    /** One task alone for eight steps, of which the fifth meets the other's only one. */
    private static Interleaving example() {
        List<Line> lines = new ArrayList<>();
        lines.add(step(0, PointText.BEGIN, false, "", ""));
        for (int i = 1; i < 8; i++) {
            lines.add(step(
                    0,
                    "read pte of table 1[" + i + "]",
                    i == 5,
                    "[FOLIO_LOCK write folio 9, FOLIO_LOCK write folio 2, "
                            + "FOLIO_LOCK write folio 3, FOLIO_LOCK write folio 4, PTL write table 1]",
                    ""));
        }
        lines.add(step(1, PointText.BEGIN, true, "[RCU_READ]", "[PTL write table 2]"));
        return run(lines);
    }

    @Test
    void steps_that_meet_nobody_are_counted_and_the_others_shown_with_the_locks_as_ranges() {
        assertEquals("""
                step  one                       other   locks held
                   1  call 0
                        ... 4 steps that meet no step of another task
                   6    read pte of table 1[5]          one[FOLIO_LOCK write folio 9 2-4, PTL write table 1]
                   7    read pte of table 1[6]          one[FOLIO_LOCK write folio 9 2-4, PTL write table 1]
                   8    read pte of table 1[7]          one[FOLIO_LOCK write folio 9 2-4, PTL write table 1]
                   9                            call 1  one[RCU_READ] other[PTL write table 2]

                mm 1 is A

                invariant: something is wrong
                what happened before, latest last:
                  7 before that
                """, example().columns());
    }

    @Test
    void all_steps_are_shown_to_whom_asks_for_them() {
        String text = example().allColumns();

        assertTrue(!text.contains("..."), text);
        for (int step = 1; step <= 9; step++) {
            assertTrue(text.contains("\n   " + step + "  "), text);
        }
    }

    /**
     * A uses variable 0 four times around B's write, and variable 1 alone. Only the uses before and after B's meet it.
     */
    @Test
    void a_step_meets_the_conflicting_ones_of_another_task_right_before_and_after_it() {
        Toy toy = new Toy();
        Program program = Program.on(toy)
                .task("A")
                .call("reads", () -> {
                    toy.read(0);
                    toy.write(1, 1);
                    toy.read(0);
                    toy.write(1, 2);
                    toy.read(0);
                    toy.read(0);
                    return 0;
                })
                .task("B")
                .call("writes", () -> {
                    toy.write(0, 1);
                    return 0;
                })
                .build();
        int[] order = {0, 0, 0, 0, 1, 1, 0, 0, 0};

        Interleaving told = Explorer.replay(program, scheduleOf(order));

        assertEquals(
                List.of(
                        "A begin",
                        "A read count of folio 0",
                        "A write count of folio 1",
                        "A read count of folio 0 meets",
                        "B begin",
                        "B write count of folio 0 meets",
                        "A write count of folio 1",
                        "A read count of folio 0 meets",
                        "A read count of folio 0"),
                told.lines().stream()
                        .map(line ->
                                told.tasks().get(line.task()) + " " + line.point() + (line.meets() ? " meets" : ""))
                        .toList());
    }

    private static Schedule scheduleOf(int... tasks) {
        String[] a = {
            "begin",
            "read count of folio 0",
            "write count of folio 1",
            "read count of folio 0",
            "write count of folio 1",
            "read count of folio 0",
            "read count of folio 0"
        };
        String[] b = {"begin", "write count of folio 0"};
        List<Schedule.Step> steps = new ArrayList<>();
        int[] at = new int[2];
        for (int task : tasks) {
            steps.add(
                    task == 0
                            ? new Schedule.Step("A", "reads", a[at[0]++])
                            : new Schedule.Step("B", "writes", b[at[1]++]));
        }
        return new Schedule(steps);
    }
}
