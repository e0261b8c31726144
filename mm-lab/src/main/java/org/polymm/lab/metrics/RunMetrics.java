package org.polymm.lab.metrics;

import java.util.Locale;
import java.util.Map;
import org.polymm.api.plugin.Slot;
import org.polymm.engine.frame.MthpStat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.frame.Work;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.policy.Decisions;
import org.polymm.engine.policy.SafetyMode;
import org.polymm.engine.policy.SafetyRule;
import org.polymm.engine.sync.LockClass;
import org.polymm.lab.cost.CostModel;
import org.polymm.lab.cost.Counters;
import org.polymm.lab.cost.UnitCost;
import org.polymm.lab.metrics.LevelSamples.Level;
import org.polymm.lab.replay.ReplayReport;
import org.polymm.lab.trace.Granularity;

/**
 * Reads the measurements of a finished run off its machine.
 *
 * @param machine the machine, after the last event
 * @param samples its levels during the run
 * @param baseline the levels of the same workload with base pages only, sampled at the same events
 * @param replay what was replayed
 * @param granularity what the workload can know
 * @param costs unit costs
 */
public record RunMetrics(
        Machine machine,
        LevelSamples samples,
        LevelSamples baseline,
        ReplayReport replay,
        Granularity granularity,
        CostModel costs) {

    private static final String FAULTS = "faults";
    private static final String WORK = "work";
    private static final String FOLIOS = "folios";
    private static final String MEMORY = "memory";
    private static final String SPLITS = "splits";
    private static final String MLOCK = "mlock";
    private static final String RECLAIM = "reclaim";
    private static final String LOCKS = "locks";
    private static final String POLICIES = "policies";
    private static final String ESTIMATE = "estimate";

    private static final long PAGE = 4096;

    private static final String NEEDS_ACCESSES = "depends on later accesses, and the workload knows first touches only";

    /** All measurements, in the order to show. */
    public Measurements measure() {
        Measurements all = new Measurements();
        faults(all);
        work(all);
        folios(all);
        memory(all);
        splits(all);
        mlock(all);
        reclaim(all);
        locks(all);
        policies(all);
        estimate(all);
        return all;
    }

    private void faults(Measurements all) {
        vmstat(all, FAULTS, VmstatItem.PGFAULT, "Page faults of all kinds.");
        vmstat(all, FAULTS, VmstatItem.PGMAJFAULT, "Faults that had to read from a file or from swap.");
        work(all, FAULTS, Work.ANON_FOLIOS, "First touches answered with a new anonymous folio.");
        work(all, FAULTS, Work.ZERO_PAGES_MAPPED, "First reads answered with the shared zero page, small or huge.");
        work(all, FAULTS, Work.COW_COPIES, "Write faults that copied.");
        vmstat(all, FAULTS, VmstatItem.PGREUSE, "Write faults that made the page writable again.");
        work(all, FAULTS, Work.FILE_FAULTS, "Faults on file mappings.");
        count(all, FAULTS, "refused_accesses", replay.refusedAccesses(), "Accesses that get the program a signal.");
        count(all, FAULTS, "unbacked_accesses", replay.unbackedAccesses(), "Accesses for which there was no memory.");
    }

    private void work(Measurements all) {
        bytes(
                all,
                WORK,
                "zeroed",
                machine.memory().vmstat().get(Work.ZEROED_PAGES) * PAGE,
                "Memory filled with zeroes.");
        bytes(all, WORK, "copied", machine.memory().vmstat().get(Work.COPIED_PAGES) * PAGE, "Memory copied.");
        work(all, WORK, Work.FORKED_PTES, "Page-table entries copied by fork.");
        work(all, WORK, Work.FORKED_PMDS, "PMD mappings shared by fork.");
        work(all, WORK, Work.ZAPPED_PTES, "Page-table entries cleared.");
        work(all, WORK, Work.ZAPPED_PMDS, "PMD mappings cleared.");
        work(all, WORK, Work.PROTECTED_PTES, "Page-table entries changed by mprotect.");
        work(all, WORK, Work.MOVED_PTES, "Page-table entries moved by mremap.");
        work(all, WORK, Work.MOVED_PMDS, "Tables and PMD mappings moved whole by mremap.");
        work(all, WORK, Work.FREED_FOLIOS, "Folios freed.");
        work(all, WORK, Work.RMAP_VISITS, "VMA and address pairs visited by reverse-map walks.");
    }

    private void folios(Measurements all) {
        for (int order = 2; order <= machine.blueprint().geometry().pmdOrder(); order++) {
            String size = " " + (4 << order) + "kB";
            count(
                    all,
                    FOLIOS,
                    "anon_fault_alloc" + size,
                    machine.memory().mthp().get(MthpStat.ANON_FAULT_ALLOC, order),
                    "First touches answered with a folio of this size.");
        }
        for (int order = 2; order <= machine.blueprint().geometry().pmdOrder(); order++) {
            String size = " " + (4 << order) + "kB";
            count(
                    all,
                    FOLIOS,
                    "anon_fault_fallback" + size,
                    machine.memory().mthp().get(MthpStat.ANON_FAULT_FALLBACK, order),
                    "First touches for which this size could not be had.");
        }
        vmstat(all, FOLIOS, VmstatItem.THP_FAULT_ALLOC, "Huge pages allocated by faults.");
        vmstat(all, FOLIOS, VmstatItem.THP_COLLAPSE_ALLOC, "Huge pages allocated to collapse into.");
        vmstat(all, FOLIOS, VmstatItem.THP_ZERO_PAGE_ALLOC, "Huge zero pages allocated.");
    }

    private void memory(Measurements all) {
        bytes(all, MEMORY, "anon_peak", samples.peak(Level.ANON_PAGES) * PAGE, "Mapped anonymous memory at its peak.");
        bytes(all, MEMORY, "used_peak", samples.peak(Level.USED_PAGES) * PAGE, "Memory that is not free, at its peak.");
        long anon = 0;
        long huge = 0;
        long waste = 0;
        long wastePeak = 0;
        for (int i = 0; i < samples.size(); i++) {
            anon += samples.get(i, Level.ANON_PAGES);
            huge += samples.get(i, Level.PMD_MAPPED)
                    << machine.blueprint().geometry().pmdOrder();
            long more = samples.get(i, Level.USED_PAGES) - baseline.get(i, Level.USED_PAGES);
            waste += more;
            wastePeak = Math.max(wastePeak, more);
        }
        put(
                all,
                MEMORY,
                "huge_coverage",
                Unit.PER_MILLE,
                anon == 0 ? 0 : huge * 1000 / anon,
                "Share of anonymous memory that PMD entries map, mean over the run.");
        bytes(
                all,
                MEMORY,
                "fragmentation_mean",
                samples.size() == 0 ? 0 : waste / samples.size() * PAGE,
                "Memory in use beyond what the workload needs with base pages: backed but never touched.");
        bytes(all, MEMORY, "fragmentation_peak", wastePeak * PAGE, "The same at its peak.");
        bytes(all, MEMORY, "page_tables_peak", samples.peak(Level.TABLE_PAGES) * PAGE, "Page tables at their peak.");
        count(all, MEMORY, "vmas_peak", samples.peak(Level.VMAS), "VMAs of all processes at their peak.");
    }

    private void splits(Measurements all) {
        vmstat(all, SPLITS, VmstatItem.THP_SPLIT_PMD, "PMD mappings replaced by page tables.");
        total(all, SPLITS, MthpStat.SPLIT, "Large folios split.");
        total(all, SPLITS, MthpStat.SPLIT_FAILED, "Large folios that could not be split.");
        total(all, SPLITS, MthpStat.SPLIT_DEFERRED, "Large folios queued for a deferred split.");
        count(
                all,
                SPLITS,
                "deferred_queue_peak",
                samples.peak(Level.DEFERRED),
                "Length of the deferred queue at its peak.");
    }

    private void mlock(Measurements all) {
        bytes(all, MLOCK, "nr_mlock_peak", samples.peak(Level.MLOCKED_PAGES) * PAGE, "mlocked folios at their peak.");
        vmstat(all, MLOCK, VmstatItem.UNEVICTABLE_PGS_MLOCKED, "Pages of folios that were mlocked.");
        vmstat(all, MLOCK, VmstatItem.UNEVICTABLE_PGS_MUNLOCKED, "Pages of folios that were munlocked.");
        vmstat(all, MLOCK, VmstatItem.UNEVICTABLE_PGS_STRANDED, "Pages that stayed unevictable without being mlocked.");
        vmstat(all, MLOCK, VmstatItem.UNEVICTABLE_PGS_CULLED, "Pages that went to the unevictable list.");
        vmstat(all, MLOCK, VmstatItem.UNEVICTABLE_PGS_RESCUED, "Pages that came back from the unevictable list.");
        level(
                all,
                MLOCK,
                "unevictable_mean",
                Level.UNEVICTABLE_PAGES,
                "Pages on the unevictable list, mean over the run.");
        level(
                all,
                MLOCK,
                "stranded_mean",
                Level.STRANDED_PAGES,
                "Pages on the unevictable list of whose folios no locked VMA maps any, mean over the run.");
        level(
                all,
                MLOCK,
                "locked_reclaimable_mean",
                Level.LOCKED_RECLAIMABLE,
                "Pages in locked VMAs whose folios are not mlocked, so that reclaim looks at them in vain.");
        level(
                all,
                MLOCK,
                "pin_hostages_mean",
                Level.PIN_HOSTAGES,
                "Pages that cannot be reclaimed because another page of their folio is pinned.");
    }

    private void reclaim(Measurements all) {
        reclaimed(
                all,
                "pgscan",
                "Pages looked at by reclaim.",
                VmstatItem.PGSCAN_DIRECT,
                VmstatItem.PGSCAN_KSWAPD,
                VmstatItem.PGSCAN_KHUGEPAGED,
                VmstatItem.PGSCAN_PROACTIVE);
        reclaimed(
                all,
                "pgsteal",
                "Pages reclaimed.",
                VmstatItem.PGSTEAL_DIRECT,
                VmstatItem.PGSTEAL_KSWAPD,
                VmstatItem.PGSTEAL_KHUGEPAGED,
                VmstatItem.PGSTEAL_PROACTIVE);
        reclaimed(all, "scanned_folios", "Folios looked at by reclaim.", Work.SCANNED_FOLIOS);
        reclaimed(all, "pgrefill", "Pages looked at on the active list.", VmstatItem.PGREFILL);
        reclaimed(all, "pgactivate", "Pages found in use, or not to be had, and made active.", VmstatItem.PGACTIVATE);
        reclaimed(all, "thp_swpout", "Huge pages swapped out whole.", VmstatItem.THP_SWPOUT);
        reclaimed(
                all,
                "thp_swpout_fallback",
                "Huge pages split because swap had no room for them.",
                VmstatItem.THP_SWPOUT_FALLBACK);
        reclaimed(all, "swapped_folios", "Folios of any size swapped out.", Work.SWAPPED_FOLIOS);
        reclaimed(all, "pswpout", "Pages swapped out.", VmstatItem.PSWPOUT);
        reclaimed(all, "pswpin", "Pages swapped in.", VmstatItem.PSWPIN);
    }

    private void reclaimed(Measurements all, String id, String help, VmstatItem... items) {
        long sum = 0;
        for (VmstatItem item : items) {
            sum += machine.memory().vmstat().get(item);
        }
        reclaimed(all, id, help, sum);
    }

    private void reclaimed(Measurements all, String id, String help, Work item) {
        reclaimed(all, id, help, machine.memory().vmstat().get(item));
    }

    /** Which pages reclaim takes depends on accesses; that it did not have to run at all does not. */
    private void reclaimed(Measurements all, String id, String help, long sum) {
        boolean known = granularity == Granularity.ACCESSES || sum == 0;
        all.put(
                new Metric(id, RECLAIM, Unit.COUNT, help),
                known ? MetricValue.of(sum) : MetricValue.notAvailable(NEEDS_ACCESSES));
    }

    private void locks(Measurements all) {
        for (LockClass lock : LockClass.values()) {
            count(all, LOCKS, lock.linuxName(), machine.sync().acquisitions(lock), "Acquisitions.");
        }
    }

    private void policies(Measurements all) {
        Decisions decisions = machine.policies().decisions();
        for (Slot slot : Slot.values()) {
            count(all, POLICIES, "asked " + slot.key(), decisions.asked(slot), "Decisions asked of the slot's policy.");
        }
        if (machine.blueprint().safety() == SafetyMode.ENFORCE) {
            for (SafetyRule rule : SafetyRule.values()) {
                long refused = decisions.refusals(rule);
                count(all, POLICIES, "refused " + rule.id(), refused, "Dangerous decisions that this rule refused.");
            }
        }
    }

    private void estimate(Measurements all) {
        Map<UnitCost.Group, Long> groups =
                costs.estimate(new Counters(machine.memory().vmstat(), replay.calls(), replay.vmaCalls()));
        long sum = 0;
        for (Map.Entry<UnitCost.Group, Long> group : groups.entrySet()) {
            put(
                    all,
                    ESTIMATE,
                    group.getKey().metric(),
                    Unit.NANOSECONDS,
                    group.getValue(),
                    "Estimated kernel time: " + group.getKey().name().toLowerCase(Locale.ROOT) + ".");
            sum += group.getValue();
        }
        put(all, ESTIMATE, "est_time", Unit.NANOSECONDS, sum, "Estimated kernel time in all.");
    }

    private void vmstat(Measurements all, String section, VmstatItem item, String help) {
        count(all, section, item.vmstatName(), machine.memory().vmstat().get(item), help);
    }

    private void work(Measurements all, String section, Work item, String help) {
        count(all, section, item.id(), machine.memory().vmstat().get(item), help);
    }

    private void level(Measurements all, String section, String id, Level level, String help) {
        bytes(all, section, id, samples.mean(level) * PAGE, help);
    }

    private void total(Measurements all, String section, MthpStat stat, String help) {
        count(all, section, stat.fileName(), machine.memory().mthp().total(stat), help);
    }

    private static void count(Measurements all, String section, String id, long value, String help) {
        put(all, section, id, Unit.COUNT, value, help);
    }

    private static void bytes(Measurements all, String section, String id, long value, String help) {
        put(all, section, id, Unit.BYTES, value, help);
    }

    private static void put(Measurements all, String section, String id, Unit unit, long value, String help) {
        all.put(new Metric(id, section, unit, help), value);
    }
}
