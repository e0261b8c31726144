package org.polymm.engine.policy;

import org.polymm.engine.frame.Contents;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.ThpSettings;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.VmaTable;

/**
 * A machine's way to its policies: the decisions, the counters of the mapcount scheme, and one reusable view for each kind of call.
 *
 * <p>Each view is one object, overwritten by the next call of its kind. A decision never leads to another of the same kind before it is
 * answered, so one is enough.
 */
public final class PolicyGateway {

    private final Decisions decisions;
    private final FolioMapcounts mapcounts;
    private final PolicyMemories memories;
    private final ThpFacts thp;
    private final AnonFaultFacts anonFault;
    private final WriteFaultFacts writeFault;
    private final MlockWalkFacts mlockWalk;
    private final MlockWalkFacts rmapChange;
    private final BoundaryFacts boundary;
    private final DeferredFacts deferred;
    private final DeferredScanFacts deferredScan;
    private final ReclaimFacts reclaim;
    private final LockedWalkFacts lockedWalk;
    private final LongTermPinFacts longTermPin;
    private final TableMoveFacts tableMove = new TableMoveFacts();
    private final RelocationFacts relocation;
    private final CollapseFacts collapse;

    /**
     * Connects a machine to its policies.
     *
     * @param space where counters and policy memory live
     * @param geometry the shape of page tables
     * @param sync whose decision guard is closed around every call
     * @param frames the frames
     * @param folios the folios
     * @param contents what is in memory
     * @param vmas the VMAs
     * @param settings the transparent huge page settings
     * @param set one policy for every slot
     * @param safety what happens to dangerous decisions
     * @param failureMode what happens to policies that fail
     * @param walks facts that only an rmap walk can give
     */
    public PolicyGateway(
            StateSpace space,
            Geometry geometry,
            Sync sync,
            Frames frames,
            Folios folios,
            Contents contents,
            VmaTable vmas,
            ThpSettings settings,
            PolicySet set,
            SafetyMode safety,
            FailureMode failureMode,
            FolioMapcounts.Walks walks) {
        decisions = new Decisions(space, sync, set, safety, failureMode);
        mapcounts = new FolioMapcounts(space, frames, sync, decisions, set.mapcount(), walks);
        memories = new PolicyMemories(space, set);
        thp = new ThpFacts(settings, geometry, vmas);
        anonFault = new AnonFaultFacts(new VmaFacts(vmas), thp, memories);
        writeFault = new WriteFaultFacts(
                frames, vmas, geometry, new VmaFacts(vmas), new FolioFacts(frames, mapcounts), thp, memories);
        mlockWalk = new MlockWalkFacts(vmas, new VmaFacts(vmas), new FolioFacts(frames, mapcounts), memories);
        rmapChange = new MlockWalkFacts(vmas, new VmaFacts(vmas), new FolioFacts(frames, mapcounts), memories);
        boundary = new BoundaryFacts(vmas, new VmaFacts(vmas), new FolioFacts(frames, mapcounts), memories);
        deferred = new DeferredFacts(new FolioFacts(frames, mapcounts), thp);
        deferredScan = new DeferredScanFacts(frames, contents, new FolioFacts(frames, mapcounts), thp);
        reclaim = new ReclaimFacts(new FolioFacts(frames, mapcounts));
        lockedWalk = new LockedWalkFacts(frames, vmas, new VmaFacts(vmas), new FolioFacts(frames, mapcounts), memories);
        longTermPin = new LongTermPinFacts(new VmaFacts(vmas), new FolioFacts(frames, mapcounts));
        relocation = new RelocationFacts(vmas, new VmaFacts(vmas), memories);
        collapse = new CollapseFacts(frames, folios, mapcounts, sync, new VmaFacts(vmas), thp, memories);
    }

    /** {@return the checked questions} */
    public Decisions decisions() {
        return decisions;
    }

    /** {@return the mapcount scheme's counters and questions} */
    public FolioMapcounts mapcounts() {
        return mapcounts;
    }

    /** {@return what policies remember} */
    public PolicyMemories memories() {
        return memories;
    }

    /** {@return the view of a first touch} */
    public AnonFaultFacts anonFault() {
        return anonFault;
    }

    /** {@return the view of a write fault} */
    public WriteFaultFacts writeFault() {
        return writeFault;
    }

    /** {@return the view of an mlock walk} */
    public MlockWalkFacts mlockWalk() {
        return mlockWalk;
    }

    /** {@return the view of a batch mapped into or unmapped from a VM_LOCKED VMA} */
    public MlockWalkFacts rmapChange() {
        return rmapChange;
    }

    /** {@return the view of a cut folio} */
    public BoundaryFacts boundary() {
        return boundary;
    }

    /** {@return the view of a candidate for the deferred split queue} */
    public DeferredFacts deferred() {
        return deferred;
    }

    /** {@return the view of a folio that the deferred split queue's scan took} */
    public DeferredScanFacts deferredScan() {
        return deferredScan;
    }

    /** {@return the view of a large folio that reclaim picked} */
    public ReclaimFacts reclaim() {
        return reclaim;
    }

    /** {@return the view of a walk of reclaim in a VM_LOCKED VMA} */
    public LockedWalkFacts lockedWalk() {
        return lockedWalk;
    }

    /** {@return the view of a long-term pin} */
    public LongTermPinFacts longTermPin() {
        return longTermPin;
    }

    /** {@return the view of a table that mremap moves} */
    public TableMoveFacts tableMove() {
        return tableMove;
    }

    /** {@return the view of a range that mremap moves} */
    public RelocationFacts relocation() {
        return relocation;
    }

    /** {@return the view of a range that could be collapsed} */
    public CollapseFacts collapse() {
        return collapse;
    }
}
