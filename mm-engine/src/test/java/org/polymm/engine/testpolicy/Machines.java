package org.polymm.engine.testpolicy;

import java.util.ArrayList;
import java.util.List;
import org.polymm.engine.check.Invariant;
import org.polymm.engine.check.Violation;
import org.polymm.engine.fault.MemoryAccess;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.machine.MachineBlueprint;
import org.polymm.engine.machine.MachineBlueprint.Limits;
import org.polymm.engine.mm.Mman;
import org.polymm.engine.state.Geometry;

/** Blueprints of whole machines for tests, and the calls that most tests begin with. */
public final class Machines {

    /** A base page, in bytes. */
    public static final long PAGE = Geometry.PAGE_SIZE;

    /** Readable and writable. */
    public static final int RW = Mman.PROT_READ | Mman.PROT_WRITE;

    private static final int FIXED = Mman.MAP_PRIVATE | Mman.MAP_ANONYMOUS | Mman.MAP_FIXED;
    private static final Limits LIMITS = new Limits(65_530, Long.MAX_VALUE, 8L << 20, 64, true);

    private Machines() {}

    /**
     * Tables of 512 entries, 32 MiB, contents and a few events, THP off, no checks.
     *
     * @param policies what decides
     * @return the blueprint
     */
    public static MachineBlueprint large(FixedPolicies policies) {
        return MachineBlueprint.of(policies.build())
                .withMemory(32L << 20)
                .withLimits(LIMITS)
                .withThp("enabled", "always")
                .withThp("hugepages-2048kB/enabled", "never");
    }

    /**
     * Tables of 8 entries, 2 MiB, contents and a few events, THP off, no checks.
     *
     * @param policies what decides
     * @return the blueprint
     */
    public static MachineBlueprint small(FixedPolicies policies) {
        return MachineBlueprint.of(policies.build())
                .withGeometry(Geometry.SMALL, 2L << 20)
                .withLimits(LIMITS)
                .withThp("enabled", "always")
                .withThp("hugepages-32kB/enabled", "never");
    }

    /**
     * Maps anonymous private memory.
     *
     * @param machine the machine
     * @param mm the process
     * @param address where
     * @param pages how much
     * @return the address
     */
    public static long map(Machine machine, int mm, long address, long pages) {
        long result = machine.mmap(mm, address, pages * PAGE, RW, FIXED, 0, 0);
        if (result != address) {
            throw new IllegalStateException("mmap answered " + result);
        }
        return result;
    }

    /**
     * Writes one page after the other, the token of each its distance from the first plus 1.
     *
     * @param machine the machine
     * @param mm the process
     * @param address the first page
     * @param pages how many
     */
    public static void fill(Machine machine, int mm, long address, long pages) {
        for (long page = 0; page < pages; page++) {
            machine.write(mm, address + page * PAGE, page + 1);
        }
    }

    /**
     * Touches one page after the other for writing, without contents.
     *
     * @param machine the machine
     * @param mm the process
     * @param address the first page
     * @param pages how many
     */
    public static void dirty(Machine machine, int mm, long address, long pages) {
        for (long page = 0; page < pages; page++) {
            machine.touch(mm, address + page * PAGE, MemoryAccess.WRITE);
        }
    }

    /**
     * The invariants that do not hold, each once, in the order of the report.
     *
     * @param machine the machine
     * @return the invariants
     */
    public static List<Invariant> broken(Machine machine) {
        List<Invariant> broken = new ArrayList<>();
        for (Violation violation : machine.check()) {
            if (!broken.contains(violation.invariant())) {
                broken.add(violation.invariant());
            }
        }
        return broken;
    }
}
