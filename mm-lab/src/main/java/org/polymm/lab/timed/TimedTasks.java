package org.polymm.lab.timed;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.SchedulingHook;
import org.polymm.engine.sync.Sync;
import org.polymm.lab.cost.StepCosts;
import org.polymm.lab.explore.Coroutine;
import org.polymm.lab.explore.Coroutines;

/**
 * Runs tasks side by side on one machine, by their clocks; see the package for the model.
 *
 * <pre>
 *   TimedTasks tasks = new TimedTasks(machine.sync(), meter::nanos, stepCosts);
 *   tasks.add("server", Role.PROGRAM, () -&gt; { machine.touch(...); tasks.pause(5_000); });
 *   tasks.add("khugepaged", Role.COLLAPSE, () -&gt; { while (tasks.isAnyLeft(Role.PROGRAM)) ... });
 *   tasks.run();
 * </pre>
 *
 * <p>Runs once. Belongs to one thread; bodies call it from inside their tasks.
 */
public final class TimedTasks {

    private static final int READY = 0;
    private static final int WAITS_FOR_LOCK = 1;
    private static final int WAITS_FOR_SECTIONS = 2;
    private static final int ENDED = 3;

    private final Sync sync;
    private final LongSupplier work;
    private final StepCosts costs;
    private final Coroutines coroutines = Coroutines.best();
    private final List<Task> tasks = new ArrayList<>();

    private LockTimes times = new LockTimes(0);
    private int firstSimulated;
    private Task current = new Task("none", Role.PROGRAM, () -> {});
    private long charged;
    private boolean active;
    private @Nullable Throwable failure;

    private static final class Task {
        private final String name;
        private final Role role;
        private final Runnable body;
        private int number;
        private @Nullable Coroutine coroutine;
        private int state = READY;
        private long clock;
        private LockClass lockClass = LockClass.MMAP_LOCK;
        private int lockMode;
        private int lockId;
        private long asked;
        private boolean waited;
        private boolean forCollapse;
        private Way way = Way.WAITED;
        private long whenWriting;

        Task(String name, Role role, Runnable body) {
            this.name = name;
            this.role = role;
            this.body = body;
        }
    }

    /**
     * No task yet.
     *
     * @param sync the machine's scheduling points; nothing else schedules it
     * @param work nanoseconds of all work that the machine has done
     * @param costs what steps cost beside
     */
    public TimedTasks(Sync sync, LongSupplier work, StepCosts costs) {
        this.sync = sync;
        this.work = work;
        this.costs = costs;
    }

    /**
     * Adds a task, which begins when the clocks do.
     *
     * @param name for reports
     * @param role whose times are its times
     * @param body what it does
     */
    public void add(String name, Role role, Runnable body) {
        Task task = new Task(name, role, body);
        task.number = tasks.size();
        tasks.add(task);
    }

    /**
     * Runs all tasks to their ends.
     *
     * @return the clock of the last one, in nanoseconds
     * @throws IllegalStateException if a scheduler is there already, or if nobody can go on; what a body throws passes through
     */
    public long run() {
        if (sync.hook() != null) {
            throw new IllegalStateException("the machine has a scheduler already");
        }
        times = new LockTimes(tasks.size());
        firstSimulated = sync.tasks();
        tasks.forEach(task -> sync.newTask(task.name));
        sync.install(new Hook());
        try {
            coroutines.run(this::loop);
        } finally {
            active = false;
            for (Task task : tasks) {
                if (task.coroutine != null && task.state != ENDED) {
                    task.coroutine.abandon();
                }
            }
            sync.install(null);
            sync.switchTo(0);
        }
        return tasks.stream().mapToLong(task -> task.clock).max().orElse(0);
    }

    private void loop() {
        charged = work.getAsLong();
        Task task = earliest();
        while (task != null) {
            current = task;
            sync.switchTo(firstSimulated + task.number);
            Task running = task;
            if (task.coroutine == null) {
                task.coroutine = coroutines.create(() -> body(running));
            }
            active = true;
            boolean ended = task.coroutine.resume();
            active = false;
            if (ended) {
                task.state = ENDED;
            }
            rethrow();
            task = earliest();
        }
        for (Task left : tasks) {
            if (left.state != ENDED) {
                throw new IllegalStateException("nobody can go on: " + describe());
            }
        }
    }

    private void body(Task task) {
        try {
            task.body.run();
            charge();
        } catch (RuntimeException | Error thrown) {
            failure = thrown;
        }
    }

    private void rethrow() {
        if (failure instanceof RuntimeException thrown) {
            throw thrown;
        }
        if (failure instanceof Error thrown) {
            throw thrown;
        }
    }

    private String describe() {
        StringBuilder text = new StringBuilder();
        for (Task task : tasks) {
            if (task.state != ENDED) {
                text.append("\n  ")
                        .append(task.name)
                        .append(" waits for ")
                        .append(task.lockClass)
                        .append(' ')
                        .append(task.lockId)
                        .append(" and holds ")
                        .append(sync.describe(firstSimulated + task.number));
            }
        }
        return text.toString();
    }

    // ---- what tasks do beside their calls

    /** The clock of the task that runs, in nanoseconds since all began. */
    public long now() {
        charge();
        return current.clock;
    }

    /**
     * The task that runs sleeps or computes.
     *
     * @param nanos for how long
     */
    public void pause(long nanos) {
        charge();
        current.clock += nanos;
        giveWay();
    }

    /**
     * The task that runs makes a system call.
     *
     * @param entry nanoseconds for entering the kernel and leaving it
     * @param writing nanoseconds that are spent once the call holds an mmap_lock for writing; 0 if it takes none
     * @param call the call
     * @return what it returns
     */
    public long call(long entry, long writing, LongSupplier call) {
        pause(entry);
        current.whenWriting = writing;
        Task caller = current;
        long result = call.getAsLong();
        charge();
        caller.whenWriting = 0;
        return result;
    }

    /**
     * Looks at the machine in between: no time passes, and nobody else runs.
     *
     * @param look what only reads
     */
    public void look(Runnable look) {
        charge();
        boolean was = active;
        active = false;
        look.run();
        active = was;
        charged = work.getAsLong();
    }

    /** Whether a task of a role has not ended. */
    public boolean isAnyLeft(Role role) {
        return tasks.stream().anyMatch(task -> task.role == role && task.state != ENDED);
    }

    /** {@return how long locks were held and waited for} */
    public LockTimes times() {
        return times;
    }

    // ---- clocks

    /** Puts the work since the last time on the clock of the task that runs. */
    private void charge() {
        long done = work.getAsLong();
        current.clock += done - charged;
        charged = done;
    }

    /** Lets others run that are earlier. */
    private void giveWay() {
        if (earliest() != current) {
            coroutines.suspend();
        }
    }

    /** The task that goes on next, or null if none can. */
    private @Nullable Task earliest() {
        Task first = null;
        for (Task task : tasks) {
            if (canRun(task)
                    && (first == null
                            || task.clock < first.clock
                            || task.clock == first.clock && task.asked < first.asked)) {
                first = task;
            }
        }
        return first;
    }

    private boolean canRun(Task task) {
        boolean can = switch (task.state) {
            case WAITS_FOR_LOCK ->
                sync.isAvailableTo(firstSimulated + task.number, task.lockClass, task.lockMode, task.lockId);
            case WAITS_FOR_SECTIONS -> sync.graceElapsed(task.lockId, task.lockClass);
            default -> task.state != ENDED;
        };
        if (can && task.state != READY) {
            task.state = READY;
            task.clock = Math.max(task.clock, current.clock);
        }
        return can;
    }

    private final class Hook implements SchedulingHook {

        @Override
        public void point(int kind, long object) {
            if (active) {
                step(kind == Point.TLB_FLUSH ? costs.tlbFlush() : costs.step());
            }
        }

        @Override
        public void lock(LockClass of, int mode, int id, boolean waits) {
            if (!active) {
                return;
            }
            step(costs.step());
            Task task = current;
            task.asked = task.clock;
            task.waited = false;
            task.forCollapse = false;
            task.way = waits ? Way.WAITED : times.holdsAny(task.number) ? Way.TRIED_UNDER_LOCK : Way.TRIED;
            if (!waits) {
                times.tried(task.role, of, mode, task.way);
                if (!sync.isAvailableTo(firstSimulated + task.number, of, mode, id)) {
                    times.failed(task.role, of, mode, task.way);
                }
            }
        }

        @Override
        public void block(LockClass of, int mode, int id) {
            if (!active) {
                throw new IllegalStateException("whoever looks at the machine would wait for " + of + " " + id);
            }
            Task task = current;
            charge();
            boolean section = of == LockClass.RCU_READ || of == LockClass.IRQS_OFF;
            if (!task.waited) {
                task.asked = task.clock;
            }
            task.waited = true;
            task.forCollapse |= tasks.stream()
                    .anyMatch(other -> other.role == Role.COLLAPSE && times.isHeldBy(other.number, of, id));
            task.lockClass = of;
            task.lockMode = mode;
            task.lockId = id;
            task.state = section ? WAITS_FOR_SECTIONS : WAITS_FOR_LOCK;
            coroutines.suspend();
            if (section) {
                task.waited = false;
            }
        }

        @Override
        public void acquired(LockClass of, int mode, int id) {
            if (!active || of == LockClass.RCU_READ || of == LockClass.IRQS_OFF) {
                return;
            }
            charge();
            Task task = current;
            if (task.waited) {
                times.waited(task.role, of, task.clock - task.asked, task.forCollapse);
                task.waited = false;
            }
            times.acquired(task.number, of, id, task.clock, task.way);
            task.way = Way.WAITED;
            if (of == LockClass.MMAP_LOCK && mode == Sync.WRITE) {
                task.clock += task.whenWriting;
                task.whenWriting = 0;
            }
        }

        @Override
        public void releases(LockClass of, int mode, int id) {
            if (active) {
                step(0);
            }
        }

        @Override
        public void released(LockClass of, int mode, int id) {
            if (active) {
                times.released(current.number, current.role, of, mode, id, current.clock);
                wake();
            }
        }

        @Override
        public void downgraded(LockClass of, int id) {
            if (active) {
                Task task = current;
                Way way = times.released(task.number, task.role, of, Sync.WRITE, id, task.clock);
                times.acquired(task.number, of, id, task.clock, way);
                wake();
            }
        }

        private void step(long nanos) {
            charge();
            current.clock += nanos;
            giveWay();
        }

        /** Whoever can go on now can do so from now on, not from when it began to wait. */
        private void wake() {
            tasks.forEach(TimedTasks.this::canRun);
        }
    }

    @Override
    public String toString() {
        return Arrays.toString(tasks.stream()
                .map(task -> task.name + " at " + task.clock + " ns")
                .toArray());
    }
}
