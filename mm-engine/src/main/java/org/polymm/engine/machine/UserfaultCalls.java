package org.polymm.engine.machine;

import org.jspecify.annotations.Nullable;
import org.polymm.engine.fault.FaultResult;
import org.polymm.engine.fault.MemoryAccess;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.RecordPool;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.uffd.UserfaultContexts;
import org.polymm.engine.uffd.UserfaultFlags;
import org.polymm.engine.uffd.Userfaults;

/**
 * userfaultfd of a machine, and the accesses that wait for one.
 *
 * <p>An access of {@link Machine#touch} or {@link Machine#write} that a userfaultfd has to resolve ends with {@link FaultResult#BLOCKED} and is
 * suspended, as if a thread of the process had made it: it goes on by itself as soon as a call here wakes it, and {@link #finish} tells how it
 * ended. A system call that would wait so ends with -ERESTARTSYS, as if a signal had interrupted it. While tasks are scheduled nothing of
 * this applies: they wait.
 *
 * <p>As all calls of a {@link Machine}: one thread at a time; a machine that checks itself does so after every call.
 */
public final class UserfaultCalls {

    /** What an access does when it goes on. */
    interface Access {
        int again(int mm, long address, int kind, long token);

        long value(int pfn);
    }

    /**
     * How a suspended access ended.
     *
     * @param result as that of {@link Machine#touch}; {@link FaultResult#BLOCKED} if it waits still
     * @param value what a load saw; 0 for a store, if it failed or waits, or if the machine keeps no contents
     */
    public record Finished(int result, long value) {}

    private static final int MM = 0;
    private static final int ADDRESS = 1;
    private static final int KIND = 2;
    private static final int TOKEN = 3;
    private static final int FAULT = 4;
    private static final int RESULT = 5;
    private static final int VALUE = 6;
    private static final int SERIAL = 7;
    private static final int FIELDS = 8;

    private static final long PAGE = Geometry.PAGE_SIZE;

    private final Userfaults calls;
    private final UserfaultContexts contexts;
    private final RecordPool suspended;
    private final Sync sync;
    private final @Nullable ShadowKeeper shadow;
    private final Access access;
    private final PinCalls.AfterCall after;

    UserfaultCalls(
            StateSpace space,
            Userfaults calls,
            Sync sync,
            @Nullable ShadowKeeper shadow,
            Access access,
            PinCalls.AfterCall after) {
        this.calls = calls;
        this.contexts = calls.contexts();
        this.suspended = new RecordPool(space, "suspended access", FIELDS);
        this.sync = sync;
        this.shadow = shadow;
        this.access = access;
        this.after = after;
    }

    /** {@return the userfaultfds and the faults in line, to be read} */
    public UserfaultContexts contexts() {
        return contexts;
    }

    // ---- system calls

    /**
     * userfaultfd(2) and UFFDIO_API.
     *
     * @param mm the process whose memory it watches
     * @param features FEATURE_ bits of {@link UserfaultFlags}
     * @return its handle; -EINVAL for a feature there is not
     */
    public int open(int mm, long features) {
        return calls.open(mm, features);
    }

    /**
     * close(2): whoever waits goes on, and nothing is registered any more.
     *
     * @param context the userfaultfd
     */
    public void close(int context) {
        int mm = mmOf(context);
        calls.close(context);
        watchChanged(mm);
        goOn("uffd-close", mm);
    }

    /**
     * UFFDIO_REGISTER.
     *
     * @param context the userfaultfd
     * @param start page aligned
     * @param length in bytes
     * @param modes MODE_ bits of {@link UserfaultFlags}
     * @return as {@link Userfaults#register}
     */
    public long register(int context, long start, long length, int modes) {
        int mm = mmOf(context);
        long result = calls.register(context, start, length, modes);
        watchChanged(mm);
        goOn("uffd-register", mm);
        return result;
    }

    /**
     * UFFDIO_UNREGISTER.
     *
     * @param context the userfaultfd
     * @param start page aligned
     * @param length in bytes
     * @return 0 or a negated errno
     */
    public int unregister(int context, long start, long length) {
        int mm = mmOf(context);
        int result = calls.unregister(context, start, length);
        watchChanged(mm);
        goOn("uffd-unregister", mm);
        return result;
    }

    /**
     * UFFDIO_COPY.
     *
     * @param context the userfaultfd
     * @param start page aligned
     * @param length in bytes
     * @param first the token of the first page
     * @param step what each further page holds more
     * @param mode {@link UserfaultFlags#DONTWAKE} and {@link UserfaultFlags#FILL_WP} bits
     * @return as {@link Userfaults#copy}
     */
    public long copy(int context, long start, long length, long first, long step, int mode) {
        int mm = mmOf(context);
        long filled = calls.copy(context, start, length, first, step, mode);
        if (shadow != null) {
            shadow.filled(mm, start, filled, first, step, protects(context, mode & UserfaultFlags.FILL_WP));
        }
        goOn("uffd-copy", mm);
        return filled;
    }

    /**
     * UFFDIO_ZEROPAGE.
     *
     * @param context the userfaultfd
     * @param start page aligned
     * @param length in bytes
     * @param mode 0 or {@link UserfaultFlags#DONTWAKE}
     * @return as {@link Userfaults#zeropage}
     */
    public long zeropage(int context, long start, long length, int mode) {
        int mm = mmOf(context);
        long filled = calls.zeropage(context, start, length, mode);
        if (shadow != null) {
            shadow.filled(mm, start, filled, 0, 0, false);
        }
        goOn("uffd-zeropage", mm);
        return filled;
    }

    /**
     * UFFDIO_CONTINUE.
     *
     * @param context the userfaultfd
     * @param start page aligned
     * @param length in bytes
     * @param mode {@link UserfaultFlags#DONTWAKE} and {@link UserfaultFlags#FILL_WP} bits
     * @return as {@link Userfaults#proceed}
     */
    public long proceed(int context, long start, long length, int mode) {
        int mm = mmOf(context);
        long filled = calls.proceed(context, start, length, mode);
        if (shadow != null) {
            shadow.entered(mm, start, filled, protects(context, mode & UserfaultFlags.FILL_WP));
        }
        goOn("uffd-continue", mm);
        return filled;
    }

    /**
     * UFFDIO_POISON.
     *
     * @param context the userfaultfd
     * @param start page aligned
     * @param length in bytes
     * @param mode 0 or {@link UserfaultFlags#DONTWAKE}
     * @return as {@link Userfaults#poison}
     */
    public long poison(int context, long start, long length, int mode) {
        int mm = mmOf(context);
        long filled = calls.poison(context, start, length, mode);
        if (shadow != null) {
            shadow.poisoned(mm, start, filled);
        }
        goOn("uffd-poison", mm);
        return filled;
    }

    /**
     * UFFDIO_WRITEPROTECT.
     *
     * @param context the userfaultfd
     * @param start page aligned
     * @param length in bytes
     * @param mode {@link UserfaultFlags#WP}, {@link UserfaultFlags#WP_DONTWAKE}
     * @return 0 or a negated errno
     */
    public int writeProtect(int context, long start, long length, int mode) {
        int mm = mmOf(context);
        int result = calls.writeProtect(context, start, length, mode);
        if (shadow != null && result != -Errno.EINVAL) {
            if (protects(context, mode & UserfaultFlags.WP)) {
                boolean marks = contexts.has(context, UserfaultFlags.FEATURE_WP_UNPOPULATED);
                shadow.writeProtected(mm, start, length, marks);
            } else {
                shadow.unprotected(mm, start, length);
            }
        }
        goOn("uffd-writeprotect", mm);
        return result;
    }

    /**
     * UFFDIO_WAKE.
     *
     * @param context the userfaultfd
     * @param start page aligned
     * @param length in bytes
     * @return 0 or a negated errno
     */
    public int wake(int context, long start, long length) {
        int mm = mmOf(context);
        int result = calls.wake(context, start, length);
        goOn("uffd-wake", mm);
        return result;
    }

    /**
     * read(2) of what userfaultfd has to say of changes of mappings: fork, mremap, madvise, munmap. Tasks wait until there is something to read.
     * With one task alone, whoever watches has read each at once, and this tells what he read, one at a time.
     *
     * @param context the userfaultfd
     * @return the oldest message; null if there is none
     */
    public UserfaultContexts.@Nullable Message readChange(int context) {
        mmOf(context);
        return contexts.readChange(context);
    }

    /** Asynchronous protection ends with any write, so nobody counts on it. */
    private boolean protects(int context, int wanted) {
        return wanted != 0 && !contexts.has(context, UserfaultFlags.FEATURE_WP_ASYNC);
    }

    private void watchChanged(int mm) {
        if (shadow != null) {
            shadow.watchChanged(mm);
        }
    }

    private int mmOf(int context) {
        if (!contexts.isLive(context)) {
            throw new IllegalArgumentException("no userfaultfd " + context + " is open");
        }
        return contexts.mm(context);
    }

    // ---- suspended accesses

    /** An access ended with {@link FaultResult#BLOCKED}. */
    void suspend(int mm, long address, int kind, long token) {
        int record = suspended.allocate();
        suspended.set(record, MM, mm);
        suspended.set(record, ADDRESS, address);
        suspended.set(record, KIND, kind);
        suspended.set(record, TOKEN, token);
        suspended.set(record, FAULT, contexts.last(mm, address));
        long serial = 0;
        for (int other = 1; other < suspended.end(); other++) {
            serial = Math.max(serial, suspended.get(other, SERIAL));
        }
        suspended.set(record, SERIAL, serial + 1);
    }

    /** Lets accesses that were woken go on, first come, first served, and checks the machine. */
    private void goOn(String call, int mm) {
        letGoOn();
        after.check(call, mm);
    }

    private void letGoOn() {
        for (int next = firstWoken(); next != 0; next = firstWoken()) {
            int owner = (int) suspended.get(next, MM);
            long address = suspended.get(next, ADDRESS);
            contexts.forget((int) suspended.get(next, FAULT));
            int result = access.again(owner, address, (int) suspended.get(next, KIND), suspended.get(next, TOKEN));
            suspended.set(next, RESULT, result);
            suspended.set(next, FAULT, result == FaultResult.BLOCKED ? contexts.last(owner, address) : 0);
            boolean loads = suspended.get(next, KIND) == MemoryAccess.READ;
            suspended.set(next, VALUE, loads && result > 0 ? access.value(result) : 0);
        }
    }

    private int firstWoken() {
        int first = 0;
        for (int record = 1; record < suspended.end(); record++) {
            int fault = suspended.isLive(record) ? (int) suspended.get(record, FAULT) : 0;
            if (fault != 0
                    && contexts.isWoken(fault)
                    && (first == 0 || suspended.get(record, SERIAL) < suspended.get(first, SERIAL))) {
                first = record;
            }
        }
        return first;
    }

    /**
     * Asks after an access that was suspended.
     *
     * @param mm the process
     * @param address any address in the page that was accessed
     * @return how the oldest suspended access to that page ended, which is then forgotten, or that it waits still; -ENOENT as the result if
     *     there is none
     */
    public Finished finish(int mm, long address) {
        int oldest = 0;
        for (int record = 1; record < suspended.end(); record++) {
            if (suspended.isLive(record)
                    && suspended.get(record, MM) == mm
                    && suspended.get(record, ADDRESS) / PAGE == address / PAGE
                    && (oldest == 0 || suspended.get(record, SERIAL) < suspended.get(oldest, SERIAL))) {
                oldest = record;
            }
        }
        if (oldest == 0) {
            return new Finished(-Errno.ENOENT, 0);
        }
        if (suspended.get(oldest, FAULT) != 0) {
            return new Finished(FaultResult.BLOCKED, 0);
        }
        Finished finished = new Finished((int) suspended.get(oldest, RESULT), suspended.get(oldest, VALUE));
        suspended.free(oldest);
        return finished;
    }

    /**
     * What userfaultfd was told of a suspended access that waits.
     *
     * @param mm the process
     * @param address as it was accessed
     * @return FAULT_ bits of {@link UserfaultFlags}; -ENOENT if no access to it waits
     */
    public int message(int mm, long address) {
        int fault = contexts.last(mm, address);
        return fault == 0 ? -Errno.ENOENT : contexts.message(fault);
    }

    /** After every call: faults of a system call that was interrupted leave the line, as their tasks do. */
    void forgetInterrupted() {
        if (!contexts.hasFaults() || sync.isScheduled()) {
            return;
        }
        contexts.forEachFault(fault -> {
            if (!isSuspended(fault)) {
                contexts.forget(fault);
            }
        });
    }

    private boolean isSuspended(int fault) {
        for (int record = 1; record < suspended.end(); record++) {
            if (suspended.isLive(record) && suspended.get(record, FAULT) == fault) {
                return true;
            }
        }
        return false;
    }

    /** A process ended: so did its threads, and its userfaultfds. */
    void ended(int mm) {
        suspended.forEachLive(record -> {
            if (suspended.get(record, MM) == mm) {
                suspended.free(record);
            }
        });
        forgetInterrupted();
        calls.ended(mm, this::watchChanged);
        letGoOn();
    }
}
