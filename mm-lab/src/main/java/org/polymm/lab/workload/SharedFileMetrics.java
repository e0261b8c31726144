package org.polymm.lab.workload;

import java.util.List;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.frame.Work;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;
import org.polymm.lab.cost.CostModel;
import org.polymm.lab.cost.StepCosts;
import org.polymm.lab.metrics.Measurements;
import org.polymm.lab.metrics.Metric;
import org.polymm.lab.metrics.MetricValue;
import org.polymm.lab.metrics.Unit;
import org.polymm.lab.timed.LockTimes;
import org.polymm.lab.timed.Role;
import org.polymm.lab.timed.Times;
import org.polymm.lab.timed.Way;

/** Runs {@link SharedFile} on a machine and says what came out. */
public final class SharedFileMetrics {

    /** The workload's name on a command line. */
    public static final String NAME = "shared-file";

    private static final String HUGE = "huge mappings";
    private static final String RETRACTION = "retraction";
    private static final String MMAP_LOCK = "mmap_lock";
    private static final String FAULTS = "faults";
    private static final String HELD = "lock hold times";
    private static final String WAITED = "lock wait times";
    private static final String TIME = "time";

    /**
     * How a retraction asks for an mmap_lock, by mode: while it walks the mappings of the file, and khugepaged for writing where it comes back to what
     * was deferred. For reading khugepaged also tries when it comes to a process, and holds nothing then.
     */
    private static final List<List<Way>> WAYS_OF_RETRACTION =
            List.of(List.of(Way.TRIED_UNDER_LOCK), List.of(Way.TRIED, Way.TRIED_UNDER_LOCK));

    private final Measurements all = new Measurements();
    private final SharedFile.Outcome outcome;
    private final LockTimes locks;
    private final Vmstat vmstat;

    private SharedFileMetrics(SharedFile.Outcome outcome, Vmstat vmstat) {
        this.outcome = outcome;
        this.locks = outcome.locks();
        this.vmstat = vmstat;
    }

    /**
     * Runs the workload.
     *
     * @param machine a new one, which this changes
     * @param costs unit costs of work
     * @param steps unit costs of steps
     * @param seed what the processes do
     * @return all measurements, in the order to show
     */
    public static Measurements measure(Machine machine, CostModel costs, StepCosts steps, long seed) {
        SharedFile.Outcome outcome = SharedFile.run(machine, costs, steps, seed);
        SharedFileMetrics metrics =
                new SharedFileMetrics(outcome, machine.memory().vmstat());
        metrics.huge();
        metrics.retraction();
        metrics.mmapLock();
        metrics.faults();
        metrics.locks();
        metrics.nanos(TIME, "run_time", outcome.time(), "Until the last task has ended.");
        return metrics.all;
    }

    private void huge() {
        count(
                HUGE,
                "collapsed_blocks",
                outcome.collapsedBlocks(),
                "Blocks of the file that are huge folios in the end.");
        count(
                HUGE,
                "huge_mappings",
                outcome.hugeMappings(),
                "Blocks that PMD entries map in the end, of all processes.");
        count(
                HUGE,
                "small_mappings",
                outcome.mappings() - outcome.hugeMappings(),
                "Blocks that page tables map, or nothing, in the end, of all processes.");
        String none = "no block was mapped by a PMD entry";
        spans(
                HUGE,
                "touch_to_huge",
                outcome.fromTouch(),
                "From the first access of a block by a process until a PMD entry maps it",
                none);
        spans(
                HUGE,
                "collapse_to_huge",
                outcome.fromCollapse(),
                "From the collapse of a block until a PMD entry of a process maps it",
                none);
    }

    private void retraction() {
        count(
                RETRACTION,
                Work.RETRACTED_TABLES.id(),
                vmstat.get(Work.RETRACTED_TABLES),
                "Page tables retracted and freed.");
        count(
                RETRACTION,
                Work.DEFERRED_RETRACTIONS.id(),
                vmstat.get(Work.DEFERRED_RETRACTIONS),
                "Page tables left for khugepaged to come back to.");
        count(
                RETRACTION,
                Work.RETRACTED_ENTRIES.id(),
                vmstat.get(Work.RETRACTED_ENTRIES),
                "Entries lost with their tables.");
        long tries = 0;
        long failures = 0;
        for (int mode = Sync.READ; mode <= Sync.WRITE; mode++) {
            for (Way way : WAYS_OF_RETRACTION.get(mode)) {
                tries += locks.tries(LockClass.MMAP_LOCK, Role.COLLAPSE, mode, way);
                failures += locks.failures(LockClass.MMAP_LOCK, Role.COLLAPSE, mode, way);
            }
        }
        count(RETRACTION, "mmap_lock_tries", tries, "How often a retraction tried for an mmap_lock, without waiting.");
        String none = "the retraction takes no mmap_lock";
        known(RETRACTION, "mmap_lock_busy", Unit.COUNT, failures, "How many of these tries failed.", tries != 0, none);
        known(
                RETRACTION,
                "mmap_lock_busy_share",
                Unit.PER_MILLE,
                tries == 0 ? 0 : failures * 1000 / tries,
                "Their share.",
                tries != 0,
                none);
        known(
                RETRACTION,
                "vma_lock_busy",
                Unit.COUNT,
                locks.failures(LockClass.VMA_LOCK, Role.COLLAPSE, Sync.WRITE, Way.TRIED_UNDER_LOCK),
                "Tries for the lock of a VMA that failed because a fault held it, where the mmap_lock could be had.",
                locks.tries(LockClass.VMA_LOCK, Role.COLLAPSE, Sync.WRITE, Way.TRIED_UNDER_LOCK) != 0,
                "the retraction locks no VMA");
        held(RETRACTION, "retract_write_hold", Sync.WRITE, true, "Retractions held an mmap_lock for writing");
        held(RETRACTION, "retract_read_hold", Sync.READ, true, "Retractions held an mmap_lock for reading");
    }

    private void mmapLock() {
        held(MMAP_LOCK, "collapse_write_hold", Sync.WRITE, false, "Collapses held an mmap_lock for writing otherwise");
        held(MMAP_LOCK, "collapse_read_hold", Sync.READ, false, "Collapses held an mmap_lock for reading otherwise");
        Times own = locks.held(LockClass.MMAP_LOCK, Role.PROGRAM, Sync.WRITE, Way.WAITED);
        pair(MMAP_LOCK, "programs_write_hold", own, "Programs held their own mmap_lock for writing");
        pair(
                MMAP_LOCK,
                "programs_wait",
                locks.waited(LockClass.MMAP_LOCK, Role.PROGRAM),
                "Programs waited for an mmap_lock");
        pair(
                MMAP_LOCK,
                "programs_wait_for_collapse",
                locks.waitedForCollapse(LockClass.MMAP_LOCK, Role.PROGRAM),
                "Of this, where a collapse held it");
        pair(
                MMAP_LOCK,
                "collapse_wait",
                locks.waited(LockClass.MMAP_LOCK, Role.COLLAPSE),
                "Collapses waited for an mmap_lock");
    }

    private void faults() {
        count(FAULTS, VmstatItem.PGFAULT.vmstatName(), vmstat.get(VmstatItem.PGFAULT), "Page faults of all kinds.");
        count(FAULTS, Work.FILE_FAULTS.id(), vmstat.get(Work.FILE_FAULTS), "Faults that mapped pages of the file.");
        count(
                FAULTS,
                "faults_after_collapse",
                outcome.faultsAfterCollapse(),
                "Accesses that found no entry although their block had been collapsed.");
        count(FAULTS, "unbacked_accesses", outcome.unbacked(), "Accesses for which there was no memory.");
    }

    private void locks() {
        for (LockClass of : LockClass.values()) {
            Times sum = new Times();
            for (Role role : Role.values()) {
                for (int mode = Sync.READ; mode <= Sync.WRITE; mode++) {
                    for (Way way : Way.values()) {
                        sum.addAll(locks.held(of, role, mode, way));
                    }
                }
            }
            nanos(HELD, "hold " + of.linuxName(), sum.total(), "All holds of such locks, added up.");
        }
        for (LockClass of : LockClass.values()) {
            Times sum = new Times();
            for (Role role : Role.values()) {
                sum.addAll(locks.waited(of, role));
            }
            nanos(WAITED, "wait " + of.linuxName(), sum.total(), "All waits for such locks, added up.");
        }
    }

    // ---- kinds of rows

    private void held(String section, String id, int mode, boolean retraction, String help) {
        Times sum = new Times();
        for (Way way : Way.values()) {
            if (WAYS_OF_RETRACTION.get(mode).contains(way) == retraction) {
                sum.addAll(locks.held(LockClass.MMAP_LOCK, Role.COLLAPSE, mode, way));
            }
        }
        pair(section, id, sum, help);
    }

    private void pair(String section, String id, Times times, String help) {
        nanos(section, id, times.total(), help + ": in all.");
        nanos(section, id + "_max", times.longest(), help + ": the longest.");
    }

    private void spans(String section, String id, Times times, String help, String none) {
        known(section, id + "_mean", Unit.NANOSECONDS, times.mean(), help + ": mean.", times.count() != 0, none);
        known(
                section,
                id + "_max",
                Unit.NANOSECONDS,
                times.longest(),
                help + ": the longest.",
                times.count() != 0,
                none);
    }

    private void known(String section, String id, Unit unit, long value, String help, boolean isKnown, String none) {
        all.put(new Metric(id, section, unit, help), isKnown ? MetricValue.of(value) : MetricValue.notAvailable(none));
    }

    private void count(String section, String id, long value, String help) {
        all.put(new Metric(id, section, Unit.COUNT, help), value);
    }

    private void nanos(String section, String id, long value, String help) {
        all.put(new Metric(id, section, Unit.NANOSECONDS, help), value);
    }
}
