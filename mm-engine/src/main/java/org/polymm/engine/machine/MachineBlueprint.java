package org.polymm.engine.machine;

import java.util.LinkedHashMap;
import java.util.Map;
import org.polymm.engine.policy.FailureMode;
import org.polymm.engine.policy.PolicySet;
import org.polymm.engine.policy.SafetyMode;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.Mechanisms;
import org.polymm.engine.swap.SwapDevice;

/**
 * Everything that is fixed about a machine before it runs: its size, its settings, its policies. Immutable; makes any number of machines, on
 * any thread.
 *
 * @param geometry entries per page table and what follows from them
 * @param memoryBytes the size of memory, a multiple of the reach of one PMD entry
 * @param thp settings below {@code /sys/kernel/mm/transparent_hugepage}, by file name, such as {@code hugepages-64kB/enabled}; what is not
 *     named keeps the kernel's default
 * @param policies one policy for every slot
 * @param safety what happens to dangerous decisions
 * @param onPolicyFailure what happens to policies that fail
 * @param limits sizes and limits with less to say about them
 * @param check how closely the machine watches itself
 * @param swap the swap device
 * @param mechanisms the state of every mechanism that kernels have in more than one way
 */
public record MachineBlueprint(
        Geometry geometry,
        long memoryBytes,
        Map<String, String> thp,
        PolicySet policies,
        SafetyMode safety,
        FailureMode onPolicyFailure,
        Limits limits,
        CheckLevel check,
        Swap swap,
        Mechanisms mechanisms) {

    /**
     * Sizes and limits.
     *
     * @param maxMapCount vm.max_map_count: how many VMAs a process may have
     * @param memlockBytes RLIMIT_MEMLOCK of the first process; {@link Long#MAX_VALUE} for none
     * @param stackBytes RLIMIT_STACK of the first process
     * @param eventLogEntries how many events are remembered to explain a violation; 0 for none
     * @param contents whether every page has contents that can be read back
     */
    public record Limits(int maxMapCount, long memlockBytes, long stackBytes, int eventLogEntries, boolean contents) {

        /** What Linux has by default: 65,530 VMAs, 8 MiB locked, 8 MiB of stack; no event log, no contents. */
        public static final Limits DEFAULT = new Limits(65_530, 8L << 20, 8L << 20, 0, false);

        /**
         * Checks the ranges.
         *
         * @throws IllegalArgumentException if a limit is out of range
         */
        public Limits {
            if (maxMapCount < 1 || memlockBytes < 0 || stackBytes < 0 || eventLogEntries < 0) {
                throw new IllegalArgumentException("negative limit in " + maxMapCount + ", " + memlockBytes + ", "
                        + stackBytes + ", " + eventLogEntries);
            }
        }
    }

    /**
     * The swap device.
     *
     * @param bytes its size, its first page (the header) included; 0 for none
     * @param device what kind it is of
     */
    public record Swap(long bytes, SwapDevice device) {

        /** No swap. */
        public static final Swap NONE = new Swap(0, SwapDevice.ZRAM);

        /**
         * Checks the range.
         *
         * @throws IllegalArgumentException if it is negative or above 1 TiB
         */
        public Swap {
            if (bytes < 0 || bytes > 1L << 40) {
                throw new IllegalArgumentException("swap of " + bytes + " bytes: must be 0 to 1 TiB");
            }
        }

        int slots() {
            return (int) (bytes / Geometry.PAGE_SIZE);
        }
    }

    /** How closely a machine watches itself. */
    public enum CheckLevel {
        /** Not at all. */
        OFF,
        /** When asked: at the end of a run and every so many events. */
        QUIET,
        /** After every operation, with shadow contents. */
        EVERY
    }

    /**
     * Checks the size and copies the settings.
     *
     * @throws IllegalArgumentException if the size does not suit the geometry
     */
    public MachineBlueprint {
        long frames = memoryBytes / Geometry.PAGE_SIZE;
        if (memoryBytes % geometry.pmdSize() != 0 || frames < 4L * geometry.pmdPages() || frames > 1L << 28) {
            throw new IllegalArgumentException("memory of " + memoryBytes + " bytes: must be a multiple of "
                    + geometry.pmdSize() + ", at least four times that, and at most 1 TiB");
        }
        thp = Map.copyOf(new LinkedHashMap<>(thp));
    }

    /**
     * Makes a machine. May be called any number of times, on any thread.
     *
     * @return a machine without processes
     */
    public Machine create() {
        return new Machine(this);
    }

    /**
     * A blueprint with the defaults of the design: 512 entries a table, 4 GiB, observe, stop on failure, no checking.
     *
     * @param policies one policy for every slot
     * @return the blueprint
     */
    public static MachineBlueprint of(PolicySet policies) {
        return new MachineBlueprint(
                Geometry.X86_64,
                4L << 30,
                Map.of(),
                policies,
                SafetyMode.OBSERVE,
                FailureMode.STOP,
                Limits.DEFAULT,
                CheckLevel.OFF,
                Swap.NONE,
                Mechanisms.MAINLINE);
    }

    /**
     * The same with another size of memory.
     *
     * @param bytes the size in bytes
     * @return the blueprint
     */
    public MachineBlueprint withMemory(long bytes) {
        return new MachineBlueprint(
                geometry, bytes, thp, policies, safety, onPolicyFailure, limits, check, swap, mechanisms);
    }

    /**
     * The same with another geometry and size of memory.
     *
     * @param other the geometry
     * @param bytes the size in bytes
     * @return the blueprint
     */
    public MachineBlueprint withGeometry(Geometry other, long bytes) {
        return new MachineBlueprint(
                other, bytes, thp, policies, safety, onPolicyFailure, limits, check, swap, mechanisms);
    }

    /**
     * The same with one setting changed.
     *
     * @param file the file name below transparent_hugepage, such as {@code enabled}
     * @param value the value as it is written there
     * @return the blueprint
     */
    public MachineBlueprint withThp(String file, String value) {
        Map<String, String> changed = new LinkedHashMap<>(thp);
        changed.put(file, value);
        return new MachineBlueprint(
                geometry, memoryBytes, changed, policies, safety, onPolicyFailure, limits, check, swap, mechanisms);
    }

    /**
     * The same with other policies.
     *
     * @param other one policy for every slot
     * @return the blueprint
     */
    public MachineBlueprint withPolicies(PolicySet other) {
        return new MachineBlueprint(
                geometry, memoryBytes, thp, other, safety, onPolicyFailure, limits, check, swap, mechanisms);
    }

    /**
     * The same with another answer to danger and failure.
     *
     * @param mode what happens to dangerous decisions
     * @param failure what happens to policies that fail
     * @return the blueprint
     */
    public MachineBlueprint withSafety(SafetyMode mode, FailureMode failure) {
        return new MachineBlueprint(
                geometry, memoryBytes, thp, policies, mode, failure, limits, check, swap, mechanisms);
    }

    /**
     * The same with other limits.
     *
     * @param other the limits
     * @return the blueprint
     */
    public MachineBlueprint withLimits(Limits other) {
        return new MachineBlueprint(
                geometry, memoryBytes, thp, policies, safety, onPolicyFailure, other, check, swap, mechanisms);
    }

    /**
     * The same with another swap device.
     *
     * @param other the device
     * @return the blueprint
     */
    public MachineBlueprint withSwap(Swap other) {
        return new MachineBlueprint(
                geometry, memoryBytes, thp, policies, safety, onPolicyFailure, limits, check, other, mechanisms);
    }

    /**
     * The same with another level of checking.
     *
     * @param level the level
     * @return the blueprint
     */
    public MachineBlueprint withCheck(CheckLevel level) {
        return new MachineBlueprint(
                geometry, memoryBytes, thp, policies, safety, onPolicyFailure, limits, level, swap, mechanisms);
    }

    /**
     * The same with other mechanisms.
     *
     * @param other the mechanisms
     * @return the blueprint
     */
    public MachineBlueprint withMechanisms(Mechanisms other) {
        return new MachineBlueprint(
                geometry, memoryBytes, thp, policies, safety, onPolicyFailure, limits, check, swap, other);
    }
}
