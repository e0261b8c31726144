package org.polymm.lab.simulator;

import org.jspecify.annotations.Nullable;
import org.polymm.engine.fault.FaultResult;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.machine.UserfaultCalls;
import org.polymm.engine.machine.UserfaultCalls.Finished;
import org.polymm.engine.state.Errno;
import org.polymm.engine.uffd.UserfaultContexts;
import org.polymm.lab.program.Action;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Outcome;

/** The userfaultfds of a program's processes on a simulated machine, one a process. The machine knows them, so nothing is kept here. */
final class SimulatedUserfaults {

    private SimulatedUserfaults() {}

    static Outcome perform(Machine machine, int mm, Operation o) {
        UserfaultCalls calls = machine.userfaults();
        int context = contextOf(calls.contexts(), mm);
        return switch (o.action()) {
            case FINISH -> finish(calls, mm, o.a());
            case UFFD_OPEN -> {
                int opened = context != 0 ? -Errno.EBUSY : calls.open(mm, o.a());
                yield opened < 0 ? Outcome.ofResult(opened) : Outcome.DONE;
            }
            case UFFD_REGISTER -> perform(calls, context != 0 ? context : calls.open(mm, Action.UFFD_USUAL), o);
            default -> context == 0 ? new Outcome(0, Errno.EBADF, 0, 0) : perform(calls, context, o);
        };
    }

    private static int contextOf(UserfaultContexts contexts, int mm) {
        int[] found = new int[1];
        contexts.forEach(context -> found[0] = contexts.mm(context) == mm ? context : found[0]);
        return found[0];
    }

    private static Outcome perform(UserfaultCalls calls, int context, Operation o) {
        return switch (o.action()) {
            case UFFD_CLOSE -> {
                calls.close(context);
                yield Outcome.DONE;
            }
            case UFFD_REGISTER -> {
                long result = calls.register(context, o.a(), o.b(), (int) o.c());
                yield result < 0 ? Outcome.ofResult(result) : Outcome.DONE;
            }
            case UFFD_UNREGISTER -> Outcome.ofResult(calls.unregister(context, o.a(), o.b()));
            case UFFD_COPY -> filled(calls.copy(context, o.a(), o.b(), o.c(), o.d(), (int) o.e()), o.b());
            case UFFD_ZEROPAGE -> filled(calls.zeropage(context, o.a(), o.b(), (int) o.c()), o.b());
            case UFFD_CONTINUE -> filled(calls.proceed(context, o.a(), o.b(), (int) o.c()), o.b());
            case UFFD_POISON -> filled(calls.poison(context, o.a(), o.b(), (int) o.c()), o.b());
            case UFFD_WRITEPROTECT -> Outcome.ofResult(calls.writeProtect(context, o.a(), o.b(), (int) o.c()));
            case UFFD_READ -> read(calls.readChange(context), o);
            case UFFD_WAKE -> Outcome.ofResult(calls.wake(context, o.a(), o.b()));
            default -> throw new IllegalArgumentException(o.action() + " is no call of userfaultfd");
        };
    }

    /** What is read must be what the operation says. */
    private static Outcome read(UserfaultContexts.@Nullable Message message, Operation o) {
        if (message == null) {
            return new Outcome(0, Errno.EAGAIN, 0, 0);
        }
        long code = Action.UFFD_FIRST_EVENT + message.kind().ordinal();
        boolean same = code == o.a()
                && switch (message.kind()) {
                    case FORK -> true;
                    case REMAP -> message.start() == o.b() && message.length() == o.c() && message.end() == o.d();
                    case REMOVE, UNMAP -> message.start() == o.b() && message.end() == o.b() + o.c();
                };
        return same ? Outcome.DONE : new Outcome(0, Errno.EBADMSG, 0, 0);
    }

    /** The ioctl says EAGAIN when it came only a part of the way. */
    private static Outcome filled(long bytes, long wanted) {
        return bytes < 0 ? Outcome.ofResult(bytes) : bytes < wanted ? new Outcome(0, Errno.EAGAIN, 0, 0) : Outcome.DONE;
    }

    private static Outcome finish(UserfaultCalls calls, int mm, long address) {
        Finished finished = calls.finish(mm, address);
        int result = finished.result();
        if (result == FaultResult.BLOCKED) {
            return Outcome.blocked(calls.message(mm, address), 0);
        }
        if (result == -Errno.ENOENT) {
            return Outcome.ofResult(result);
        }
        return result < 0
                ? new Outcome(0, 0, SimulatorSubject.signal(result), 0)
                : new Outcome(finished.value(), 0, 0, 0);
    }
}
