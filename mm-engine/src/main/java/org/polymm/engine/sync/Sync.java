package org.polymm.engine.sync;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.state.Stateful;

/**
 * Locks and scheduling points of one machine; see the package for the idea.
 *
 * <p>One task is current at a time; task 0 exists from the start and is all there is outside of exploration. Not
 * thread-safe, like the machine.
 */
public final class Sync implements Stateful {

    /** Mode of a shared acquisition. */
    public static final int READ = 0;
    /** Mode of an exclusive acquisition. */
    public static final int WRITE = 1;

    /**
     * Locks and sections that one task may hold at a time; more means that some were not released. Who collapses a range holds the lock of
     * every folio in it, 512 at most.
     */
    public static final int MAX_HELD = 1023;

    // A stack entry, low to high: id (32), class (8), mode (1), unused (7), order (8). The order of an entry is one
    // more than the highest rank in it and below it, so what may follow is decided by looking at the top alone.
    // The first slot of each task is a floor of order 0, whose class is none.
    static final int CLASS_SHIFT = 32;
    private static final int MODE_SHIFT = 40;
    static final int ORDER_SHIFT = 48;
    private static final long KEY = (1L << MODE_SHIFT) - 1;
    private static final long EXCLUSIVE = 1L << MODE_SHIFT;
    private static final long ORDER = 0xffL << ORDER_SHIFT;
    private static final int SLOTS = MAX_HELD + 1;
    private static final long FLOOR = 0xffL << CLASS_SHIFT;
    private static final int DESCRIBED = 24;
    private static final LockClass[] CLASSES = LockClass.values();

    private long[] stack = new long[SLOTS];
    private int[] tops = {1};
    private int tasks = 1;
    private int task;
    private int top = 1;
    private int limit = SLOTS;
    /** The limit while there is one task and no hook, else 0: one comparison instead of three where locks are taken. */
    private int aloneLimit = SLOTS;

    private long clock;
    /** Gates that are shut, a bit each. */
    private long shut;

    private final long[] acquisitions = new long[CLASSES.length];

    private String[] names = {"main"};
    private @Nullable SchedulingHook hook;
    private @Nullable String decision;

    /** One task, which holds nothing. */
    public Sync(StateSpace space) {
        stack[0] = FLOOR;
        space.register(this);
    }

    // ---- tasks ----

    /** Installs what sees scheduling points, or removes it with null. Not part of the saved state. */
    public void install(@Nullable SchedulingHook schedulingHook) {
        hook = schedulingHook;
        findAloneLimit();
    }

    /**
     * Whether something that sees scheduling points is installed. What hot code asks: it names no type that a machine without a scheduler
     * never loads, and only then is it compiled in place.
     */
    public boolean isScheduled() {
        return hook != null;
    }

    /** What was installed, or null. */
    public @Nullable SchedulingHook hook() {
        return hook;
    }

    /**
     * Adds a task that holds nothing. It becomes current by {@link #switchTo}.
     *
     * @param name for reports
     * @return its number, counting from 1
     */
    public int newTask(String name) {
        int number = tasks;
        ensureTasks(number + 1);
        stack[number * SLOTS] = FLOOR;
        tops[number] = number * SLOTS + 1;
        names[number] = name;
        tasks = number + 1;
        findAloneLimit();
        return number;
    }

    /** Makes a task current: acquisitions and releases are its own from now on. */
    public void switchTo(int other) {
        if (other < 0 || other >= tasks) {
            throw new IllegalArgumentException("there is no task " + other + "; tasks are 0 to " + (tasks - 1));
        }
        tops[task] = top;
        task = other;
        top = tops[other];
        limit = (other + 1) * SLOTS;
        findAloneLimit();
    }

    private void findAloneLimit() {
        aloneLimit = tasks == 1 && hook == null ? limit : 0;
    }

    /** The current task. */
    public int task() {
        return task;
    }

    /** How many tasks there are. */
    public int tasks() {
        return tasks;
    }

    /** The name of a task, for reports. */
    public String taskName(int number) {
        return names[number];
    }

    // ---- scheduling points and decisions ----

    /**
     * Another task may run here.
     *
     * @param kind one of {@link Point}: what the current task is about to do
     * @param object to what
     */
    public void point(int kind, long object) {
        if (hook != null || decision != null) {
            hookedPoint(kind, object);
        }
    }

    private void hookedPoint(int kind, long object) {
        refuseInDecision(kind, object);
        if (hook != null) {
            hook.point(kind, object);
        }
    }

    private void hookedLock(LockClass lockClass, int mode, int id, boolean waits) {
        refuseInDecision(Point.LOCK, lockObject(lockClass, id));
        if (hook != null) {
            hook.lock(lockClass, mode, id, waits);
        }
    }

    private void refuseInDecision(int kind, long object) {
        if (decision != null) {
            throw new LockProtocolError(
                    "the decision '" + decision + "' reached a scheduling point (" + Point.name(kind) + " " + object
                            + "); a policy decides on what it is given, without locks and without effects");
        }
    }

    /**
     * The current task also touches something in the step that it is in: shared state that no lock covers and that is read or written
     * together with what the last {@link #point} or acquisition was about. Nobody else runs here; an explorer learns that the step depends
     * on others that touch the same.
     *
     * @param kind one of {@link Point}
     * @param object what is touched, as for {@link #point}
     */
    public void touch(int kind, long object) {
        if (hook != null) {
            hook.touched(kind, object);
        }
    }

    /**
     * A policy is asked: until {@link #exitDecision} every scheduling point and every acquisition is an error.
     *
     * @param name of the decision, for the error; a constant, so that the call costs nothing
     */
    public void enterDecision(String name) {
        if (decision != null) {
            throw new LockProtocolError("the decision '" + name + "' was asked for inside '" + decision + "'");
        }
        decision = name;
    }

    /** The policy has answered, or thrown. */
    public void exitDecision() {
        decision = null;
    }

    // ---- locks ----

    /** {@link #acquire} shared. */
    public void readLock(LockClass lockClass, int id) {
        acquire(lockClass, READ, id);
    }

    /** {@link #acquire} exclusively, of a lock that also has readers. */
    public void writeLock(LockClass lockClass, int id) {
        acquire(lockClass, WRITE, id);
    }

    /** {@link #acquire} exclusively. */
    public void lock(LockClass lockClass, int id) {
        acquire(lockClass, WRITE, id);
    }

    /** {@link #release}. */
    public void unlock(LockClass lockClass, int id) {
        release(lockClass, id);
    }

    /** {@link #tryAcquire} exclusively. */
    public boolean tryLock(LockClass lockClass, int id) {
        return tryAcquire(lockClass, WRITE, id);
    }

    /** {@link #tryAcquire} shared. */
    public boolean tryReadLock(LockClass lockClass, int id) {
        return tryAcquire(lockClass, READ, id);
    }

    /**
     * Takes a lock, waiting for it if another task holds it.
     *
     * @param mode {@link #READ} or {@link #WRITE}
     * @param id which lock of the class
     * @throws LockProtocolError if the task holds it already, or holds one that comes later in the order or is of the
     *     same class, or decides; or if it would wait and nobody schedules
     */
    public void acquire(LockClass lockClass, int mode, int id) {
        if (!acquireAlone(lockClass, mode, id)) {
            acquireSlowly(lockClass, mode, id, false);
        }
    }

    /**
     * Takes a lock if there is nobody to wait for or to tell, and nothing is held that forbids it or may be the lock itself: all that a
     * machine with one task needs, and nothing that needs a search.
     *
     * @return whether it was taken; else nothing is known
     */
    private boolean acquireAlone(LockClass lockClass, int mode, int id) {
        int at = top;
        if (at >= aloneLimit || lockClass.lockRank < (int) (stack[at - 1] >>> ORDER_SHIFT) || decision != null) {
            return false;
        }
        stack[at] = lockClass.bits | (long) mode << MODE_SHIFT | id & 0xffffffffL;
        top = at + 1;
        acquisitions[lockClass.rank]++;
        return true;
    }

    /** Whether the task may wait for a lock of a class: it holds none that comes later in the order, or of the same class. */
    public boolean mayWait(LockClass lockClass) {
        return decision == null && lockClass.lockRank >= (int) (stack[top - 1] >>> ORDER_SHIFT);
    }

    /**
     * Takes a lock of a class of which the task holds one already, exclusively; the caller vouches for the order within
     * the class.
     */
    public void nestedLock(LockClass lockClass, int id) {
        acquireSlowly(lockClass, WRITE, id, true);
    }

    /** As {@link #nestedLock}, shared. */
    public void nestedReadLock(LockClass lockClass, int id) {
        acquireSlowly(lockClass, READ, id, true);
    }

    /**
     * Takes a lock if no task holds it in a way that conflicts. The order is free, because nobody waits.
     *
     * @return whether the task holds it now
     */
    public boolean tryAcquire(LockClass lockClass, int mode, int id) {
        return acquireAlone(lockClass, mode, id) || tryAcquireSlowly(lockClass, mode, id);
    }

    private boolean tryAcquireSlowly(LockClass lockClass, int mode, int id) {
        if (hook != null || decision != null) {
            hookedLock(lockClass, mode, id, false);
        }
        if (find(lockClass, id) >= 0 || tasks != 1 && conflicts(lockClass, mode, id)) {
            return false;
        }
        push(lockClass, mode, id);
        return true;
    }

    /**
     * Gives up a lock.
     *
     * @throws LockProtocolError if the task does not hold it
     */
    public void release(LockClass lockClass, int id) {
        int last = top - 1;
        if (((stack[last] ^ (lockClass.bits | id & 0xffffffffL)) & KEY) != 0 || hook != null) {
            releaseSlowly(lockClass, id);
            return;
        }
        top = last;
    }

    /**
     * Turns an exclusive hold into a shared one.
     *
     * @throws LockProtocolError if the task does not hold it exclusively
     */
    public void downgrade(LockClass lockClass, int id) {
        int at = find(lockClass, id);
        if (at < 0 || (stack[at] & EXCLUSIVE) == 0) {
            throw error("downgrades", lockClass, id, "which it does not hold exclusively");
        }
        if (hook != null) {
            hook.releases(lockClass, WRITE, id);
        }
        stack[at] &= ~EXCLUSIVE;
        if (hook != null) {
            hook.downgraded(lockClass, id);
        }
    }

    /**
     * Counts an acquisition of a lock that nothing can be observed under: a short section of the allocator or of the
     * LRU lists, which has no scheduling point.
     */
    public void tally(LockClass lockClass) {
        acquisitions[lockClass.rank]++;
    }

    /** How often locks of a class were taken, by any task. */
    public long acquisitions(LockClass lockClass) {
        return acquisitions[lockClass.rank];
    }

    private void acquireSlowly(LockClass lockClass, int mode, int id, boolean nested) {
        if (lockClass.kind == LockClass.Kind.SECTION) {
            throw error("takes", lockClass, id, "which is a section; it is entered and left");
        }
        if (find(lockClass, id) >= 0) {
            throw error("takes", lockClass, id, "which it holds already");
        }
        int order = (int) (stack[top - 1] >>> ORDER_SHIFT);
        if (lockClass.rank + 1 < order) {
            boolean sleepsInSection = lockClass.sleeps() && inSection();
            throw error(
                    sleepsInSection ? null : lockClass,
                    sleepsInSection ? null : CLASSES[order - 1],
                    "waits for",
                    lockClass,
                    id,
                    sleepsInSection
                            ? "inside a section in which nobody may sleep"
                            : "after one that comes later in the lock order, " + CLASSES[order - 1]);
        }
        if (lockClass.rank + 1 == order && !nested && holdsClass(lockClass)) {
            throw error("waits for", lockClass, id, "while it holds another of that class, without the nested form");
        }
        if (hook != null || decision != null) {
            hookedLock(lockClass, mode, id, true);
        }
        while (tasks != 1 && conflicts(lockClass, mode, id)) {
            if (hook == null) {
                throw error("would wait for ever for", lockClass, id, "which another task holds: " + describeAll());
            }
            hook.block(lockClass, mode, id);
        }
        push(lockClass, mode, id);
    }

    private void push(LockClass lockClass, int mode, int id) {
        if (top == limit) {
            throw error("takes", lockClass, id, "as number " + (MAX_HELD + 1) + "; some were not released");
        }
        long below = stack[top - 1] & ORDER;
        long entry = lockClass.bits | (long) mode << MODE_SHIFT | id & 0xffffffffL;
        stack[top++] = entry & ~ORDER | Math.max(below, orderOf(lockClass));
        acquisitions[lockClass.rank]++;
        if (hook != null) {
            hook.acquired(lockClass, mode, id);
        }
    }

    private static long orderOf(LockClass lockClass) {
        return lockClass.kind == LockClass.Kind.SECTION
                ? (long) LockClass.ATOMIC_ORDER << ORDER_SHIFT
                : lockClass.bits & ORDER;
    }

    private void releaseSlowly(LockClass lockClass, int id) {
        int at = find(lockClass, id);
        if (at < 0) {
            throw error("releases", lockClass, id, "which it does not hold");
        }
        int mode = (stack[at] & EXCLUSIVE) != 0 ? WRITE : READ;
        if (hook != null) {
            hook.releases(lockClass, mode, id);
        }
        remove(at);
        if (hook != null) {
            hook.released(lockClass, mode, id);
        }
    }

    private void remove(int at) {
        top--;
        for (int i = at; i < top; i++) {
            long entry = stack[i + 1];
            long order = Math.max(stack[i - 1] & ORDER, orderOf(classOf(entry)));
            stack[i] = entry & ~ORDER | order;
        }
    }

    /** Index of the current task's entry for a lock, or -1. */
    private int find(LockClass lockClass, int id) {
        long key = (lockClass.bits | id & 0xffffffffL) & KEY;
        int floor = limit - SLOTS;
        for (int i = top - 1; i > floor; i--) {
            if ((stack[i] & KEY) == key) {
                return i;
            }
        }
        return -1;
    }

    /** Whether the current task holds a lock or section of a class. */
    public boolean holdsClass(LockClass lockClass) {
        int floor = limit - SLOTS;
        for (int i = top - 1; i > floor; i--) {
            if (classOf(stack[i]) == lockClass) {
                return true;
            }
        }
        return false;
    }

    private boolean inSection() {
        return holdsClass(LockClass.RCU_READ) || holdsClass(LockClass.IRQS_OFF);
    }

    private boolean conflicts(LockClass lockClass, int mode, int id) {
        long key = (lockClass.bits | id & 0xffffffffL) & KEY;
        for (int other = 0; other < tasks; other++) {
            if (other == task) {
                continue;
            }
            for (int i = tops[other] - 1; i > other * SLOTS; i--) {
                if ((stack[i] & KEY) == key && (mode == WRITE || (stack[i] & EXCLUSIVE) != 0)) {
                    return true;
                }
            }
        }
        return false;
    }

    // ---- questions ----

    /**
     * Whether a task, current or not, could have a lock now: no other task holds it in a way that conflicts.
     *
     * @param number the task
     * @param mode {@link #READ} or {@link #WRITE}
     */
    public boolean isAvailableTo(int number, LockClass lockClass, int mode, int id) {
        if (lockClass == LockClass.USERFAULT) {
            return (shut & 1L << id) == 0;
        }
        long key = (lockClass.bits | id & 0xffffffffL) & KEY;
        tops[task] = top;
        for (int other = 0; other < tasks; other++) {
            for (int i = tops[other] - 1; other != number && i > other * SLOTS; i--) {
                if ((stack[i] & KEY) == key && (mode == WRITE || (stack[i] & EXCLUSIVE) != 0)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Locks and sections that a task, current or not, holds. */
    public int heldCount(int number) {
        return (number == task ? top : tops[number]) - 1 - number * SLOTS;
    }

    /** Whether the current task holds a lock, in any mode. */
    public boolean isHeld(LockClass lockClass, int id) {
        return find(lockClass, id) >= 0;
    }

    /** Whether the current task holds a lock exclusively. */
    public boolean isHeldExclusively(LockClass lockClass, int id) {
        int at = find(lockClass, id);
        return at >= 0 && (stack[at] & EXCLUSIVE) != 0;
    }

    /** Whether any task holds a lock, in any mode: for example whether a folio is locked. */
    public boolean isHeldByAnyone(LockClass lockClass, int id) {
        return isHeld(lockClass, id) || tasks != 1 && conflicts(lockClass, WRITE, id);
    }

    /**
     * Does nothing if the current task holds a lock, in any mode.
     *
     * @throws LockProtocolError otherwise
     */
    public void assertHeld(LockClass lockClass, int id) {
        if (find(lockClass, id) < 0) {
            throw error("needs", lockClass, id, "which it does not hold");
        }
    }

    /**
     * Does nothing if the current task holds a lock exclusively.
     *
     * @throws LockProtocolError otherwise
     */
    public void assertHeldExclusively(LockClass lockClass, int id) {
        if (!isHeldExclusively(lockClass, id)) {
            throw error("needs", lockClass, id, "exclusively, which it does not hold so");
        }
    }

    /**
     * Does nothing if the current task holds nothing.
     *
     * @param where for the error: what has just ended
     * @throws LockProtocolError otherwise
     */
    public void assertNothingHeld(String where) {
        if (heldCount() != 0) {
            throw new LockProtocolError("after " + where + " task '" + names[task] + "' still holds " + describe(task));
        }
    }

    /** Sees what a task holds. */
    @FunctionalInterface
    public interface HeldVisitor {
        /**
         * Sees one lock or section.
         *
         * @param mode {@link #READ} or {@link #WRITE}
         */
        void see(LockClass lockClass, int mode, int id);
    }

    /**
     * Visits what the current task holds, outermost first.
     *
     * @param visitor sees each; it takes and releases nothing
     */
    public void forEachHeld(HeldVisitor visitor) {
        for (int i = limit - SLOTS + 1; i < top; i++) {
            visitor.see(classOf(stack[i]), (stack[i] & EXCLUSIVE) != 0 ? WRITE : READ, (int) stack[i]);
        }
    }

    /** The classes of which the current task holds a lock or section: bit {@link LockClass#rank} for each. */
    public int heldClasses() {
        int classes = 0;
        for (int i = limit - SLOTS + 1; i < top; i++) {
            classes |= 1 << (int) (stack[i] >>> CLASS_SHIFT);
        }
        return classes;
    }

    /** Locks and sections the current task holds. */
    public int heldCount() {
        return top - 1 - (limit - SLOTS);
    }

    /** One number for a lock, as hooks get it with {@link Point#LOCK}: the class above the 32 bits of the id. */
    public static long lockObject(LockClass lockClass, int id) {
        return (long) lockClass.rank << CLASS_SHIFT | id & 0xffffffffL;
    }

    /** The class of a lock that {@link #lockObject} has made a number of. */
    public static LockClass classOfLock(long object) {
        return classOf(object);
    }

    // ---- gates ----

    /** How many gates there are. */
    public static final int GATES = 64;

    /**
     * Shuts a gate: whoever awaits it waits until somebody opens it.
     *
     * @param gate from 0 to {@value #GATES} less one
     */
    public void shut(int gate) {
        shut |= 1L << checkedGate(gate);
    }

    /**
     * Opens a gate.
     *
     * @param gate as for {@link #shut}
     */
    public void open(int gate) {
        shut &= ~(1L << checkedGate(gate));
        if (hook != null) {
            hook.released(LockClass.USERFAULT, WRITE, gate);
        }
    }

    /**
     * Waits until a gate is open.
     *
     * @param gate as for {@link #shut}
     * @throws LockProtocolError if the task holds anything; or if it would wait and nobody schedules
     */
    public void awaitOpen(int gate) {
        if (heldCount() != 0) {
            throw error("waits for", LockClass.USERFAULT, gate, "which takes as long as a program likes");
        }
        while ((shut & 1L << checkedGate(gate)) != 0) {
            if (hook == null) {
                throw error("would wait for ever for", LockClass.USERFAULT, gate, "which nobody opens");
            }
            hook.block(LockClass.USERFAULT, WRITE, gate);
        }
        if (hook != null) {
            hook.acquired(LockClass.USERFAULT, WRITE, gate);
            hook.released(LockClass.USERFAULT, WRITE, gate);
        }
    }

    private static int checkedGate(int gate) {
        if (gate < 0 || gate >= GATES) {
            throw new IllegalArgumentException("gate " + gate + " is not one of 0 to " + (GATES - 1)
                    + ": that many faults can wait for userfaultfd at a time while tasks are scheduled");
        }
        return gate;
    }

    // ---- sections and grace periods ----

    /** Enters a section, {@link LockClass#RCU_READ} or {@link LockClass#IRQS_OFF}. Sections nest. */
    public void enter(LockClass section) {
        if (section.kind != LockClass.Kind.SECTION) {
            throw error("enters", section, 0, "which is a lock; it is taken and released");
        }
        push(section, READ, (int) ++clock);
    }

    /** Leaves the section entered last of that class. */
    public void leave(LockClass section) {
        int floor = limit - SLOTS;
        for (int i = top - 1; i > floor; i--) {
            if (classOf(stack[i]) == section) {
                int since = (int) stack[i];
                if (hook != null) {
                    hook.releases(section, READ, since);
                }
                remove(i);
                if (hook != null) {
                    hook.released(section, READ, since);
                }
                return;
            }
        }
        throw error("leaves", section, 0, "which it has not entered");
    }

    /**
     * Starts a grace period: it is over when every section that is open now has ended.
     *
     * @return what to ask {@link #graceElapsed} with
     */
    public long startGrace() {
        return ++clock;
    }

    /**
     * Whether a grace period is over.
     *
     * @param started what {@link #startGrace} returned
     * @param section the kind of section that counts
     */
    public boolean graceElapsed(long started, LockClass section) {
        for (int other = 0; other < tasks; other++) {
            int end = other == task ? top : tops[other];
            for (int i = other * SLOTS + 1; i < end; i++) {
                if (classOf(stack[i]) == section && (stack[i] & 0xffffffffL) < started) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * Waits until every section of a kind that is open now has ended: {@code synchronize_rcu}, or a flush of
     * translations by interrupt.
     */
    public void waitForSections(LockClass section) {
        long started = startGrace();
        if (hook != null) {
            hook.graceStarted(section);
        }
        while (!graceElapsed(started, section)) {
            if (hook == null) {
                throw error("would wait for ever for", section, 0, "to end: " + describeAll());
            }
            hook.block(section, WRITE, (int) started);
        }
    }

    // ---- reports ----

    /** What a task holds, outermost first, the last ones of very many: {@code [MMAP_LOCK read mm 1, PTL write table 17]}. */
    public String describe(int number) {
        int end = number == task ? top : tops[number];
        int first = number * SLOTS + 1;
        int begin = Math.max(first, end - DESCRIBED);
        StringBuilder text = new StringBuilder("[");
        if (begin > first) {
            text.append(begin - first).append(" others, ");
        }
        for (int i = begin; i < end; i++) {
            LockClass lockClass = classOf(stack[i]);
            text.append(i == begin ? "" : ", ").append(lockClass);
            if (lockClass.kind != LockClass.Kind.SECTION) {
                text.append((stack[i] & EXCLUSIVE) != 0 ? " write " : " read ");
                text.append(lockClass.idName()).append(' ').append((int) stack[i]);
            }
        }
        return text.append(']').toString();
    }

    private String describeAll() {
        StringBuilder text = new StringBuilder();
        for (int other = 0; other < tasks; other++) {
            text.append(other == 0 ? "" : "; ")
                    .append('\'')
                    .append(names[other])
                    .append("' holds ");
            text.append(describe(other));
        }
        return text.toString();
    }

    private LockProtocolError error(String does, LockClass lockClass, int id, String why) {
        return error(null, null, does, lockClass, id, why);
    }

    private LockProtocolError error(
            @Nullable LockClass outer,
            @Nullable LockClass inner,
            String does,
            LockClass lockClass,
            int id,
            String why) {
        return new LockProtocolError(
                outer,
                inner,
                "task '" + names[task] + "' " + does + " " + lockClass + " of " + lockClass.idName() + " " + id + ", "
                        + why + "; it holds " + describe(task));
    }

    private static LockClass classOf(long entry) {
        return CLASSES[(int) (entry >>> CLASS_SHIFT) & 0xff];
    }

    // ---- state ----

    private void ensureTasks(int atLeast) {
        if (atLeast > tops.length) {
            int capacity = Math.max(atLeast, 2 * tops.length);
            stack = Arrays.copyOf(stack, capacity * SLOTS);
            tops = Arrays.copyOf(tops, capacity);
            int named = names.length;
            names = Arrays.copyOf(names, capacity);
            Arrays.fill(names, named, capacity, "");
        }
    }

    /** Saved locks: the used part of every task's stack, at its place. */
    private record Saved(long[] stack, int[] tops, int task, long clock, long shut, long[] acquisitions) {}

    @Override
    public String name() {
        return "sync";
    }

    @Override
    public Object capture() {
        tops[task] = top;
        return new Saved(
                Arrays.copyOf(stack, tasks * SLOTS),
                Arrays.copyOf(tops, tasks),
                task,
                clock,
                shut,
                acquisitions.clone());
    }

    @Override
    public void restore(Object captured) {
        Saved saved = (Saved) captured;
        int savedTasks = saved.tops.length;
        ensureTasks(savedTasks);
        for (int i = 0; i < savedTasks; i++) {
            int floor = i * SLOTS;
            System.arraycopy(saved.stack, floor, stack, floor, saved.tops[i] - floor);
            tops[i] = saved.tops[i];
        }
        tasks = savedTasks;
        task = saved.task;
        top = tops[task];
        limit = (task + 1) * SLOTS;
        findAloneLimit();
        clock = saved.clock;
        shut = saved.shut;
        System.arraycopy(saved.acquisitions, 0, acquisitions, 0, acquisitions.length);
        decision = null;
    }

    @Override
    public @Nullable String difference(Object captured) {
        Saved saved = (Saved) captured;
        if (saved.tops.length != tasks || saved.task != task) {
            return "there were " + saved.tops.length + " tasks, " + saved.task + " current; there are " + tasks + ", "
                    + task + " current";
        }
        tops[task] = top;
        for (int i = 0; i < tasks; i++) {
            int floor = i * SLOTS;
            if (!Arrays.equals(saved.stack, floor, saved.tops[i], stack, floor, tops[i])) {
                return "task '" + names[i] + "' holds " + describe(i) + ", which is not what it held";
            }
        }
        if (saved.clock != clock) {
            return "the clock of sections was " + saved.clock + ", is " + clock;
        }
        if (saved.shut != shut) {
            return "the gates that are shut were 0x" + Long.toHexString(saved.shut) + ", are 0x"
                    + Long.toHexString(shut);
        }
        int at = Arrays.mismatch(saved.acquisitions, acquisitions);
        return at < 0
                ? null
                : "acquisitions of " + CLASSES[at] + " were " + saved.acquisitions[at] + ", are " + acquisitions[at];
    }
}
