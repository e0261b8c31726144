package org.polymm.lab.metrics;

import java.util.Arrays;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.vma.MmTable;

/**
 * Levels (things that go up and down) looked at again and again during a run, at the same events in every run of a
 * workload.
 *
 * <p>Used by one thread.
 */
public final class LevelSamples {
    /** What is sampled. */
    public enum Level {
        /** Frames that are not free. */
        USED_PAGES,
        /** Anonymous pages that are mapped anywhere, each once. */
        ANON_PAGES,
        /** Anonymous memory that PMD entries map, in PMD-sized units. */
        PMD_MAPPED,
        /** Page-table pages. */
        TABLE_PAGES,
        /** VMAs of all processes. */
        VMAS,
        /** Pages of mlocked folios. */
        MLOCKED_PAGES,
        /** Folios on the deferred-split queue. */
        DEFERRED,
        /** Pages on the unevictable list. */
        UNEVICTABLE_PAGES,
        /** Pages on the unevictable list of whose folios no locked VMA maps any. */
        STRANDED_PAGES,
        /** Pages present in locked VMAs whose folios are not mlocked: reclaim looks at them, in vain. */
        LOCKED_RECLAIMABLE,
        /** Pages that are not pinned, of folios that are. */
        PIN_HOSTAGES
    }

    private static final int LEVELS = Level.values().length;

    private long[] values = new long[64 * LEVELS];
    private int samples;
    private long vmas;
    private final LockedMemory locked = new LockedMemory();

    /** Looks at a machine. */
    public void take(Machine machine) {
        samples++;
        if (samples * LEVELS > values.length) {
            values = Arrays.copyOf(values, values.length * 2);
        }
        PhysicalMemory memory = machine.memory();
        set(Level.USED_PAGES, memory.frames().frameCount() - memory.buddy().freeFrames());
        set(Level.ANON_PAGES, memory.vmstat().get(VmstatItem.NR_ANON_PAGES));
        set(Level.PMD_MAPPED, memory.vmstat().get(VmstatItem.NR_ANON_TRANSPARENT_HUGEPAGES));
        set(Level.TABLE_PAGES, memory.vmstat().get(VmstatItem.NR_PAGE_TABLE_PAGES));
        set(Level.MLOCKED_PAGES, memory.vmstat().get(VmstatItem.NR_MLOCK));
        set(Level.DEFERRED, memory.deferred().length());
        MmTable mms = machine.spaces().mms();
        vmas = 0;
        mms.forEachLive(mm -> vmas += mms.mapCount(mm));
        set(Level.VMAS, vmas);
        locked.look(machine);
        set(Level.UNEVICTABLE_PAGES, memory.vmstat().get(VmstatItem.NR_UNEVICTABLE));
        set(Level.STRANDED_PAGES, locked.stranded());
        set(Level.LOCKED_RECLAIMABLE, locked.reclaimable());
        set(Level.PIN_HOSTAGES, locked.hostages());
    }

    private void set(Level level, long value) {
        values[(samples - 1) * LEVELS + level.ordinal()] = value;
    }

    /** How many samples there are. */
    public int size() {
        return samples;
    }

    /** A level in a sample, counted from 0. */
    public long get(int sample, Level level) {
        return values[sample * LEVELS + level.ordinal()];
    }

    /** The mean of a level, rounded down; 0 without samples. */
    public long mean(Level level) {
        long sum = 0;
        for (int i = 0; i < samples; i++) {
            sum += get(i, level);
        }
        return samples == 0 ? 0 : sum / samples;
    }

    /** The highest value of a level; 0 without samples. */
    public long peak(Level level) {
        long peak = 0;
        for (int i = 0; i < samples; i++) {
            peak = Math.max(peak, get(i, level));
        }
        return peak;
    }
}
