package org.polymm.engine.frame;

import org.polymm.engine.event.EventLog;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.Sync;

/** The parts of this package, put together for one machine. */
public final class PhysicalMemory {

    private final Frames frames;
    private final BuddyAllocator buddy;
    private final Folios folios;
    private final Contents contents;
    private final Vmstat vmstat;
    private final MthpStats mthp;
    private final ThpSettings thp;

    /**
     * Memory of a machine, all of it free.
     *
     * @param frameCount frames of 4 KiB, at least four blocks of the PMD order and at most 2^28
     * @param withContents whether to keep what is in memory, a token a page
     */
    public PhysicalMemory(
            StateSpace space, Geometry geometry, int frameCount, boolean withContents, Sync sync, EventLog events) {
        vmstat = new Vmstat(space);
        mthp = new MthpStats(space, geometry);
        thp = new ThpSettings(space, geometry);
        contents = new Contents(space, sync, withContents ? frameCount : 0);
        frames = new Frames(space, sync, geometry, frameCount);
        buddy = new BuddyAllocator(space, geometry, frames, vmstat, sync, events);
        folios = new Folios(space, geometry, frames, buddy, vmstat, mthp, thp, contents, sync, events);
    }

    public Frames frames() {
        return frames;
    }

    public BuddyAllocator buddy() {
        return buddy;
    }

    public Folios folios() {
        return folios;
    }

    public LruLists lru() {
        return folios.lru();
    }

    public MlockBatch mlock() {
        return folios.lru().mlock();
    }

    public DeferredSplitQueue deferred() {
        return folios.deferred();
    }

    public Contents contents() {
        return contents;
    }

    public Vmstat vmstat() {
        return vmstat;
    }

    public MthpStats mthp() {
        return mthp;
    }

    public ThpSettings thp() {
        return thp;
    }
}
