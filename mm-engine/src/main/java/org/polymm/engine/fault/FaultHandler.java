package org.polymm.engine.fault;

import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.mapping.PmdSplit;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Mechanism;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.MmLocks;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * Finds out what a fault is and who handles it: {@code do_user_addr_fault}, {@code handle_mm_fault}, {@code handle_pte_fault}. See the
 * package description.
 */
public final class FaultHandler {

    private final Sync sync;
    private final EventLog events;
    private final Frames frames;
    private final Vmstat vmstat;
    private final PageTables tables;
    private final AddressSpaces spaces;
    private final MmLocks locks;
    private final MmTable mms;
    private final VmaTable vmas;
    private final SwapIn swap;
    private final AnonymousFault anonymous;
    private final FileFault file;
    private final WriteProtectFault writeProtect;
    private final HugeWriteProtectFault hugeWriteProtect;
    private final PmdSplit pmdSplit;
    /** Whether every fault tries the lock of its VMA first. */
    private final boolean allUnderVmaLock;

    private final boolean anonymousUnderVmaLock;

    FaultHandler(
            FaultParts parts,
            AnonymousFault anonymous,
            FileFault file,
            WriteProtectFault writeProtect,
            HugeWriteProtectFault hugeWriteProtect) {
        sync = parts.sync();
        events = parts.events();
        frames = parts.memory().frames();
        vmstat = parts.memory().vmstat();
        tables = parts.tables();
        spaces = parts.spaces();
        locks = spaces.locks();
        mms = spaces.mms();
        vmas = spaces.vmas();
        swap = new SwapIn(parts);
        pmdSplit = parts.mappings().pmdSplit();
        allUnderVmaLock = parts.mechanisms().is(Mechanism.FAULT_VMA_LOCK, "all");
        anonymousUnderVmaLock = parts.mechanisms().is(Mechanism.FAULT_VMA_LOCK, "anonymous");
        this.anonymous = anonymous;
        this.file = file;
        this.writeProtect = writeProtect;
        this.hugeWriteProtect = hugeWriteProtect;
    }

    // ---- from the processor

    /**
     * Handles a fault of a program. No lock may be held, and none is when it returns.
     *
     * @param mm the address space
     * @param address that was accessed, in bytes
     * @param access {@link MemoryAccess#READ}, {@link MemoryAccess#WRITE} or {@link MemoryAccess#EXEC}
     * @return {@link FaultResult#DONE}, {@link FaultResult#SIGSEGV}, {@link FaultResult#SIGBUS} or {@link FaultResult#OOM}
     */
    public int fault(int mm, long address, int access) {
        events.record(EventKind.FAULT, mm, address, access);
        locks.lookupPoint(mm);
        int vma = spaces.find(mm, address);
        if (vma != 0 && (allUnderVmaLock || mayUseVmaLock(vma)) && locks.tryStartRead(vma)) {
            return faultUnderVmaLock(mm, vma, address, access);
        }
        vmstat.increment(vma == 0 ? VmstatItem.VMA_LOCK_MISS : VmstatItem.VMA_LOCK_ABORT);
        return faultUnderMmapLock(mm, address, access);
    }

    private boolean mayUseVmaLock(int vma) {
        sync.touch(Point.READ_VMA, vma);
        return anonymousUnderVmaLock && vmas.isAnonymous(vma) && vmas.anonVma(vma) != 0;
    }

    private int faultUnderVmaLock(int mm, int vma, long address, int access) {
        if (vmas.mm(vma) != mm || !vmas.contains(vma, address)) {
            locks.endRead(vma);
            vmstat.increment(VmstatItem.VMA_LOCK_MISS);
            return faultUnderMmapLock(mm, address, access);
        }
        if (isForbidden(vmas.flags(vma), access)) {
            locks.endRead(vma);
            vmstat.increment(VmstatItem.VMA_LOCK_SUCCESS);
            return FaultResult.SIGSEGV;
        }
        int result = handle(mm, vma, address, flagsOf(access) | FaultFlags.VMA_LOCK);
        if (result == FaultResult.RETRY) {
            vmstat.increment(VmstatItem.VMA_LOCK_RETRY);
            return faultUnderMmapLock(mm, address, access);
        }
        locks.endRead(vma);
        vmstat.increment(VmstatItem.VMA_LOCK_SUCCESS);
        return result;
    }

    private int faultUnderMmapLock(int mm, long address, int access) {
        int flags = flagsOf(access);
        while (true) {
            int vma = lockMmAndFindVma(mm, address);
            if (vma == 0) {
                return FaultResult.SIGSEGV;
            }
            if (isForbidden(vmas.flags(vma), access)) {
                locks.readUnlock(mm);
                return FaultResult.SIGSEGV;
            }
            int result = handle(mm, vma, address, flags);
            if (result != FaultResult.RETRY) {
                locks.readUnlock(mm);
                return result;
            }
            flags |= FaultFlags.TRIED;
        }
    }

    /** Finds the VMA of an address under the mmap lock, and extends a stack down to it. Without a VMA the lock is not held. */
    private int lockMmAndFindVma(int mm, long address) {
        locks.readLock(mm);
        int vma = spaces.findOrAbove(mm, address);
        if (vma != 0 && vmas.start(vma) <= address) {
            return vma;
        }
        locks.readUnlock(mm);
        return vma != 0 && vmas.has(vma, VmFlags.VM_GROWSDOWN) ? lockMmAndGrowStack(mm, address) : 0;
    }

    private int lockMmAndGrowStack(int mm, long address) {
        locks.writeLock(mm);
        int vma = spaces.findOrAbove(mm, address);
        if (vma == 0 || vmas.start(vma) > address && spaces.expandDownwards(vma, address) < 0) {
            locks.writeUnlock(mm);
            return 0;
        }
        locks.downgrade(mm);
        return vma;
    }

    /** What x86-64 checks against the VMA: writes and fetches need their own right, a read needs any. */
    private static boolean isForbidden(long vmFlags, int access) {
        long need = access == MemoryAccess.WRITE
                ? VmFlags.VM_WRITE
                : access == MemoryAccess.EXEC ? VmFlags.VM_EXEC : VmFlags.VM_ACCESS_FLAGS;
        return (vmFlags & need) == 0;
    }

    private static int flagsOf(int access) {
        return access == MemoryAccess.WRITE ? FaultFlags.WRITE : access == MemoryAccess.EXEC ? FaultFlags.EXEC : 0;
    }

    // ---- with a VMA

    /**
     * Handles a fault in a VMA that is locked: {@code handle_mm_fault}. For whoever populates or pins memory, too.
     *
     * @param mm the address space
     * @param vma the VMA that contains the address and allows the access
     * @param address in bytes
     * @param flags see {@link FaultFlags}; tell which lock is held
     * @return a {@link FaultResult}; the lock is still held unless it is {@link FaultResult#RETRY}
     */
    public int handle(int mm, int vma, long address, int flags) {
        int effective = (flags & FaultFlags.UNSHARE) != 0 && !VmFlags.isCow(vmas.flags(vma))
                ? flags & ~FaultFlags.UNSHARE
                : flags;
        int result = dispatch(mm, vma, address, effective);
        if (result != FaultResult.RETRY) {
            vmstat.increment(VmstatItem.PGFAULT);
        }
        return result;
    }

    private int dispatch(int mm, int vma, long address, int flags) {
        int root = mms.pgd(mm);
        if (tables.peekLeaf(root, address) == 0) {
            int result = withoutLeaf(mm, vma, root, address, flags);
            if (result != FaultResult.FALLBACK) {
                return result;
            }
        }
        long entry = tables.peek(root, address);
        if (entry == Pte.NONE) {
            return missing(mm, vma, root, address, flags, entry);
        }
        return Pte.isPresent(entry)
                ? present(mm, vma, root, address, flags, entry)
                : absent(mm, vma, root, address, flags, entry);
    }

    /** There is no leaf table: a PMD entry that is none, or a huge one. */
    private int withoutLeaf(int mm, int vma, int root, long address, int flags) {
        tables.pmdTableAlloc(root, address);
        long entry = tables.peekPmd(root, address);
        if (entry == Pte.NONE) {
            return vmas.isAnonymous(vma)
                    ? anonymous.fault(mm, vma, root, address, flags, Pte.NONE, true)
                    : FaultResult.FALLBACK;
        }
        if (Pte.isTable(entry)) {
            return FaultResult.FALLBACK;
        }
        if (Pte.isMigration(entry)) {
            return waitForMigration(entry);
        }
        if ((flags & (FaultFlags.WRITE | FaultFlags.UNSHARE)) != 0 && !Pte.isWritable(entry)) {
            return vmas.isAnonymous(vma)
                    ? hugeWriteProtect.fault(mm, vma, root, address, flags, entry)
                    : unmapHugeOfFile(vma, address);
        }
        return hugeSetAccessed(root, address, flags, entry);
    }

    /** {@code wp_huge_pmd} of a file: the entry goes, and the page that is written gets one of its own. */
    private int unmapHugeOfFile(int vma, long address) {
        pmdSplit.split(vma, address);
        return FaultResult.FALLBACK;
    }

    private int hugeSetAccessed(int root, long address, int flags, long entry) {
        int pmdTable = tables.pmdTable(root, address);
        tables.lockPmd(pmdTable);
        tables.writePmdPoint(pmdTable, address);
        if (tables.pmd(root, address) == entry) {
            long bits = Pte.ACCESSED | ((flags & FaultFlags.WRITE) != 0 ? Pte.DIRTY : 0);
            tables.setPmd(root, pmdTable, address, entry | bits);
        }
        tables.unlockPmd(pmdTable);
        return FaultResult.DONE;
    }

    private int missing(int mm, int vma, int root, long address, int flags, long entry) {
        return vmas.isAnonymous(vma)
                ? anonymous.fault(mm, vma, root, address, flags, entry, false)
                : file.fault(mm, vma, root, address, flags, entry);
    }

    /** An entry that is not present and not none. */
    private int absent(int mm, int vma, int root, long address, int flags, long entry) {
        if (Pte.isSwap(entry)) {
            return swapIn(mm, vma, root, address, flags, entry);
        }
        if (Pte.isMigration(entry)) {
            return waitForMigration(entry);
        }
        int markers = Pte.markers(entry);
        if ((markers & Pte.MARKER_POISON) != 0) {
            return FaultResult.SIGBUS;
        }
        if ((markers & Pte.MARKER_GUARD) != 0) {
            return FaultResult.SIGSEGV;
        }
        return vmas.has(vma, VmFlags.VM_UFFD_WP)
                ? missing(mm, vma, root, address, flags, entry)
                : clearMarker(root, address, entry);
    }

    /**
     * Brings back what an entry that is not present stands for, as a collapse does: {@code do_swap_page}. Counted as no fault, but where a
     * page is read as a major one. The mmap lock is held for reading.
     *
     * @param mm the address space
     * @param vma the VMA
     * @param address the entry's, in bytes
     * @param entry the entry that was found, without the page-table lock
     * @return {@link FaultResult#DONE}, also if the entry is another one by now; {@link FaultResult#RETRY} with the mmap lock dropped, if
     *     somebody had the folio locked; else why not
     */
    public int bringBack(int mm, int vma, long address, long entry) {
        return absent(mm, vma, mms.pgd(mm), address, FaultFlags.RETRY_IF_LOCKED, entry);
    }

    private int swapIn(int mm, int vma, int root, long address, int flags, long entry) {
        int result = swap.fault(mm, vma, address, flags, entry);
        if (result != FaultResult.FALLBACK) {
            return result;
        }
        long now = tables.peek(root, address);
        return Pte.isPresent(now) ? present(mm, vma, root, address, flags, now) : FaultResult.DONE;
    }

    /** A userfaultfd marker in a VMA that is no longer registered: erased, and the access tried again. */
    private int clearMarker(int root, long address, long entry) {
        int leaf = tables.lockLeaf(root, address);
        if (leaf != 0) {
            tables.writePoints(leaf, address, 1);
            long[] row = tables.row(leaf);
            if (row[tables.pteIndex(address)] == entry) {
                row[tables.pteIndex(address)] = Pte.NONE;
            }
            tables.unlockLeaf(leaf);
        }
        return FaultResult.DONE;
    }

    /** Waits until the folio is unlocked, which is when its migration or split is over. */
    private int waitForMigration(long entry) {
        int head = frames.head(Pte.pfn(entry));
        sync.lock(LockClass.FOLIO_LOCK, head);
        sync.unlock(LockClass.FOLIO_LOCK, head);
        return FaultResult.DONE;
    }

    private int present(int mm, int vma, int root, long address, int flags, long entry) {
        int leaf = tables.lockLeaf(root, address);
        if (leaf == 0) {
            return FaultResult.DONE;
        }
        tables.writePoints(leaf, address, 1);
        long[] row = tables.row(leaf);
        int index = tables.pteIndex(address);
        if (row[index] != entry) {
            tables.unlockLeaf(leaf);
            return FaultResult.DONE;
        }
        if ((flags & (FaultFlags.WRITE | FaultFlags.UNSHARE)) != 0 && !Pte.isWritable(entry)) {
            return writeProtect.fault(mm, vma, root, leaf, address, flags, entry);
        }
        row[index] = entry | Pte.ACCESSED | ((flags & FaultFlags.WRITE) != 0 ? Pte.DIRTY : 0);
        tables.unlockLeaf(leaf);
        return FaultResult.DONE;
    }
}
