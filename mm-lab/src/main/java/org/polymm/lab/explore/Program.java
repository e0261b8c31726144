package org.polymm.lab.explore;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is explored: tasks that run side by side on a world, and what must hold whatever comes of it.
 *
 * <pre>
 *   machine.mmap(...); machine.write(...);                           the set-up: done before, on the world itself
 *   Program program = Program.on(new MachineWorld(machine))
 *       .task("A").call("write buf 0", () -&gt; machine.write(mm, buf, 1))
 *       .task("B").call("madvise buf DONTNEED", () -&gt; machine.madvise(mm, buf, PAGE, MADV_DONTNEED))
 *       .atEnd("buf 0 reads 0 or 1", results -&gt; machine.read(mm, buf) &lt;= 1)
 *       .build();
 * </pre>
 *
 * <p>The world stands where the set-up has left it, and stands there again after an exploration. What calls and conditions do must depend on
 * nothing but the world: they are run some thousand times a second from the same start, and must do the same then. A call belongs to one task,
 * and is the unit in which schedules are written down: its text should be what a reader would type.
 */
public final class Program {

    /** How many tasks a program may have. */
    public static final int MAX_TASKS = 16;

    /** What a call does. */
    @FunctionalInterface
    public interface Action {
        /**
         * Does it.
         *
         * @return its result: 0, an address, a negated errno; whatever conditions are to see
         */
        long run();
    }

    /** Something that must hold. */
    @FunctionalInterface
    public interface Condition {
        /**
         * Looks.
         *
         * @param results of the calls so far
         * @return whether it holds
         */
        boolean holds(Results results);
    }

    /** What calls have returned. Valid while the condition looks. */
    public interface Results {
        /**
         * The result of a call.
         *
         * @param task its task, in the order of the program, from 0
         * @param call its place in the task, from 0
         * @return what it returned; 0 if it has not ended
         */
        long of(int task, int call);
    }

    /**
     * A call.
     *
     * @param place where it stands, for messages; empty if that is not known
     */
    record Call(String text, String place, Action action) {}

    record Task(String name, List<Call> calls) {}

    record Named(String text, Condition condition) {}

    private final World world;
    private final List<Task> tasks;
    private final List<Named> always;
    private final List<Named> atEnd;
    private final Set<String> names;
    private final boolean invariantsAlways;

    private Program(Builder builder) {
        world = builder.world;
        tasks = builder.tasks.stream()
                .map(task -> new Task(task.name, List.copyOf(task.calls)))
                .toList();
        always = List.copyOf(builder.always);
        atEnd = List.copyOf(builder.atEnd);
        names = Set.copyOf(builder.names);
        invariantsAlways = builder.invariantsAlways;
    }

    /**
     * Begins a program.
     *
     * @param world what it works on, set up
     * @return where the rest is said
     */
    public static Builder on(World world) {
        return new Builder(world);
    }

    World world() {
        return world;
    }

    List<Task> tasks() {
        return tasks;
    }

    List<Named> always() {
        return always;
    }

    List<Named> atEnd() {
        return atEnd;
    }

    /** Words in the texts of calls that are names. */
    Set<String> names() {
        return names;
    }

    boolean invariantsAlways() {
        return invariantsAlways;
    }

    /** Whether something is looked at while tasks still have calls before them. */
    boolean looksAtQuietPoints() {
        return invariantsAlways || !always.isEmpty();
    }

    /** Says what a program consists of. */
    public static final class Builder {

        private final World world;
        private final List<TaskBuilder> tasks = new ArrayList<>();
        private final List<Named> always = new ArrayList<>();
        private final List<Named> atEnd = new ArrayList<>();
        private final Set<String> names = new HashSet<>();
        private boolean invariantsAlways;
        private @Nullable TaskBuilder open;

        private Builder(World world) {
            this.world = world;
        }

        /**
         * Begins a task; calls that follow are its.
         *
         * @param name for people and for saved schedules, each its own
         * @return this
         * @throws IllegalArgumentException if the name is taken, or there are too many tasks
         */
        public Builder task(String name) {
            if (tasks.size() == MAX_TASKS) {
                throw new IllegalArgumentException("a program has at most " + MAX_TASKS + " tasks");
            }
            if (tasks.stream().anyMatch(task -> task.name.equals(name))) {
                throw new IllegalArgumentException(
                        "two tasks are called '" + name + "'; schedules tell them apart by name");
            }
            if (name.isBlank() || name.indexOf('|') >= 0 || name.indexOf('\n') >= 0) {
                throw new IllegalArgumentException(
                        "'" + name + "' is no name for a task: it is empty or has a '|' or a line break");
            }
            open = new TaskBuilder(name);
            tasks.add(open);
            return this;
        }

        /**
         * Adds a call to the task.
         *
         * @param text in the words of whoever wrote the program, one line
         * @param action what it does
         * @return this
         * @throws IllegalStateException if there is no task yet
         */
        public Builder call(String text, Action action) {
            return call(text, "", action);
        }

        /**
         * Adds a call to the task, and says where it stands.
         *
         * @param text in the words of whoever wrote the program, one line
         * @param place file and line, for messages
         * @param action what it does
         * @return this
         * @throws IllegalStateException if there is no task yet
         */
        public Builder call(String text, String place, Action action) {
            if (open == null) {
                throw new IllegalStateException("'" + text + "' belongs to no task: say task(...) first");
            }
            if (text.indexOf('|') >= 0 || text.indexOf('\n') >= 0) {
                throw new IllegalArgumentException(
                        "'" + text + "' has a '|' or a line break, which saved schedules cannot hold");
            }
            open.calls.add(new Call(text, place, Objects.requireNonNull(action, text)));
            return this;
        }

        /**
         * Adds what must hold whenever no task is in the middle of a call: at the start, between calls, at the end.
         *
         * @param text what, for the report
         * @param condition whether it does; it only looks, because the tasks go on in the world it leaves
         * @return this
         */
        public Builder always(String text, Condition condition) {
            always.add(new Named(text, condition));
            return this;
        }

        /**
         * Adds what must hold when all tasks have ended.
         *
         * @param text what, for the report
         * @param condition whether it does; it may make calls on the world, which are carried out as by one task alone
         * @return this
         */
        public Builder atEnd(String text, Condition condition) {
            atEnd.add(new Named(text, condition));
            return this;
        }

        /**
         * Says which words in the texts of calls are names that the program gives to things: a schedule still fits when one of them is another
         * word.
         *
         * @param words the names
         * @return this
         */
        public Builder names(Collection<String> words) {
            names.addAll(words);
            return this;
        }

        /**
         * Looks at the invariants of the world whenever no task is in the middle of a call, and not at the end alone.
         *
         * @return this
         */
        public Builder invariantsAlways() {
            invariantsAlways = true;
            return this;
        }

        /**
         * Ends the description.
         *
         * @return the program
         * @throws IllegalStateException if there is no task, or one without calls
         */
        public Program build() {
            if (tasks.isEmpty()) {
                throw new IllegalStateException("a program needs a task");
            }
            for (TaskBuilder task : tasks) {
                if (task.calls.isEmpty()) {
                    throw new IllegalStateException("task '" + task.name + "' makes no call");
                }
            }
            return new Program(this);
        }
    }

    private static final class TaskBuilder {
        private final String name;
        private final List<Call> calls = new ArrayList<>();

        private TaskBuilder(String name) {
            this.name = name;
        }
    }
}
