package org.polymm.lab.fuzz;

import java.util.ArrayList;
import java.util.List;
import org.polymm.engine.mm.Mman;
import org.polymm.lab.program.Action;
import org.polymm.lab.program.Operation;

/** Simpler forms of an operation: the ones worth trying first come first. */
final class Simpler {

    private static final long PAGE = Operation.PAGE;
    private static final int READ_WRITE = Mman.PROT_READ | Mman.PROT_WRITE;

    private Simpler() {}

    static List<Operation> than(Operation operation, ProgramShape shape) {
        List<Operation> simpler = new ArrayList<>();
        lengths(operation, simpler, shape);
        flags(operation, simpler);
        addresses(operation, simpler, shape);
        return simpler;
    }

    private static void lengths(Operation operation, List<Operation> simpler, ProgramShape shape) {
        boolean inPages = operation.action() == Action.READ || operation.action() == Action.WRITE;
        if (!Addresses.hasAddress(operation)) {
            return;
        }
        long unit = inPages ? 1 : PAGE;
        long pages = operation.b() / unit;
        for (long fewer : new long[] {1, pages / shape.block() * shape.block(), shape.block(), pages / 2, pages - 1}) {
            if (fewer > 0 && fewer < pages) {
                if (operation.action() == Action.MREMAP && operation.c() == operation.b()) {
                    simpler.add(withLengths(operation, fewer * unit, fewer * unit));
                } else {
                    simpler.add(withLengths(operation, fewer * unit, operation.c()));
                }
                if (inPages || operation.action() == Action.MREMAP) {
                    continue;
                }
                // the end of the range may be what matters
                simpler.add(new Operation(
                        operation.action(),
                        operation.process(),
                        operation.a() + (pages - fewer) * PAGE,
                        fewer * unit,
                        operation.c(),
                        operation.d(),
                        operation.e(),
                        operation.f()));
            }
        }
        if (operation.action() == Action.MREMAP && operation.c() != operation.b()) {
            simpler.add(withLengths(operation, operation.b(), operation.b()));
        }
    }

    private static void flags(Operation operation, List<Operation> simpler) {
        switch (operation.action()) {
            case MMAP -> {
                int plain = Mman.MAP_PRIVATE | Mman.MAP_ANONYMOUS | Mman.MAP_FIXED;
                int kept = Mman.MAP_TYPE | Mman.MAP_ANONYMOUS | Mman.MAP_FIXED;
                if (operation.d() != plain) {
                    simpler.add(mmap(operation, operation.c(), plain, -1, 0));
                }
                if ((operation.d() & ~kept) != 0) {
                    simpler.add(mmap(operation, operation.c(), operation.d() & kept, operation.e(), operation.f()));
                }
                if (operation.f() != 0) {
                    simpler.add(mmap(operation, operation.c(), operation.d(), operation.e(), 0));
                }
                if (operation.c() != READ_WRITE) {
                    simpler.add(mmap(operation, READ_WRITE, operation.d(), operation.e(), operation.f()));
                }
            }
            case MPROTECT -> {
                if (operation.c() == Mman.PROT_NONE || (operation.c() & Mman.PROT_EXEC) != 0) {
                    simpler.add(withThird(operation, Mman.PROT_READ));
                    simpler.add(withThird(operation, READ_WRITE));
                }
            }
            case WRITE -> {
                if (operation.b() == 1 && operation.d() != 0) {
                    simpler.add(
                            new Operation(Action.WRITE, operation.process(), operation.a(), 1, operation.c(), 0, 0, 0));
                }
            }
            case PUNCH_HOLE, FALLOCATE -> {
                for (long fewer = operation.c() / PAGE / 2; fewer > 0; fewer = fewer == 1 ? 0 : 1) {
                    simpler.add(withThird(operation, fewer * PAGE));
                }
            }
            case MLOCK2 ->
                simpler.add(new Operation(Action.MLOCK, operation.process(), operation.a(), operation.b(), 0, 0, 0, 0));
            default -> {
                // nothing to simplify
            }
        }
    }

    private static void addresses(Operation operation, List<Operation> simpler, ProgramShape shape) {
        if (!Addresses.hasAddress(operation)) {
            return;
        }
        long base = shape.window().base();
        long block = shape.block() * PAGE;
        long aligned = base + (operation.a() - base) / block * block;
        if (operation.action() != Action.MREMAP && aligned != operation.a()) {
            simpler.add(new Operation(
                    operation.action(),
                    operation.process(),
                    aligned,
                    operation.b(),
                    operation.c(),
                    operation.d(),
                    operation.e(),
                    operation.f()));
        }
    }

    private static Operation mmap(Operation operation, long prot, long flags, long file, long offset) {
        return new Operation(Action.MMAP, operation.process(), operation.a(), operation.b(), prot, flags, file, offset);
    }

    private static Operation withLengths(Operation operation, long b, long c) {
        return new Operation(
                operation.action(),
                operation.process(),
                operation.a(),
                b,
                c,
                operation.d(),
                operation.e(),
                operation.f());
    }

    private static Operation withThird(Operation operation, long c) {
        return new Operation(
                operation.action(),
                operation.process(),
                operation.a(),
                operation.b(),
                c,
                operation.d(),
                operation.e(),
                operation.f());
    }
}
