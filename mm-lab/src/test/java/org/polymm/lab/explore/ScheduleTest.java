package org.polymm.lab.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A schedule that was saved is the same run again, as long as the program makes the same steps. */
class ScheduleTest {

    private final Toy toy = new Toy();

    private Program increments(int variable, String secondTask, boolean readsMore) {
        return Program.on(toy)
                .task("A")
                .call("increment", () -> {
                    toy.write(variable, toy.read(variable) + 1);
                    return 0;
                })
                .task(secondTask)
                .call("increment", () -> {
                    if (readsMore) {
                        toy.read(7);
                    }
                    toy.write(variable, toy.read(variable) + 1);
                    return 0;
                })
                .atEnd("both count", results -> toy.get(variable) == 2)
                .build();
    }

    private Schedule lostUpdate() {
        Exploration found = Explorer.explore(increments(0, "B", false), ExploreOptions.DEFAULT);
        return Objects.requireNonNull(found.counterexample()).schedule();
    }

    @Test
    void a_saved_schedule_replays_the_failure(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("lost.schedule");
        lostUpdate().write(file, "one update is lost\nby a race");
        assertTrue(Files.readString(file)
                .startsWith("polymm schedule 1\n# one update is lost\n# by a race\nA | increment | begin\n"));

        Schedule read = Schedule.read(file);

        assertEquals(lostUpdate(), read);
        Interleaving again = Explorer.replay(increments(0, "B", false), read);
        assertEquals(FailureKind.RESULT, again.failure());
        assertEquals(read, again.schedule());
    }

    @Test
    void objects_may_have_other_numbers_as_long_as_equal_ones_stay_equal() {
        Interleaving again = Explorer.replay(increments(5, "B", false), lostUpdate());
        assertEquals(FailureKind.RESULT, again.failure());
    }

    @Test
    void a_task_that_takes_more_steps_than_it_did_loses_its_turn_where_it_did() {
        Interleaving again = Explorer.replay(increments(0, "B", true), lostUpdate());

        assertEquals(FailureKind.RESULT, again.failure(), again::columns);
        assertEquals(lostUpdate().steps().size() + 1, again.lines().size(), again::columns);
    }

    @Test
    void a_task_that_takes_fewer_steps_than_it_did_loses_its_turn_where_it_did() {
        Schedule longer = Objects.requireNonNull(Explorer.explore(increments(0, "B", true), ExploreOptions.DEFAULT)
                        .counterexample())
                .schedule();

        Interleaving again = Explorer.replay(increments(0, "B", false), longer);

        assertEquals(FailureKind.RESULT, again.failure(), again::columns);
        assertEquals(longer.steps().size() - 1, again.lines().size(), again::columns);
    }

    private static String mismatch(Program program, Schedule schedule) {
        return Objects.requireNonNull(
                assertThrows(ScheduleMismatchException.class, () -> Explorer.replay(program, schedule))
                        .getMessage());
    }

    private Program two(String text, String place, Program.Action action) {
        return Program.on(toy)
                .names(List.of("counter"))
                .task("A")
                .call("increment", () -> {
                    toy.write(0, toy.read(0) + 1);
                    return 0;
                })
                .task("B")
                .call(text, place, action)
                .build();
    }

    @Test
    void a_program_that_was_edited_is_told_from_where_on_it_does_not_fit() {
        assertTrue(mismatch(increments(0, "C", false), lostUpdate())
                .contains("does not fit the program: there is no task 'B'"));
        String other = mismatch(two("clear", "x.mms:7", () -> 0), lostUpdate());
        assertTrue(
                other.matches(
                        "step \\d+, 'B \\| increment \\| begin', does not fit the program: B is about to begin 'clear' \\(x.mms:7\\) instead"),
                other);
    }

    @Test
    void a_point_where_a_task_lost_its_turn_and_that_it_no_longer_comes_to_is_named() {
        Schedule lost = lostUpdate();
        boolean isA = lost.steps().getLast().task().equals("A");
        Program.Action readsOnly = () -> toy.read(0);
        Program.Builder program = Program.on(toy);
        for (String task : List.of("A", "B")) {
            boolean isEdited = task.equals("A") == isA;
            program.task(task)
                    .call(
                            "increment",
                            "x.mms:" + task,
                            isEdited
                                    ? readsOnly
                                    : () -> {
                                        toy.write(0, toy.read(0) + 1);
                                        return 0;
                                    });
        }

        String message = mismatch(program.build(), lost);

        assertTrue(message.contains("| increment | write count of folio 0', does not fit the program: "), message);
        assertTrue(message.endsWith(" has ended"), message);
    }

    @Test
    void a_thing_that_was_given_another_name_is_still_the_same_thing() {
        Program.Action action = () -> {
            toy.write(0, toy.read(0) + 1);
            return 0;
        };
        Schedule saved = Explorer.replay(two("increment count by 1", "", action), new Schedule(List.of()))
                .schedule();

        assertNull(Explorer.replay(two("increment counter by 1", "", action), saved)
                .failure());
        assertTrue(mismatch(two("increment counter by 2", "", action), saved).contains("counter by 2' instead"));
        assertTrue(mismatch(two("decrement counter by 1", "", action), saved).contains("'decrement counter by 1'"));
    }

    @Test
    void a_replay_leaves_the_world_as_it_was() {
        Explorer.replay(increments(0, "B", false), lostUpdate());
        assertEquals(0, toy.get(0));
        assertEquals(1, toy.sync().tasks());
    }

    @Test
    void exploration_goes_on_from_a_prefix_and_only_there() {
        Program program = increments(0, "B", false);
        Schedule lost = lostUpdate();
        int runs = count(program, null);
        int fromPrefix = count(program, lost.prefix(3));
        assertTrue(fromPrefix < runs, fromPrefix + " of " + runs);
        Schedule whole = Explorer.replay(program, new Schedule(List.of())).schedule();
        assertEquals(1, count(program, whole));
        assertNull(Explorer.explore(program, ExploreOptions.DEFAULT.withFrom(whole))
                .counterexample());
    }

    private static int count(Program program, Schedule from) {
        int[] runs = new int[1];
        Explorer.explore(program, ExploreOptions.DEFAULT.withFrom(from), Coroutines.best(), run -> runs[0]++, false);
        return runs[0];
    }

    @Test
    void a_file_that_is_no_schedule_is_refused_with_its_line(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("x");
        Files.writeString(file, "something else\n");
        assertTrue(refused(file).contains("x:1: expected 'polymm schedule 1'"), refused(file));
        Files.writeString(file, "polymm schedule 1\nA | increment\n");
        assertTrue(refused(file).contains("x:2: expected 'TASK | CALL | POINT', found 'A | increment'"), refused(file));
    }

    private static String refused(Path file) {
        return Objects.requireNonNull(assertThrows(IllegalArgumentException.class, () -> Schedule.read(file))
                .getMessage());
    }
}
