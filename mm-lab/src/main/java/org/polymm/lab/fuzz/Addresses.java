package org.polymm.lab.fuzz;

import org.polymm.lab.program.Action;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Window;

/** Which arguments of operations are addresses in the window. */
final class Addresses {

    private Addresses() {}

    /** Whether the first argument is an address. */
    static boolean hasAddress(Operation operation) {
        return switch (operation.action()) {
            case MMAP, MUNMAP, MPROTECT, MADVISE, MREMAP, MLOCK, MLOCK2, MUNLOCK, READ, WRITE, PIN, REFERENCE -> true;
            case UFFD_REGISTER,
                    UFFD_UNREGISTER,
                    UFFD_COPY,
                    UFFD_ZEROPAGE,
                    UFFD_CONTINUE,
                    UFFD_WRITEPROTECT,
                    UFFD_POISON,
                    UFFD_WAKE,
                    FINISH -> true;
            case SPAWN,
                    FORK,
                    EXIT,
                    FILE,
                    TRUNCATE,
                    PUNCH_HOLE,
                    FALLOCATE,
                    UPROBE,
                    UPROBE_REMOVE,
                    MLOCKALL,
                    MUNLOCKALL,
                    LIMIT_MEMLOCK,
                    UNPIN,
                    DEVICE_READ,
                    DEVICE_WRITE,
                    REFERENCE_READ,
                    RELEASE,
                    SHRINK,
                    RECLAIM,
                    FAIL,
                    KHUGEPAGED,
                    UFFD_READ,
                    UFFD_OPEN,
                    UFFD_CLOSE -> false;
        };
    }

    /** Whether the fifth argument is an address. */
    static boolean hasTarget(Operation operation) {
        return operation.action() == Action.MREMAP && operation.e() != 0;
    }

    /** How many pages an operation names. */
    static long pages(Operation operation) {
        return switch (operation.action()) {
            case READ, WRITE -> operation.b();
            case FINISH -> 1;
            case MLOCKALL, MUNLOCKALL -> Integer.MAX_VALUE;
            case MREMAP -> Math.max(operation.b(), operation.c()) / Operation.PAGE;
            default -> hasAddress(operation) ? operation.b() / Operation.PAGE : 0;
        };
    }

    /** The lowest page of the window that an operation names; the number of pages if it names none. */
    static int lowestPage(Operation operation, Window window) {
        long lowest = window.pages();
        if (hasAddress(operation)) {
            lowest = Math.min(lowest, (operation.a() - window.base()) / Operation.PAGE);
        }
        if (hasTarget(operation)) {
            lowest = Math.min(lowest, (operation.e() - window.base()) / Operation.PAGE);
        }
        return (int) Math.max(0, lowest);
    }

    /** The same operation some pages lower. */
    static Operation movedDown(Operation operation, Window window, int pages) {
        long bytes = pages * Operation.PAGE;
        long address = hasAddress(operation) ? operation.a() - bytes : operation.a();
        long target = hasTarget(operation) ? operation.e() - bytes : operation.e();
        if (hasAddress(operation) && address < window.base() || hasTarget(operation) && target < window.base()) {
            return operation;
        }
        return new Operation(
                operation.action(),
                operation.process(),
                address,
                operation.b(),
                operation.c(),
                operation.d(),
                target,
                operation.f());
    }
}
