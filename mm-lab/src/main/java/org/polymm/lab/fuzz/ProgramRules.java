package org.polymm.lab.fuzz;

import java.util.BitSet;
import java.util.List;
import org.polymm.lab.program.Operation;

/** What makes a list of operations a program: processes live, files, pins and references are there when they are used. */
final class ProgramRules {

    private ProgramRules() {}

    static boolean isSound(List<Operation> operations) {
        BitSet alive = new BitSet();
        BitSet files = new BitSet();
        BitSet pins = new BitSet();
        BitSet references = new BitSet();
        for (Operation operation : operations) {
            int number = (int) Math.max(0, Math.min(operation.a(), Integer.MAX_VALUE - 1));
            boolean sound = switch (operation.action()) {
                case SPAWN -> !alive.get(operation.process());
                case SHRINK, RECLAIM, FAIL -> true;
                case FORK -> alive.get(operation.process()) && !alive.get(number);
                case MMAP -> alive.get(operation.process()) && (operation.e() < 0 || files.get((int) operation.e()));
                case TRUNCATE, PUNCH_HOLE, FALLOCATE -> alive.get(operation.process()) && files.get(number);
                case UPROBE, UPROBE_REMOVE -> files.get(number);
                case UNPIN, DEVICE_READ, DEVICE_WRITE -> alive.get(operation.process()) && pins.get(number);
                case REFERENCE_READ, RELEASE -> alive.get(operation.process()) && references.get(number);
                default -> alive.get(operation.process());
            };
            if (!sound) {
                return false;
            }
            switch (operation.action()) {
                case SPAWN -> alive.set(operation.process());
                case FORK -> alive.set(number);
                case EXIT -> alive.clear(operation.process());
                case FILE -> files.set(number);
                case PIN -> pins.set((int) operation.c());
                case REFERENCE -> references.set((int) operation.c());
                default -> {
                    // changes nothing that others refer to
                }
            }
        }
        return true;
    }
}
