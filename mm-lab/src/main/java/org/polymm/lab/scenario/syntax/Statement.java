package org.polymm.lab.scenario.syntax;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A line of a scenario. */
public sealed interface Statement {

    /** {@return where it stands} */
    Position at();

    /**
     * What the scenario is about.
     *
     * @param at where it stands
     * @param source whether it says where the claim comes from, and not what the claim is
     * @param text the text
     */
    record Heading(Position at, boolean source, String text) implements Statement {}

    /**
     * A setting of transparent huge pages.
     *
     * @param at where it stands
     * @param file a size, or a file below {@code /sys/kernel/mm/transparent_hugepage}
     * @param value what is written there
     */
    record Thp(Position at, Word file, Word value) implements Statement {}

    /** Which setting of the machine. */
    enum MachineSetting {
        /** The size of swap. */
        SWAP,
        /** The size of memory. */
        MEMORY,
        /** Entries a page table. */
        ENTRIES,
        /** Reserved huge pages. */
        HUGETLB,
        /** Processes lack CAP_IPC_LOCK. */
        UNPRIVILEGED
    }

    /**
     * A setting of the machine.
     *
     * @param at where it stands
     * @param which the setting
     * @param number its value, in bytes or as a count
     */
    record Machine(Position at, MachineSetting which, long number) implements Statement {}

    /**
     * The policy of a slot, or the state of a switch.
     *
     * @param at where it stands
     * @param policy whether it is a policy
     * @param name the slot or the switch
     * @param choice the policy's id or the switch's word
     * @param options of the policy, in the order they were written
     */
    record Choice(Position at, boolean policy, Word name, Word choice, Map<String, String> options)
            implements Statement {}

    /** What kind of thing a name is given to. */
    enum ThingKind {
        /** A process with nothing mapped. */
        PROCESS,
        /** A range of addresses where nothing is mapped. */
        RANGE,
        /** A file on a disk. */
        FILE,
        /** Shared memory. */
        MEMFD,
        /** Shared memory of huge pages. */
        HUGETLB
    }

    /**
     * Something gets a name.
     *
     * @param at where it stands
     * @param name its name
     * @param kind what it is
     * @param size how large it is; null for a process
     * @param placement where a range lies
     */
    record Thing(
            Position at,
            Word name,
            ThingKind kind,
            @Nullable Amount size,
            Placement placement) implements Statement {}

    /**
     * fork.
     *
     * @param at where it stands
     * @param name the child's
     * @param parent the parent's
     * @param result how it is to end; null for success
     */
    record Fork(
            Position at, Word name, Word parent, @Nullable Result result) implements Statement {}

    /**
     * A process does something.
     *
     * @param step what
     */
    record Act(Step step) implements Statement {
        @Override
        public Position at() {
            return step.at();
        }
    }

    /**
     * The shrinkers run.
     *
     * @param at where it stands
     */
    record Shrink(Position at) implements Statement {}

    /**
     * A breakpoint in a file, set or removed.
     *
     * @param at where it stands
     * @param call which
     */
    record Uprobe(Position at, Call.Uprobe call) implements Statement {}

    /**
     * A wake-up of khugepaged, which goes through all processes.
     *
     * @param at where it is
     * @param scan how much it scans
     */
    record Khugepaged(Position at, Call.Khugepaged scan) implements Statement {}

    /**
     * Proactive reclaim.
     *
     * @param at where it stands
     * @param amount how much
     */
    record Reclaim(Position at, Amount amount) implements Statement {}

    /**
     * Allocations fail from now on.
     *
     * @param at where it stands
     * @param failing which
     */
    record Fail(Position at, Failing failing) implements Statement {}

    /**
     * An expectation.
     *
     * @param at where it stands
     * @param always whether it holds from here on, and not only here
     * @param unless whether the circumstances must not hold
     * @param when under which circumstances it is looked at; empty for all
     * @param process whose regions are meant; null if names say so themselves
     * @param claim what is expected
     */
    record Expect(
            Position at,
            boolean always,
            boolean unless,
            List<Circumstance> when,
            @Nullable Word process,
            Claim claim) implements Statement {
        /** Copies the list. */
        public Expect {
            when = List.copyOf(when);
        }
    }

    /**
     * From here on counters are counted.
     *
     * @param at where it stands
     */
    record Mark(Position at) implements Statement {}

    /**
     * Tasks that run at the same time.
     *
     * @param at where it stands
     * @param tasks what they do
     */
    record Parallel(Position at, List<Task> tasks) implements Statement {
        /** Copies the list. */
        public Parallel {
            tasks = List.copyOf(tasks);
        }
    }

    /**
     * One of the tasks.
     *
     * @param name what it is called
     * @param steps what it does, one after the other
     */
    record Task(Word name, List<Step> steps) {
        /** Copies the list. */
        public Task {
            steps = List.copyOf(steps);
        }
    }

    /**
     * In which order tasks do their operations.
     *
     * @param at where it stands
     * @param turns the names of the tasks; each does its next operation
     */
    record Schedule(Position at, List<Word> turns) implements Statement {
        /** Copies the list. */
        public Schedule {
            turns = List.copyOf(turns);
        }
    }
}
