package org.polymm.engine.collapse;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.polymm.api.ScanResult;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.frame.Work;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.policy.Decisions;
import org.polymm.engine.policy.SafetyRule;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.FileMappings;
import org.polymm.engine.vma.MmLocks;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * The steps of one retraction, as a policy's procedure takes them. A step that breaks the protocol throws, and what a procedure leaves behind is
 * given up by {@link #finish}.
 *
 * <p>The engine keeps no promise on the procedure's behalf: a table is taken away with what is in it, and a PMD entry that is no table any more
 * is taken for one. Under {@code safety=enforce} both are refused; under {@code observe} what is lost is counted, and an invariant says so.
 */
final class Retraction implements Decisions.GuardedSteps {

    private final RetractionParts parts;
    private final Retractions owner;
    private final Sync sync;
    private final PageTables tables;
    private final VmaTable vmas;
    private final MmLocks locks;
    private final FileMappings mappings;
    private final boolean forced;
    private final int targetMm;
    private final long targetAddress;
    private final int deferredMm;
    private final long[] deferred;

    private int huge;
    private int file;
    private long first;
    private int next;
    private int vma;
    private long address;
    private boolean mappingLocked;
    private boolean ended;
    private int mmapLocked;
    private boolean mmapWrite;
    private boolean inNotifier;
    private int pmdTable;
    private boolean pmdLocked;
    private int seenTable;
    private int lockedTable;
    private boolean cleared;
    private int detached;
    private boolean inStep;
    private @Nullable ScanResult reported;

    private Retraction(
            RetractionParts parts,
            Retractions owner,
            boolean forced,
            int targetMm,
            long targetAddress,
            int deferredMm,
            long[] deferred) {
        this.parts = parts;
        this.owner = owner;
        this.sync = parts.sync();
        this.tables = parts.tables();
        this.vmas = parts.spaces().vmas();
        this.locks = parts.spaces().locks();
        this.mappings = parts.files().mappings();
        this.forced = forced;
        this.targetMm = targetMm;
        this.targetAddress = targetAddress;
        this.deferredMm = deferredMm;
        this.deferred = deferred;
    }

    /** Steps over the mappings of a block that was just collapsed. */
    static Retraction of(
            RetractionParts parts,
            Retractions owner,
            int huge,
            int file,
            long first,
            boolean forced,
            int mm,
            long address) {
        Retraction steps = new Retraction(parts, owner, forced, forced ? mm : 0, address, 0, new long[0]);
        steps.huge = huge;
        steps.file = file;
        steps.first = first;
        return steps;
    }

    /** Steps over ranges that were deferred; the mmap lock is held for writing. */
    static Retraction ofDeferred(RetractionParts parts, Retractions owner, int mm, long[] addresses) {
        return new Retraction(parts, owner, false, 0, 0, mm, addresses);
    }

    /** What the procedure reported of the target, or null. */
    @Nullable
    ScanResult reported() {
        return reported;
    }

    @Override
    public boolean isInStep() {
        return inStep;
    }

    // ---- the walk

    @Override
    public void lockMapping(LockMode mode) {
        require(!mappingLocked && deferredMm == 0, "took i_mmap_rwsem twice, or for deferred ranges");
        require(!pmdLocked && lockedTable == 0, "took i_mmap_rwsem inside a page-table lock");
        inStep = true;
        if (mode == LockMode.WRITE) {
            sync.writeLock(LockClass.I_MMAP, file);
        } else {
            sync.readLock(LockClass.I_MMAP, file);
        }
        inStep = false;
        mappingLocked = true;
        vma = 0;
        ended = false;
    }

    @Override
    public void unlockMapping() {
        require(mappingLocked, "released i_mmap_rwsem without holding it");
        leave();
        sync.unlock(LockClass.I_MMAP, file);
        mappingLocked = false;
    }

    @Override
    public boolean nextMapping() {
        require(mappingLocked || deferredMm != 0, "asked for a mapping without i_mmap_rwsem");
        require(!ended, "asked for a mapping after the last");
        leave();
        boolean found = deferredMm != 0 ? nextDeferred() : nextOfFile();
        ended = !found;
        return found;
    }

    private boolean nextOfFile() {
        vma = vma == 0 ? mappings.first(file, first, first) : mappings.next(vma, first, first);
        if (vma != 0) {
            address = vmas.start(vma) + (first - vmas.pgoff(vma) << 12);
        }
        return vma != 0;
    }

    /** Goes to the next deferred range that still can be collapsed, and takes the entries of the huge folio out of its table. */
    private boolean nextDeferred() {
        dropHuge();
        while (next < deferred.length) {
            address = deferred[next++];
            vma = parts.spaces().find(deferredMm, address);
            boolean suits = vma != 0 && vmas.file(vma) != 0 && vmas.start(vma) <= address;
            if (suits && step(this::isPrepared)) {
                return true;
            }
        }
        vma = 0;
        return false;
    }

    private boolean isPrepared() {
        huge = parts.ptes().lockedHuge(vmas.file(vma), vmas.pgoffAt(vma, address));
        boolean ready = huge != 0
                && fitsPmd()
                && parts.ptes().clearEntries(deferredMm, root(), vma, address, huge) == ScanResult.SUCCEED;
        if (!ready) {
            dropHuge();
        }
        return ready;
    }

    private void dropHuge() {
        if (deferredMm != 0 && huge != 0) {
            sync.unlock(LockClass.FOLIO_LOCK, huge);
            parts.memory().folios().put(huge, 1);
            huge = 0;
        }
    }

    /** Ends the work on a mapping. */
    private void leave() {
        require(!pmdLocked && lockedTable == 0, "went on while it held a page-table lock");
        require(mmapLocked == 0, "went on while it held an mmap_lock");
        require(!inNotifier, "went on inside a notification");
        require(detached == 0, "went on without freeing the table it had cleared");
        cleared = false;
        seenTable = 0;
    }

    // ---- what is known about a mapping

    @Override
    public boolean isKhugepaged() {
        return !forced;
    }

    @Override
    public boolean isTarget() {
        return vma != 0 && vmas.mm(vma) == targetMm && address == targetAddress;
    }

    @Override
    public boolean fitsPmd() {
        require(vma != 0, "asked about no mapping");
        return address == tables.pmdStart(address)
                && vmas.start(vma) <= address
                && address + tables.pmdSize() <= vmas.end(vma);
    }

    @Override
    public boolean readHasAnonVma() {
        readVma();
        return vmas.anonVma(vma) != 0;
    }

    @Override
    public boolean readUffdWriteProtect() {
        readVma();
        return vmas.has(vma, VmFlags.VM_UFFD_WP);
    }

    @Override
    public boolean readGuardRegions() {
        readVma();
        return vmas.has(vma, VmFlags.VM_MAYBE_GUARD);
    }

    @Override
    public boolean readMmExiting() {
        readVma();
        return !parts.spaces().mms().isLive(vmas.mm(vma));
    }

    private void readVma() {
        require(vma != 0, "asked about no mapping");
        inStep = true;
        sync.point(Point.READ_VMA, vma);
        inStep = false;
    }

    @Override
    public PmdState readPmd() {
        require(vma != 0, "asked about no mapping");
        inStep = true;
        long entry = pmdLocked ? tables.pmd(root(), address) : tables.peekPmd(root(), address);
        inStep = false;
        seenTable = Pte.isTable(entry) ? PageTables.tableOf(entry) : 0;
        if (entry == Pte.NONE) {
            return PmdState.NONE;
        }
        return seenTable != 0 ? PmdState.TABLE : Pte.isHuge(entry) ? PmdState.HUGE : PmdState.BAD;
    }

    private int root() {
        return parts.spaces().mms().pgd(vmas.mm(vma));
    }

    // ---- locks

    @Override
    public boolean tryLockMmap(LockMode mode) {
        require(vma != 0 && mmapLocked == 0 && deferredMm == 0, "took an mmap_lock twice, or of no mapping");
        int mm = vmas.mm(vma);
        boolean taken = step(() -> mode == LockMode.WRITE ? locks.tryWriteLock(mm) : locks.tryReadLock(mm));
        if (taken) {
            mmapLocked = mm;
            mmapWrite = mode == LockMode.WRITE;
        }
        return taken;
    }

    @Override
    public void unlockMmap() {
        require(mmapLocked != 0, "released an mmap_lock without holding it");
        require(!pmdLocked && lockedTable == 0, "released the mmap_lock inside a page-table lock");
        if (mmapWrite) {
            locks.writeUnlock(mmapLocked);
        } else {
            locks.readUnlock(mmapLocked);
        }
        mmapLocked = 0;
        mmapWrite = false;
    }

    @Override
    public boolean startVmaWrite() {
        require(isMmapWriteLocked(), "began to write a VMA without the mmap_lock held for writing");
        return step(() -> locks.tryStartWrite(vma));
    }

    private boolean isMmapWriteLocked() {
        return mmapWrite || deferredMm != 0;
    }

    @Override
    public void startNotifier() {
        require(vma != 0 && !inNotifier, "began a notification twice, or for no mapping");
        require(!pmdLocked && lockedTable == 0, "began a notification, which may sleep, under a page-table lock");
        inNotifier = true;
    }

    @Override
    public void endNotifier() {
        require(inNotifier, "ended a notification that it had not begun");
        require(!pmdLocked && lockedTable == 0, "ended a notification, which may sleep, under a page-table lock");
        inNotifier = false;
    }

    @Override
    public void lockPmd() {
        require(vma != 0 && !pmdLocked && lockedTable == 0, "took the PMD lock twice, or inside a page-table lock");
        pmdTable = tables.pmdTable(root(), address);
        require(pmdTable != 0, "took the lock of a PMD entry that it had not seen to be there");
        inStep = true;
        tables.lockPmd(pmdTable);
        inStep = false;
        pmdLocked = true;
    }

    @Override
    public void unlockPmd() {
        require(
                pmdLocked && lockedTable == 0,
                "released the PMD lock without holding it, or before the page-table lock");
        tables.unlockPmd(pmdTable);
        pmdLocked = false;
    }

    @Override
    public void lockTable() {
        require(vma != 0 && lockedTable == 0, "took the page-table lock twice");
        require(seenTable != 0, "took the lock of a page table without having seen one");
        inStep = true;
        sync.lock(LockClass.PTL, seenTable);
        inStep = false;
        lockedTable = seenTable;
    }

    @Override
    public void unlockTable() {
        require(lockedTable != 0, "released the page-table lock without holding it");
        sync.unlock(LockClass.PTL, lockedTable);
        lockedTable = 0;
    }

    // ---- clearing

    @Override
    public boolean isTableEmpty() {
        require(seenTable != 0, "looked into a page table without having seen one");
        if (lockedTable == 0) {
            inStep = true;
            for (int index = 0; index < tables.entries(); index++) {
                tables.peekIn(seenTable, address + ((long) index << 12));
            }
            inStep = false;
        }
        parts.memory().vmstat().did(Work.SCANNED_ENTRIES, tables.entries());
        return tables.isEmpty(seenTable);
    }

    @Override
    public boolean clearPmd() {
        require(pmdLocked, "cleared the PMD entry without the PMD lock");
        require(
                lockedTable != 0 || isMmapWriteLocked(),
                "cleared the PMD entry without the page-table lock and without the mmap_lock for writing");
        require(!cleared, "cleared the PMD entry twice");
        inStep = true;
        tables.writePmdPoint(pmdTable, address);
        inStep = false;
        long entry = tables.pmd(root(), address);
        boolean isTable = Pte.isTable(entry);
        boolean harmless = isTable && tables.isEmpty(PageTables.tableOf(entry));
        if (!harmless && parts.decisions().refuses(SafetyRule.TABLE_RETRACTED_WITH_ENTRIES)) {
            return false;
        }
        if (isTable) {
            detached = tables.detachLeaf(root(), pmdTable, address);
            parts.events().record(EventKind.RETRACT, detached, address, vmas.mm(vma));
        } else {
            parts.memory().vmstat().did(Work.MISTAKEN_TABLES, 1);
        }
        inStep = true;
        sync.point(Point.TLB_FLUSH, vmas.mm(vma));
        inStep = false;
        cleared = true;
        return true;
    }

    @Override
    public void freeTableDeferred() {
        free(false);
    }

    @Override
    public void freeTableNow() {
        free(true);
    }

    private void free(boolean now) {
        require(cleared, "freed a table that it had not cleared");
        require(!pmdLocked && lockedTable == 0, "freed a table under a page-table lock");
        if (detached != 0) {
            int table = detached;
            detached = 0;
            parts.memory().vmstat().did(Work.RETRACTED_ENTRIES, tables.lose(table));
            parts.memory().vmstat().did(Work.RETRACTED_TABLES, 1);
            if (now) {
                tables.freeTableNow(root(), table);
            } else {
                tables.freeTable(root(), table);
            }
        }
        cleared = false;
    }

    @Override
    public void installHugePmd() {
        require(
                pmdLocked && cleared,
                "installed a huge PMD entry without the PMD lock, or where it had not cleared one");
        if (tables.pmd(root(), address) == Pte.NONE) {
            parts.ptes().installLocked(vmas.mm(vma), root(), pmdTable, vma, address, huge);
        }
    }

    // ---- what is left to do

    @Override
    public void deferRetry() {
        require(vma != 0 && deferredMm == 0, "deferred no mapping, or a deferred one");
        if (owner.defer(vmas.mm(vma), address)) {
            parts.memory().vmstat().did(Work.DEFERRED_RETRACTIONS, 1);
        }
    }

    @Override
    public void reportTarget(ScanResult result) {
        require(isTarget(), "reported on a mapping that is not the target");
        reported = result;
    }

    // ---- the procedure's mistakes

    private boolean step(BooleanSupplier body) {
        inStep = true;
        boolean result = body.getAsBoolean();
        inStep = false;
        return result;
    }

    private static void require(boolean condition, String mistake) {
        if (!condition) {
            throw new IllegalStateException("it " + mistake);
        }
    }

    @Override
    public @Nullable String finish() {
        String left = lockedTable != 0
                ? "the page-table lock"
                : pmdLocked ? "the PMD lock" : mmapLocked != 0 ? "an mmap_lock" : mappingLocked ? "i_mmap_rwsem" : null;
        if (lockedTable != 0) {
            unlockTable();
        }
        if (pmdLocked) {
            unlockPmd();
        }
        inNotifier = false;
        boolean unfreed = detached != 0;
        if (detached != 0) {
            free(false);
        }
        if (mmapLocked != 0) {
            unlockMmap();
        }
        if (mappingLocked) {
            unlockMapping();
        }
        dropHuge();
        if (left != null) {
            return "it returned while it held " + left;
        }
        return unfreed ? "it returned without freeing a table that it had cleared" : null;
    }
}
