package org.polymm.lab.explore;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.pagetable.TableGoneException;
import org.polymm.engine.policy.PolicyFailure;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.LockProtocolError;
import org.polymm.engine.sync.SchedulingHook;
import org.polymm.engine.sync.Sync;

/**
 * One run of a program after the other, under a scheduler that decides at each point who is next.
 *
 * <p>A run is a list of <em>steps</em>. A step begins with what a task has announced, a point or a lock, and goes on to the task's next
 * announcement. What it touches on the way, its footprint, is kept: two steps of different tasks commute unless their footprints conflict.
 *
 * <pre>
 *    task A   | begin ... | READ_PTE ... | lock PTL ... unlock ... |
 *             '- step 0 --'--- step 1 ---'--------- step 3 --------'      step 2 was taken by B in between
 * </pre>
 *
 * <p>The decision falls in the hook, in the task that is running. Only if another task is next does its coroutine yield.
 */
final class Execution implements SchedulingHook {

    private static final int NEW = 0;
    private static final int READY = 1;
    private static final int WAITS_FOR_LOCK = 2;
    private static final int WAITS_FOR_SECTIONS = 3;
    private static final int ENDED = 4;

    private final Program program;
    private final World world;
    private final Sync sync;
    private final Coroutines coroutines;
    private final LockOrder lockOrder;
    private final int maxSteps;
    private final int tasks;
    private final Program.Task[] programTasks;
    private final Object origin;
    private final Object start;
    private final int firstSimulated;

    // Of the run in progress.
    private final @Nullable Coroutine[] coroutine;
    private final int[] state;
    private final long[] pending;
    private final LockClass[] lockClass;
    private final int[] lockMode;
    private final int[] lockId;
    private final int[] callOf;
    private final long[][] results;
    private final Program.Results resultsView;
    private @Nullable Chooser chooser;
    private boolean active;
    private int current;
    private int next;
    private int midCall;
    private @Nullable Failure failure;
    private boolean isCut;
    /** Whether nothing is wrong where all runs begin. */
    private boolean isStartLookedAt;
    /** The last step behind which no task was in the middle of a call, and what must be so then was looked at; -1 if there was none. */
    private int lookedAt;

    private @Nullable StepListener listener;

    private int steps;
    private int begun;
    private int[] taskOf = new int[256];
    private int[] begins = new int[257];
    private long[] footprint = new long[1024];
    private int touched;

    /** Sees every step of a run, for whoever prints or checks it. */
    interface StepListener {
        /** A task is about to take a step: what it announced is in {@link Execution#announcement}. */
        void begins(int step, int task);

        /** The step is over. */
        void ended(int step, int task);
    }

    /**
     * Gets ready: adds the tasks to the world. {@link #close} takes them away again.
     *
     * @param maxSteps after which a run counts as endless
     * @param order whether the order of locks is watched
     */
    Execution(Program program, Coroutines coroutines, int maxSteps, boolean order) {
        this.program = program;
        this.coroutines = coroutines;
        this.maxSteps = maxSteps;
        world = program.world();
        sync = world.sync();
        if (sync.hook() != null) {
            throw new IllegalStateException("the world has a scheduler already; it can be explored once at a time");
        }
        tasks = program.tasks().size();
        programTasks = program.tasks().toArray(new Program.Task[0]);
        coroutine = new Coroutine[tasks];
        state = new int[tasks];
        pending = new long[tasks];
        lockClass = new LockClass[tasks];
        Arrays.fill(lockClass, LockClass.MMAP_LOCK);
        lockMode = new int[tasks];
        lockId = new int[tasks];
        callOf = new int[tasks];
        results = new long[tasks][];
        for (int task = 0; task < tasks; task++) {
            results[task] = new long[programTasks[task].calls().size()];
        }
        resultsView = (task, call) -> results[task][call];
        lockOrder = new LockOrder(order, world);
        origin = world.save();
        firstSimulated = sync.tasks();
        for (Program.Task task : programTasks) {
            sync.newTask(task.name());
        }
        start = world.save();
        sync.install(this);
    }

    /** Leaves the world as it was before. */
    void close() {
        sync.install(null);
        world.rewind(origin);
    }

    // ---- a run

    /** Runs the program once. */
    void run(Chooser who) {
        chooser = who;
        world.rewind(start);
        steps = 0;
        begun = 0;
        touched = 0;
        failure = null;
        isCut = false;
        midCall = 0;
        current = -1;
        Arrays.fill(state, NEW);
        Arrays.fill(callOf, -1);
        for (int task = 0; task < tasks; task++) {
            pending[task] = Access.CALL_BEGINS;
            Arrays.fill(results[task], 0);
        }
        lockOrder.begin();
        who.begin(this);
        if (program.looksAtQuietPoints() && !isStartLookedAt) {
            lookAtQuietPoint();
            isStartLookedAt = failure == null;
        }
        lookedAt = -1;
        int task = failure != null ? Chooser.CUT : pick();
        active = true;
        while (task >= 0) {
            task = turn(task);
        }
        active = false;
        for (int i = 0; i < tasks; i++) {
            Coroutine left = coroutine[i];
            coroutine[i] = null;
            if (left != null && state[i] != ENDED) {
                left.abandon();
            }
        }
        if (failure == null && !isCut) {
            atEnd();
        }
    }

    /** Lets a task run until it yields or ends, and says who is next. */
    private int turn(int task) {
        sync.switchTo(firstSimulated + task);
        current = task;
        Coroutine one = coroutine[task];
        if (one == null) {
            one = coroutines.create(() -> body(task));
            coroutine[task] = one;
        }
        if (!one.resume()) {
            return next;
        }
        state[task] = ENDED;
        if (failure != null) {
            return Chooser.CUT;
        }
        endStep(task);
        return pick();
    }

    private void body(int task) {
        try {
            List<Program.Call> calls = programTasks[task].calls();
            for (int call = 0; call < calls.size(); call++) {
                if (call == 0) {
                    state[task] = READY;
                    beginStep(task);
                } else {
                    announce(task, READY, Access.CALL_BEGINS);
                }
                callOf[task] = call;
                midCall |= 1 << task;
                if (program.looksAtQuietPoints()) {
                    note(Access.beginsCall(task));
                }
                results[task][call] = calls.get(call).action().run();
                midCall &= ~(1 << task);
                if (program.looksAtQuietPoints()) {
                    noteLook(task);
                    if (midCall == 0 && steps > 0) {
                        active = false;
                        lookAtQuietPoint();
                        lookedAt = steps;
                        sync.switchTo(firstSimulated + task);
                        active = true;
                    }
                    if (failure != null) {
                        return;
                    }
                }
            }
            if (sync.heldCount() != 0) {
                fail(FailureKind.EXCEPTION, task, "ends and still holds " + sync.describe(sync.task()), null);
            }
        } catch (RuntimeException | AssertionError | StackOverflowError thrown) {
            if (failure == null) {
                fail(kindOf(thrown), task, textOf(thrown), thrown);
            }
        }
    }

    private void noteLook(int task) {
        for (int other = 0; other < tasks; other++) {
            if (other != task) {
                note(Access.looksUnlessBusy(other));
            }
        }
    }

    private static FailureKind kindOf(Throwable thrown) {
        return switch (thrown) {
            case WrongResultException _ -> FailureKind.RESULT;
            case PolicyFailure _ -> FailureKind.POLICY;
            case TableGoneException _ -> FailureKind.USE_AFTER_FREE;
            case LockProtocolError error when error.outer() != null -> FailureKind.LOCK_ORDER;
            default -> FailureKind.EXCEPTION;
        };
    }

    private String textOf(Throwable thrown) {
        return thrown.getMessage() + (thrown instanceof LockProtocolError error ? lockOrder.broken(error) : "");
    }

    private void fail(FailureKind kind, int task, String text, @Nullable Throwable cause) {
        failure = new Failure(kind, task, text, cause);
    }

    /** Asks who is next, at the end of a step. */
    private int pick() {
        if (enabled() == 0) {
            if (!allEnded()) {
                fail(isOrphaned() ? FailureKind.LOST_WAKEUP : FailureKind.DEADLOCK, -1, deadlock(), null);
            }
            return Chooser.CUT;
        }
        int who = Objects.requireNonNull(chooser).next(this);
        isCut |= who == Chooser.CUT;
        return who;
    }

    private boolean allEnded() {
        for (int task = 0; task < tasks; task++) {
            if (state[task] != ENDED) {
                return false;
            }
        }
        return true;
    }

    /** Whether a task waits for what neither the set-up nor any task that has not ended holds, so that nobody is left to wake it. */
    private boolean isOrphaned() {
        for (int task = 0; task < tasks; task++) {
            if (state[task] == WAITS_FOR_LOCK && !isHeldByAnother(task)) {
                return true;
            }
        }
        return false;
    }

    private boolean isHeldByAnother(int waiting) {
        boolean[] found = new boolean[1];
        int was = sync.task();
        for (int task = -firstSimulated; task < tasks; task++) {
            boolean isSetUp = task < 0;
            if (isSetUp || state[task] != ENDED && task != waiting) {
                sync.switchTo(firstSimulated + task);
                sync.forEachHeld((of, mode, held) -> found[0] |= of == lockClass[waiting] && held == lockId[waiting]);
            }
        }
        sync.switchTo(was);
        return found[0];
    }

    private String deadlock() {
        StringBuilder text = new StringBuilder("nobody can go on");
        for (int task = 0; task < tasks; task++) {
            if (state[task] != ENDED) {
                text.append("\n  ")
                        .append(taskName(task))
                        .append(", in '")
                        .append(callText(task))
                        .append("', waits to ");
                text.append(announcement(task)).append(" and holds ").append(sync.describe(firstSimulated + task));
            }
        }
        return text.toString();
    }

    private void lookAtQuietPoint() {
        sync.switchTo(0);
        if (program.invariantsAlways()) {
            invariants();
        }
        for (Program.Named condition : program.always()) {
            look(FailureKind.ALWAYS, condition);
        }
    }

    private void atEnd() {
        sync.switchTo(0);
        boolean isLookedAt = lookedAt == steps - 1;
        if (!isLookedAt || !program.invariantsAlways()) {
            invariants();
        }
        for (int i = 0; !isLookedAt && i < program.always().size(); i++) {
            look(FailureKind.ALWAYS, program.always().get(i));
        }
        for (Program.Named condition : program.atEnd()) {
            look(FailureKind.RESULT, condition);
        }
        String cycle = lockOrder.cycle();
        if (failure == null && cycle != null) {
            fail(FailureKind.LOCK_ORDER, -1, cycle, null);
        }
    }

    private void invariants() {
        List<String> found = failure == null ? world.violations() : List.of();
        if (!found.isEmpty()) {
            fail(FailureKind.INVARIANT, -1, String.join("\n  ", found), null);
        }
    }

    private void look(FailureKind kind, Program.Named condition) {
        if (failure != null) {
            return;
        }
        try {
            if (!condition.condition().holds(resultsView)) {
                fail(kind, -1, condition.text(), null);
            }
        } catch (RuntimeException thrown) {
            boolean isOther = thrown instanceof WrongResultException wrong && wrong.kind() != FailureKind.RESULT;
            fail(
                    isOther ? ((WrongResultException) thrown).kind() : kind,
                    -1,
                    condition.text() + ": " + thrown.getMessage(),
                    thrown);
        }
    }

    // ---- steps

    /** A task says what it does next; returns when it is its turn to do so. */
    private void announce(int task, int how, long access) {
        endStep(task);
        state[task] = how;
        pending[task] = access;
        int who = pick();
        if (who != task) {
            next = who;
            coroutines.suspend();
        }
        state[task] = READY;
        beginStep(task);
    }

    private void beginStep(int task) {
        if (steps == taskOf.length) {
            taskOf = Arrays.copyOf(taskOf, 2 * steps);
            begins = Arrays.copyOf(begins, 2 * steps + 1);
        }
        taskOf[steps] = task;
        begun = steps + 1;
        begins[steps] = touched;
        note(pending[task]);
        if (listener != null) {
            listener.begins(steps, task);
        }
        if (steps == maxSteps) {
            fail(FailureKind.ENDLESS, task, "after " + maxSteps + " steps the tasks have not ended", null);
            throw new LeftException();
        }
    }

    /** Leaves a run that has failed from the middle of a call. */
    private static final class LeftException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private void endStep(int task) {
        if (listener != null) {
            listener.ended(steps, task);
        }
        steps++;
        begins[steps] = touched;
    }

    private void note(long access) {
        if (touched == footprint.length) {
            footprint = Arrays.copyOf(footprint, 2 * touched);
        }
        footprint[touched++] = access;
    }

    // ---- the hook

    @Override
    public void point(int kind, long object) {
        if (active) {
            announce(current, READY, Access.ofPoint(kind, object));
        }
    }

    @Override
    public void lock(LockClass of, int mode, int id, boolean waits) {
        if (!active) {
            return;
        }
        int task = current;
        lockClass[task] = of;
        lockMode[task] = mode;
        lockId[task] = id;
        long access = Access.ofLock(of, mode, id);
        if (waits) {
            lockOrder.waits(task, this, sync, of, id);
            announce(task, WAITS_FOR_LOCK, access | Access.WAIT);
        } else {
            announce(task, READY, access | Access.TRY);
        }
    }

    @Override
    public void touched(int kind, long object) {
        if (active) {
            note(Access.ofPoint(kind, object));
            String gone = world.gone(kind, object);
            if (gone != null && failure == null) {
                fail(FailureKind.USE_AFTER_FREE, current, gone, null);
                throw new LeftException();
            }
        }
    }

    @Override
    public void block(LockClass of, int mode, int id) {
        if (!active) {
            throw new IllegalStateException("a condition would wait for " + of + " " + id + ", which a task holds");
        }
        int task = current;
        lockClass[task] = of;
        lockMode[task] = mode;
        lockId[task] = id;
        if (isSection(of)) {
            announce(task, WAITS_FOR_SECTIONS, Access.ofSection(of) | Access.WRITE | Access.GRACE);
        } else {
            announce(task, WAITS_FOR_LOCK, Access.ofLock(of, mode, id) | Access.WAIT);
        }
    }

    private static boolean isSection(LockClass of) {
        return of == LockClass.RCU_READ || of == LockClass.IRQS_OFF;
    }

    @Override
    public void acquired(LockClass of, int mode, int id) {
        if (active) {
            if (isSection(of)) {
                note(Access.ofSection(of) | Access.GOT);
            } else {
                footprint[begins[steps]] |= Access.GOT;
            }
        }
    }

    @Override
    public void released(LockClass of, int mode, int id) {
        if (active) {
            note((isSection(of) ? Access.ofSection(of) : Access.ofLock(of, mode, id)) | Access.RELEASE);
        }
    }

    @Override
    public void downgraded(LockClass of, int id) {
        if (active) {
            note(Access.ofLock(of, Sync.WRITE, id) | Access.DOWNGRADE);
        }
    }

    @Override
    public void graceStarted(LockClass section) {
        if (active) {
            note(Access.ofSection(section) | Access.WRITE);
        }
    }

    // ---- what choosers and reports ask

    /** The tasks that can take a step now, a bit each. */
    int enabled() {
        int mask = 0;
        for (int task = 0; task < tasks; task++) {
            boolean can = switch (state[task]) {
                case WAITS_FOR_LOCK ->
                    sync.isAvailableTo(firstSimulated + task, lockClass[task], lockMode[task], lockId[task]);
                case WAITS_FOR_SECTIONS -> sync.graceElapsed(lockId[task], lockClass[task]);
                default -> state[task] != ENDED;
            };
            mask |= can ? 1 << task : 0;
        }
        return mask;
    }

    int tasks() {
        return tasks;
    }

    /** Steps that are over. */
    int steps() {
        return steps;
    }

    /** The tasks of all steps, of one that did not come to its end, too. */
    int[] schedule() {
        return Arrays.copyOf(taskOf, begun);
    }

    /** Who took a step. */
    int taskOf(int step) {
        return taskOf[step];
    }

    /** Where the footprint of a step begins in {@link #footprints}; of {@link #steps}, where the last one ends. */
    int begin(int step) {
        return begins[step];
    }

    /** Where the footprint of a step ends, of one that did not come to its end, too. */
    int end(int step) {
        return step < steps ? begins[step + 1] : touched;
    }

    long[] footprints() {
        return footprint;
    }

    /** The task that took the last step, or -1 at the start. */
    int current() {
        return steps == 0 ? -1 : taskOf[steps - 1];
    }

    boolean isEnded(int task) {
        return state[task] == ENDED;
    }

    /** What a task is about to do. */
    long pending(int task) {
        return pending[task];
    }

    @Nullable
    Failure failure() {
        return failure;
    }

    /** Whether the chooser gave the run up. */
    boolean isCut() {
        return isCut;
    }

    String taskName(int task) {
        return programTasks[task].name();
    }

    /** The call that a task is in, or that it is about to make. */
    String callText(int task) {
        return presentCall(task).text();
    }

    /** Where that call stands; empty if it is not known. */
    String callPlace(int task) {
        return presentCall(task).place();
    }

    private Program.Call presentCall(int task) {
        boolean begins = pending[task] == Access.CALL_BEGINS;
        List<Program.Call> calls = programTasks[task].calls();
        int call = Math.min(callOf[task] + (begins ? 1 : 0), calls.size() - 1);
        return calls.get(Math.max(call, 0));
    }

    /** The call that a task is in, or was in last. */
    String currentCall(int task) {
        return programTasks[task].calls().get(Math.max(callOf[task], 0)).text();
    }

    /** What a task is about to do, or does. */
    String announcement(int task) {
        return PointText.of(pending[task], lockClass[task], lockMode[task], lockId[task]);
    }

    String held(int task) {
        return sync.describe(firstSimulated + task);
    }

    boolean holdsNothing(int task) {
        return sync.heldCount(firstSimulated + task) == 0;
    }

    long result(int task, int call) {
        return results[task][call];
    }

    Program program() {
        return program;
    }

    void listen(@Nullable StepListener stepListener) {
        listener = stepListener;
    }
}
