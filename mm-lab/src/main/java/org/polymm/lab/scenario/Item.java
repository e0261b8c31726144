package org.polymm.lab.scenario;

import java.util.List;
import org.polymm.lab.program.Operation;
import org.polymm.lab.scenario.syntax.Position;

/** A resolved line of a scenario: something that is done or looked at. */
public sealed interface Item {

    /** {@return where it stands in the text} */
    Position at();

    /** {@return the line as it was written} */
    String text();

    /**
     * An operation.
     *
     * @param at where it stands
     * @param text the line
     * @param operation what is done
     * @param ending how it is to end
     */
    record Act(Position at, String text, Operation operation, Ending ending) implements Item {}

    /**
     * An expectation.
     *
     * @param at where it stands
     * @param text the line
     * @param always whether it holds after every later operation too
     * @param guard when it is looked at
     * @param check what is looked at
     */
    record Expect(Position at, String text, boolean always, Guard guard, Check check) implements Item {}

    /**
     * Counters are counted from here on.
     *
     * @param at where it stands
     * @param text the line
     */
    record Mark(Position at, String text) implements Item {}

    /**
     * Tasks that run at the same time.
     *
     * @param at where it stands
     * @param text the line
     * @param tasks what they do
     */
    record Tasks(Position at, String text, List<Task> tasks) implements Item {
        /** Copies the list. */
        public Tasks {
            tasks = List.copyOf(tasks);
        }
    }

    /**
     * One of the tasks.
     *
     * @param name what it is called
     * @param acts what it does, one after the other
     */
    record Task(String name, List<Act> acts) {
        /** Copies the list. */
        public Task {
            acts = List.copyOf(acts);
        }
    }
}
