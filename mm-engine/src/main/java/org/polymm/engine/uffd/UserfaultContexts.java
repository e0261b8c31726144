package org.polymm.engine.uffd;

import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.fault.FaultFlags;
import org.polymm.engine.fault.FaultResult;
import org.polymm.engine.fault.MappingChanges;
import org.polymm.engine.fault.UserfaultEvents;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.RecordPool;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.MmLocks;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmaTable;

/**
 * The userfaultfds that are open, and the faults that each of them has reported and that are not over.
 *
 * <p>A fault is in line from its report until its task has gone on. With one task the access has ended meanwhile, and whoever made it says what
 * becomes of the fault: {@link #forget}.
 */
public final class UserfaultContexts implements UserfaultEvents, MappingChanges {

    private static final int MM = 0;
    private static final int FEATURES = 1;
    private static final int SERIAL = 2;
    /** How many changes were begun and are not over: {@code mmap_changing}. */
    private static final int CHANGING = 3;
    /** The process that has it open: of a child's that of its parent. */
    private static final int HOLDER = 4;

    private static final int CONTEXT_FIELDS = 5;

    private static final int CONTEXT = 0;
    private static final int ADDRESS = 1;
    private static final int MESSAGE = 2;
    private static final int STATE = 3;
    private static final int PLACE = 4;
    private static final int FAULT_FIELDS = 5;

    /** Of an event; context, place and state are where those of a fault are. */
    private static final int KIND = 1;

    private static final int START = 2;
    private static final int END = 5;
    private static final int LENGTH = 6;
    private static final int EVENT_FIELDS = 7;

    /** The gates of faults come first, then those of events, then those of who waits for an event. */
    private static final int EVENT_GATES = 40;

    private static final int READER_GATES = 52;

    private static final MappingChanges.Change[] KINDS = MappingChanges.Change.values();

    private static final int WOKEN = 1;
    private static final int READ = 2;

    private final Sync sync;
    private final EventLog events;
    private final PageTables tables;
    private final MmLocks locks;
    private final MmTable mms;
    private final VmaTable vmas;
    private final RecordPool contexts;
    private final RecordPool faults;
    private final RecordPool changes;

    /**
     * None yet.
     *
     * @param space saves and rewinds them with the machine
     * @param sync the locks
     * @param events the event log
     * @param tables the page tables
     * @param spaces the address spaces
     */
    public UserfaultContexts(StateSpace space, Sync sync, EventLog events, PageTables tables, AddressSpaces spaces) {
        this.sync = sync;
        this.events = events;
        this.tables = tables;
        this.locks = spaces.locks();
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        contexts = new RecordPool(space, "userfaultfd", CONTEXT_FIELDS);
        faults = new RecordPool(space, "userfault", FAULT_FIELDS);
        changes = new RecordPool(space, "userfault event", EVENT_FIELDS);
    }

    // ---- contexts

    int create(int mm, long features) {
        return create(mm, mm, features);
    }

    private int create(int mm, int holder, long features) {
        int context = contexts.allocate();
        contexts.set(context, HOLDER, holder);
        contexts.set(context, MM, mm);
        contexts.set(context, FEATURES, features);
        return context;
    }

    /** Whoever waits for a message to be read goes on. */
    void free(int context) {
        sync.lock(LockClass.UFFD_WAITQ, context);
        changes.forEachLive(event -> {
            if (changes.get(event, CONTEXT) == context) {
                changes.set(event, CONTEXT, 0);
                if (sync.isScheduled()) {
                    sync.open(EVENT_GATES + event - 1);
                } else {
                    changes.free(event);
                }
            }
        });
        sync.unlock(LockClass.UFFD_WAITQ, context);
        contexts.free(context);
    }

    /**
     * Whether a handle names a userfaultfd that is open.
     *
     * @param context a handle
     * @return whether it does
     */
    public boolean isLive(int context) {
        return contexts.isLive(context);
    }

    /**
     * Visits the userfaultfds that are open, by ascending handle.
     *
     * @param visitor sees each; it may close it
     */
    public void forEach(IntConsumer visitor) {
        contexts.forEachLive(visitor);
    }

    /**
     * The address space that a userfaultfd watches.
     *
     * @param context its handle
     * @return the mm
     */
    public int mm(int context) {
        return (int) contexts.get(context, MM);
    }

    /**
     * The process that has a userfaultfd open.
     *
     * @param context its handle
     * @return its mm; of a child's userfaultfd, which came with a fork, that of who had the parent's
     */
    int holder(int context) {
        return (int) contexts.get(context, HOLDER);
    }

    /**
     * Whether a userfaultfd was opened with a feature.
     *
     * @param context its handle
     * @param feature one of {@link UserfaultFlags}
     * @return whether it has it
     */
    public boolean has(int context, long feature) {
        return (contexts.get(context, FEATURES) & feature) != 0;
    }

    // ---- reports

    @Override
    public boolean isWpAsync(int vma) {
        return has(vmas.uffd(vma), UserfaultFlags.FEATURE_WP_ASYNC);
    }

    @Override
    public int report(int mm, int vma, long address, int flags, Kind kind) {
        int context = vmas.uffd(vma);
        if (has(context, UserfaultFlags.FEATURE_SIGBUS) || (flags & FaultFlags.NO_WAIT) != 0) {
            return FaultResult.SIGBUS;
        }
        int message = message(flags, kind);
        int fault = putInLine(context, address, message);
        events.record(EventKind.UFFD_EVENT, mm, address, message);
        if (!sync.isScheduled()) {
            return FaultResult.BLOCKED;
        }
        boolean waits = mustWait(mm, address, kind);
        if ((flags & FaultFlags.VMA_LOCK) != 0) {
            locks.endRead(vma);
        } else {
            locks.readUnlock(mm);
        }
        if (waits) {
            sync.awaitOpen(gate(fault));
        }
        sync.lock(LockClass.UFFD_WAITQ, context);
        wakeUp(fault);
        faults.free(fault);
        sync.unlock(LockClass.UFFD_WAITQ, context);
        return FaultResult.RETRY;
    }

    private static int message(int flags, Kind kind) {
        int write = (flags & FaultFlags.WRITE) != 0 ? UserfaultFlags.FAULT_WRITE : 0;
        return switch (kind) {
            case MISSING -> write;
            case WRITE_PROTECT -> write | UserfaultFlags.FAULT_WP;
            case MINOR -> write | UserfaultFlags.FAULT_MINOR;
        };
    }

    private int putInLine(int context, long address, int message) {
        sync.lock(LockClass.UFFD_WAITQ, context);
        int fault = faults.allocate();
        faults.set(fault, CONTEXT, context);
        faults.set(fault, ADDRESS, address);
        faults.set(fault, MESSAGE, message);
        faults.set(fault, PLACE, contexts.increment(context, SERIAL, 1));
        if (sync.isScheduled()) {
            sync.shut(gate(fault));
        }
        sync.unlock(LockClass.UFFD_WAITQ, context);
        return fault;
    }

    private static int gate(int fault) {
        return fault - 1;
    }

    /**
     * Whether the fault is still as it was when it was found: somebody may have resolved it before it was in line, and would not wake it.
     * {@code userfaultfd_must_wait}.
     */
    private boolean mustWait(int mm, long address, Kind kind) {
        int root = mms.pgd(mm);
        boolean protects = kind == Kind.WRITE_PROTECT;
        if (tables.peekLeaf(root, address) == 0) {
            long huge = tables.pmdTable(root, address) == 0 ? Pte.NONE : tables.peekPmd(root, address);
            return Pte.isNone(huge) || Pte.isHuge(huge) && protects && !Pte.isWritable(huge);
        }
        long entry = tables.peek(root, address);
        return entry == Pte.NONE || Pte.isMarker(entry) || protects && !Pte.isWritable(entry);
    }

    // ---- changes of mappings

    /**
     * What the handler reads of a change.
     *
     * @param kind what changed
     * @param start in bytes; 0 of a fork
     * @param end of REMAP where to; of REMOVE and UNMAP where it ends
     * @param length of REMAP in bytes
     */
    public record Message(MappingChanges.Change kind, long start, long end, long length) {}

    private static long changingOf(int context) {
        return (long) context << 48;
    }

    @Override
    public boolean wants(int context, MappingChanges.Change kind) {
        long feature = switch (kind) {
            case FORK -> UserfaultFlags.FEATURE_EVENT_FORK;
            case REMAP -> UserfaultFlags.FEATURE_EVENT_REMAP;
            case REMOVE -> UserfaultFlags.FEATURE_EVENT_REMOVE;
            case UNMAP -> UserfaultFlags.FEATURE_EVENT_UNMAP;
        };
        return context != 0 && has(context, feature);
    }

    @Override
    public void begin(int context) {
        sync.writeLock(LockClass.UFFD_CTX, context);
        count(context, 1);
        sync.unlock(LockClass.UFFD_CTX, context);
    }

    private void count(int context, int by) {
        sync.point(Point.WRITE_VMA, changingOf(context));
        contexts.increment(context, CHANGING, by);
    }

    /**
     * Whether a change is under way that the handler has not read of.
     *
     * @param context the userfaultfd
     * @return whether calls that fill and protect end with -EAGAIN until then
     */
    boolean isChanging(int context) {
        sync.point(Point.READ_VMA, changingOf(context));
        return contexts.get(context, CHANGING) != 0;
    }

    @Override
    public int copy(int context, int child) {
        return create(child, holder(context), contexts.get(context, FEATURES));
    }

    @Override
    public void cancel(int context, int copied) {
        count(context, -1);
        if (copied != 0) {
            contexts.free(copied);
        }
    }

    @Override
    public void tell(int context, MappingChanges.Change kind, long start, long end, long length) {
        sync.lock(LockClass.UFFD_WAITQ, context);
        int event = changes.allocate();
        changes.set(event, CONTEXT, context);
        changes.set(event, KIND, kind.ordinal());
        changes.set(event, START, start);
        changes.set(event, END, end);
        changes.set(event, LENGTH, length);
        changes.set(event, PLACE, contexts.increment(context, SERIAL, 1));
        boolean waits = sync.isScheduled();
        if (waits) {
            sync.shut(EVENT_GATES + event - 1);
            sync.open(READER_GATES + context - 1);
        }
        sync.unlock(LockClass.UFFD_WAITQ, context);
        if (waits) {
            sync.awaitOpen(EVENT_GATES + event - 1);
            sync.lock(LockClass.UFFD_WAITQ, context);
            boolean isOpen = changes.get(event, CONTEXT) != 0;
            changes.free(event);
            sync.unlock(LockClass.UFFD_WAITQ, context);
            if (!isOpen) {
                return;
            }
        }
        count(context, -1);
    }

    /**
     * Reads the oldest message of a change. Tasks wait until there is one. With one task alone, somebody who watches the userfaultfd has read
     * each at once, and this tells what he read.
     *
     * @param context the userfaultfd
     * @return the message; null if there is none
     */
    public @Nullable Message readChange(int context) {
        while (true) {
            sync.lock(LockClass.UFFD_WAITQ, context);
            int oldest = 0;
            for (int event = 1; event < changes.end(); event++) {
                if (changes.isLive(event)
                        && changes.get(event, CONTEXT) == context
                        && changes.get(event, STATE) == 0
                        && (oldest == 0 || changes.get(event, PLACE) < changes.get(oldest, PLACE))) {
                    oldest = event;
                }
            }
            @Nullable Message message = oldest == 0 ? null : messageOf(oldest);
            if (oldest != 0 && sync.isScheduled()) {
                changes.set(oldest, STATE, READ);
                sync.open(EVENT_GATES + oldest - 1);
            } else if (oldest != 0) {
                changes.free(oldest);
            } else if (sync.isScheduled()) {
                sync.shut(READER_GATES + context - 1);
            }
            sync.unlock(LockClass.UFFD_WAITQ, context);
            if (message != null || !sync.isScheduled()) {
                return message;
            }
            sync.awaitOpen(READER_GATES + context - 1);
        }
    }

    private Message messageOf(int event) {
        MappingChanges.Change kind = KINDS[(int) changes.get(event, KIND)];
        return new Message(
                kind,
                kind == MappingChanges.Change.FORK ? 0 : changes.get(event, START),
                changes.get(event, END),
                changes.get(event, LENGTH));
    }

    // ---- faults in line

    /**
     * Wakes whoever waits for a page of a range.
     *
     * @param context the userfaultfd
     * @param start in bytes
     * @param end in bytes
     */
    void wake(int context, long start, long end) {
        sync.lock(LockClass.UFFD_WAITQ, context);
        faults.forEachLive(fault -> {
            long address = faults.get(fault, ADDRESS);
            if (faults.get(fault, CONTEXT) == context && address >= start && address < end) {
                wakeUp(fault);
            }
        });
        sync.unlock(LockClass.UFFD_WAITQ, context);
    }

    private void wakeUp(int fault) {
        if (!isWoken(fault)) {
            faults.set(fault, STATE, faults.get(fault, STATE) | WOKEN);
            if (sync.isScheduled()) {
                sync.open(gate(fault));
            }
        }
    }

    /**
     * Whether any fault is in line.
     *
     * @return whether one was reported and not forgotten
     */
    public boolean hasFaults() {
        return faults.live() != 0;
    }

    /**
     * The fault that was reported last for an address.
     *
     * @param mm the address space
     * @param address in bytes
     * @return its handle; 0 if there is none
     */
    public int last(int mm, long address) {
        int found = 0;
        for (int fault = 1; fault < faults.end(); fault++) {
            if (faults.isLive(fault)
                    && faults.get(fault, ADDRESS) == address
                    && mm((int) faults.get(fault, CONTEXT)) == mm
                    && (found == 0 || faults.get(fault, PLACE) > faults.get(found, PLACE))) {
                found = fault;
            }
        }
        return found;
    }

    /**
     * Whether a fault need not wait any more.
     *
     * @param fault its handle
     * @return whether it was woken
     */
    public boolean isWoken(int fault) {
        return (faults.get(fault, STATE) & WOKEN) != 0;
    }

    /**
     * What the message of a fault says.
     *
     * @param fault its handle
     * @return FAULT_ bits of {@link UserfaultFlags}
     */
    public int message(int fault) {
        return (int) faults.get(fault, MESSAGE);
    }

    /**
     * The address in the message of a fault.
     *
     * @param fault its handle
     * @return in bytes; that of the page unless the exact one was asked for
     */
    public long address(int fault) {
        boolean exact = has((int) faults.get(fault, CONTEXT), UserfaultFlags.FEATURE_EXACT_ADDRESS);
        return exact ? faults.get(fault, ADDRESS) : faults.get(fault, ADDRESS) & -Geometry.PAGE_SIZE;
    }

    /**
     * Reads a message: of the fault that is in line longest of those that wait and whose message nobody has read.
     *
     * @param context the userfaultfd
     * @return the fault; 0 if there is no message
     */
    public int read(int context) {
        int oldest = 0;
        sync.lock(LockClass.UFFD_WAITQ, context);
        for (int fault = 1; fault < faults.end(); fault++) {
            if (faults.isLive(fault)
                    && faults.get(fault, CONTEXT) == context
                    && faults.get(fault, STATE) == 0
                    && (oldest == 0 || faults.get(fault, PLACE) < faults.get(oldest, PLACE))) {
                oldest = fault;
            }
        }
        if (oldest != 0) {
            faults.set(oldest, STATE, READ);
        }
        sync.unlock(LockClass.UFFD_WAITQ, context);
        return oldest;
    }

    /**
     * Takes a fault out of the line whose access goes on, or was given up. For accesses that ended with {@link FaultResult#BLOCKED}.
     *
     * @param fault its handle
     */
    public void forget(int fault) {
        faults.free(fault);
    }

    /**
     * Visits the faults in line, by ascending handle.
     *
     * @param visitor sees each; it may forget it
     */
    public void forEachFault(IntConsumer visitor) {
        faults.forEachLive(visitor);
    }
}
