package org.polymm.lab.host;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.program.Action;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Outcome;
import org.polymm.lab.program.UnmetException;
import org.polymm.linux.HostKernel;
import org.polymm.linux.HostReply;
import org.polymm.linux.HostUserfault;

/**
 * The userfaultfds of a program's processes on the host's kernel, one a process, and the accesses that wait for them.
 *
 * <p>A process that has a userfaultfd makes its accesses by threads. Whether one waits is seen by the message that it causes, and whether it goes
 * on by its end or by another message, so that nothing here depends on how fast the host is; only that somebody is not woken is
 * believed after a while.
 */
final class HostFaults {

    private static final int EBUSY = 16;
    private static final int EBADF = 9;
    private static final int ENOENT = 2;
    private static final int EAGAIN = 11;
    private static final int EBADMSG = 74;
    /** How long to wait for a message that must come, in milliseconds. */
    private static final int LONG = 2000;

    private static final int MESSAGE_WORDS = 4;
    private static final int FAULT_EVENT = 0x12;
    /** How long to wait for an access in one step, in milliseconds. */
    private static final int STEP = 2;
    /** After so many steps an access that neither ends nor waits is a mistake. */
    private static final int MANY_STEPS = 5000;
    /** After so many steps an access that may have been woken is taken to be waiting still. */
    private static final int FEW_STEPS = 25;

    /** One access by a thread. */
    private static final class Access {
        final int process;
        final int number;
        final long address;
        final boolean loads;
        /** What the kernel said of the fault; negative as long as it said nothing. */
        int message = -1;

        boolean isOver;
        int signal;
        long value;

        Access(int process, int number, long address, boolean loads) {
            this.process = process;
            this.number = number;
            this.address = address;
            this.loads = loads;
        }

        boolean waits() {
            return !isOver && message >= 0;
        }
    }

    private final HostKernel kernel;
    private final Map<Integer, Long> features = new HashMap<>();
    /** The userfaultfds of children, which the worker has that watches the parent. */
    private final Map<Integer, Held> held = new HashMap<>();

    private final Map<Integer, Deque<long[]>> changes = new HashMap<>();
    private final List<Access> accesses = new ArrayList<>();

    HostFaults(HostKernel kernel) {
        this.kernel = kernel;
    }

    /** Who has a userfaultfd, and under which number. */
    private record Held(int worker, int number) {}

    void clear() {
        features.clear();
        held.clear();
        changes.clear();
        accesses.clear();
    }

    /** Whether an operation is carried out here. */
    boolean handles(Operation o) {
        boolean accesses = o.action() == Action.READ || o.action() == Action.WRITE;
        return o.action().isUserfault()
                || accesses && (features.getOrDefault(o.process(), Action.UFFD_SIGBUS) & Action.UFFD_SIGBUS) == 0;
    }

    /** A process ended. */
    void ended(int process) {
        forget(process);
        held.forEach((child, by) -> {
            if (by.worker() == process) {
                features.remove(child);
            }
        });
        held.values().removeIf(by -> by.worker() == process);
        accesses.removeIf(access -> access.process == process);
    }

    /** A process is gone, and the userfaultfds that it had open to watch its children: whoever waited for them goes on. */
    void released() throws UnmetException {
        for (Access access : accesses) {
            if (!access.isOver && !features.containsKey(access.process)) {
                goOn(access, true);
            }
        }
    }

    Outcome perform(Operation o) throws UnmetException {
        return switch (o.action()) {
            case READ, WRITE -> access(o);
            case FINISH -> finish(o);
            case UFFD_OPEN ->
                features.containsKey(o.process()) ? new Outcome(0, EBUSY, 0, 0) : open(o.process(), o.a());
            case UFFD_REGISTER -> {
                Outcome opened =
                        features.containsKey(o.process()) ? Outcome.DONE : open(o.process(), Action.UFFD_USUAL);
                yield opened.isSuccess() ? call(o) : opened;
            }
            case UFFD_READ -> features.containsKey(o.process()) ? read(o) : new Outcome(0, EBADF, 0, 0);
            default -> features.containsKey(o.process()) ? call(o) : new Outcome(0, EBADF, 0, 0);
        };
    }

    private HostUserfault userfault(int process) {
        Held by = held.getOrDefault(process, new Held(process, 0));
        return kernel.userfault(by.worker(), by.number());
    }

    private void forget(int process) {
        features.remove(process);
        held.remove(process);
        changes.remove(process);
    }

    /** A process forked: the child is watched if the parent's userfaultfd is told of forks. */
    void forked(int parent, int child) throws UnmetException {
        long wanted = features.getOrDefault(parent, 0L);
        if ((wanted & Action.UFFD_EVENT_FORK) == 0) {
            return;
        }
        Deque<long[]> read = changes.computeIfAbsent(parent, p -> new ArrayDeque<>());
        for (long[] message = next(parent, LONG); message != null; message = next(parent, LONG)) {
            read.add(message);
            if (message[0] == HostUserfault.EVENT_FORK) {
                if (message[1] >= HostUserfault.MOST) {
                    throw new UnmetException("host runs watch no more than " + (HostUserfault.MOST - 1)
                            + " children of a process by userfaultfd");
                }
                Held by = held.getOrDefault(parent, new Held(parent, 0));
                held.put(child, new Held(by.worker(), (int) message[1]));
                features.put(child, wanted);
                return;
            }
        }
    }

    private long @Nullable [] next(int process, int milliseconds) {
        HostReply reply = userfault(process).change(milliseconds).next();
        return reply.count() == 0 ? null : new long[] {reply.word(0), reply.word(1), reply.word(2), reply.word(3)};
    }

    private Outcome read(Operation o) {
        Deque<long[]> read = changes.computeIfAbsent(o.process(), p -> new ArrayDeque<>());
        long[] message = read.isEmpty() ? next(o.process(), STEP * FEW_STEPS) : read.poll();
        if (message == null) {
            return new Outcome(0, EAGAIN, 0, 0);
        }
        boolean same = message[0] == o.a()
                && switch ((int) message[0]) {
                    case HostUserfault.EVENT_FORK -> true;
                    case HostUserfault.EVENT_REMAP -> message[1] == o.b() && message[2] == o.d() && message[3] == o.c();
                    default -> message[1] == o.b() && message[2] == o.b() + o.c();
                };
        return same ? Outcome.DONE : new Outcome(0, EBADMSG, 0, 0);
    }

    private Outcome open(int process, long wanted) throws UnmetException {
        HostReply reply = userfault(process).open(wanted).next();
        if (!reply.isSuccess()) {
            throw new UnmetException("needs userfaultfd with features 0x" + Long.toHexString(wanted) + ": errno "
                    + reply.errno() + "; see vm.unprivileged_userfaultfd, and Linux 6.6 or later");
        }
        features.put(process, wanted);
        return Outcome.DONE;
    }

    // ---- calls

    private Outcome call(Operation o) throws UnmetException {
        HostReply reply = ask(o).next();
        Outcome outcome = reply.errno() == 0 ? Outcome.DONE : new Outcome(0, reply.errno(), 0, 0);
        if (o.action() == Action.UFFD_CLOSE) {
            forget(o.process());
        }
        boolean whole = o.action() == Action.UFFD_CLOSE;
        if (wakes(o) && (outcome.isSuccess() || outcome.errno() == EAGAIN)) {
            boolean certain = outcome.isSuccess() && o.action() != Action.UFFD_UNREGISTER;
            for (Access access : accesses) {
                boolean meant = whole || access.address >= o.a() && access.address < o.a() + o.b();
                if (access.process == o.process() && !access.isOver && meant) {
                    goOn(access, certain);
                }
            }
        }
        return outcome;
    }

    private HostKernel ask(Operation o) {
        HostUserfault uffd = userfault(o.process());
        return switch (o.action()) {
            case UFFD_CLOSE -> uffd.close();
            case UFFD_REGISTER -> uffd.register(o.a(), o.b(), (int) o.c());
            case UFFD_UNREGISTER -> uffd.unregister(o.a(), o.b());
            case UFFD_COPY -> uffd.copy(o.a(), o.b(), o.c(), o.d(), (int) o.e());
            case UFFD_ZEROPAGE -> uffd.zeropage(o.a(), o.b(), (int) o.c());
            case UFFD_CONTINUE -> uffd.continueWith(o.a(), o.b(), (int) o.c());
            case UFFD_WRITEPROTECT -> uffd.writeProtect(o.a(), o.b(), (int) o.c());
            case UFFD_POISON -> uffd.poison(o.a(), o.b(), (int) o.c());
            case UFFD_WAKE -> uffd.wake(o.a(), o.b());
            default -> throw new IllegalArgumentException(o.action() + " is no call of userfaultfd");
        };
    }

    private static boolean wakes(Operation o) {
        return switch (o.action()) {
            case UFFD_CLOSE, UFFD_UNREGISTER, UFFD_WAKE -> true;
            case UFFD_COPY -> (o.e() & HostUserfault.DONTWAKE) == 0;
            case UFFD_ZEROPAGE, UFFD_CONTINUE, UFFD_POISON -> (o.c() & HostUserfault.DONTWAKE) == 0;
            case UFFD_WRITEPROTECT -> o.c() == 0;
            default -> false;
        };
    }

    // ---- accesses

    private Outcome access(Operation o) throws UnmetException {
        boolean loads = o.action() == Action.READ;
        long word = 0;
        for (int page = 0; page < o.b(); page++) {
            long address = o.a() + page * HostKernel.PAGE;
            Access access = new Access(o.process(), freeNumber(o.process()), address, loads);
            HostKernel asked = loads
                    ? kernel.startLoad(o.process(), access.number, address)
                    : kernel.startStore(o.process(), access.number, address, o.c() + page * o.d());
            HostReply started = asked.next();
            if (!started.isSuccess()) {
                throw new UnmetException(
                        "a thread of process " + o.process() + " could not be started: errno " + started.errno());
            }
            accesses.add(access);
            goOn(access, true);
            if (access.waits()) {
                return Outcome.blocked(access.message, page);
            }
            accesses.remove(access);
            if (access.signal != 0) {
                return new Outcome(0, 0, access.signal, page);
            }
            word = access.value;
        }
        return new Outcome(word, 0, 0, (int) o.b());
    }

    private int freeNumber(int process) throws UnmetException {
        for (int number = 0; number < HostKernel.ACCESSES; number++) {
            int wanted = number;
            if (accesses.stream().noneMatch(access -> access.process == process && access.number == wanted)) {
                return number;
            }
        }
        throw new UnmetException("more than " + HostKernel.ACCESSES + " accesses of a process wait");
    }

    /** Waits until an access that was begun, or woken, has ended or waits (again). */
    private void goOn(Access access, boolean certain) throws UnmetException {
        int before = access.message;
        access.message = -1;
        for (int step = 0; step < (certain ? MANY_STEPS : FEW_STEPS); step++) {
            HostReply reply = kernel.finish(access.process, access.number, STEP).next();
            if (reply.count() == 1) {
                access.isOver = true;
                access.signal = reply.signal();
                access.value = access.loads && reply.signal() == 0 ? reply.value() : 0;
                return;
            }
            hear(access.process);
            if (access.waits()) {
                return;
            }
        }
        if (certain) {
            throw new UnmetException("an access of process " + access.process + " neither ended nor waited");
        }
        access.message = before;
    }

    /** Reads what a userfaultfd has to say. */
    private void hear(int process) {
        if (!features.containsKey(process)) {
            return;
        }
        HostReply reply = userfault(process).messages(0).next();
        for (int index = 0; index < reply.count(); index++) {
            int at = index * MESSAGE_WORDS;
            if (reply.word(at) == FAULT_EVENT) {
                long page = reply.word(at + 2) / HostKernel.PAGE;
                int flags = (int) reply.word(at + 1);
                for (Access access : accesses) {
                    boolean heard = access.process == process
                            && !access.isOver
                            && access.message < 0
                            && access.address / HostKernel.PAGE == page;
                    if (heard) {
                        access.message = flags;
                        break;
                    }
                }
            }
        }
    }

    private Outcome finish(Operation o) {
        Iterator<Access> all = accesses.iterator();
        while (all.hasNext()) {
            Access access = all.next();
            if (access.process == o.process() && access.address / HostKernel.PAGE == o.a() / HostKernel.PAGE) {
                if (!access.isOver) {
                    return Outcome.blocked(access.message, 0);
                }
                all.remove();
                return new Outcome(access.value, 0, access.signal, 0);
            }
        }
        return new Outcome(0, ENOENT, 0, 0);
    }
}
