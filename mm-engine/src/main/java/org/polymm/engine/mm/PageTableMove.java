package org.polymm.engine.mm;

import org.polymm.api.collapse.TableMoveDecision;
import org.polymm.api.split.BoundaryCause;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.fault.MappingChanges;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.Work;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.policy.Decisions;
import org.polymm.engine.policy.TableMoveFacts;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.AnonVmas;
import org.polymm.engine.vma.FileMappings;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmaTable;

/**
 * Moves what maps the pages of a range to another range of the same address space: {@code move_page_tables}.
 *
 * <pre>
 *   PMDs of the source        |   ....xx|xxxxxxxx|xxx     |       x moved
 *   PMDs of the destination   |   ....xx|xxxxxxxx|xxx     |       same offset in the PMD: the middle moves as one table or huge entry
 *                             |.....xx  |  xxxxxx|xx...   |       another offset: entries one by one, huge entries are split
 * </pre>
 *
 * <p>If source and destination begin at the same offset in their PMDs and nothing else is mapped before them there, the first table moves as
 * a whole too. The kernel also moves whole PUD tables; here a PMD entry is the most, which moves the same pages.
 *
 * <p><b>Reverse-map walks</b> must find a page at its old place, its new place, or both. If the walk would visit the destination first, the
 * locks of the file and the anon_vma keep it away; whole tables are always moved under them.
 */
final class PageTableMove {

    /** What moves. Reused for every piece of the range. */
    static final class Move {
        final int from;
        final int to;
        final boolean needRmapLocks;
        long oldAddress;
        long newAddress;
        final long oldEnd;
        final long length;

        /**
         * A move.
         *
         * @param from the VMA of the source
         * @param to the VMA of the destination
         * @param oldAddress first address moved, in bytes
         * @param newAddress where it goes
         * @param length in bytes
         * @param needRmapLocks whether a walk could meet the destination first
         */
        Move(int from, int to, long oldAddress, long newAddress, long length, boolean needRmapLocks) {
            this.from = from;
            this.to = to;
            this.oldAddress = oldAddress;
            this.newAddress = newAddress;
            this.oldEnd = oldAddress + length;
            this.length = length;
            this.needRmapLocks = needRmapLocks;
        }
    }

    private final AddressSpaces spaces;
    private final MmTable mms;
    private final VmaTable vmas;
    private final AnonVmas anonVmas;
    private final FileMappings fileMappings;
    private final PageTables tables;
    private final Vmstat vmstat;
    private final Boundaries boundaries;
    private final Decisions decisions;
    private final TableMoveFacts facts;
    private final Sync sync;
    private final EventLog log;
    private final MappingChanges changes;

    PageTableMove(MmContext parts, Boundaries boundaries) {
        this.spaces = parts.spaces();
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        this.anonVmas = spaces.anonVmas();
        this.fileMappings = spaces.files();
        this.tables = parts.tables();
        this.vmstat = parts.memory().vmstat();
        this.boundaries = boundaries;
        this.decisions = parts.policies().decisions();
        this.facts = parts.policies().tableMove();
        this.sync = parts.sync();
        this.log = parts.log();
        this.changes = parts.changes();
    }

    /** Moves everything. The mmap lock is held for writing, both VMAs are locked for writing. */
    void run(Move move) {
        if (move.length == 0) {
            return;
        }
        realign(move);
        int mm = vmas.mm(move.from);
        int root = mms.pgd(mm);
        while (move.oldAddress < move.oldEnd) {
            long extent = extent(move);
            if (tables.pmd(root, move.oldAddress) != Pte.NONE) {
                piece(root, move, extent);
            }
            move.oldAddress += extent;
            move.newAddress += extent;
        }
        sync.point(Point.TLB_FLUSH, mm);
    }

    /** How far both addresses stay within one PMD entry each. */
    private long extent(Move move) {
        long left = tables.pmdEnd(move.oldAddress, move.oldEnd) - move.oldAddress;
        return tables.pmdEnd(move.newAddress, move.newAddress + left) - move.newAddress;
    }

    private void piece(int root, Move move, long extent) {
        tables.pmdTableAlloc(root, move.newAddress);
        boolean whole = extent == tables.pmdSize();
        while (true) {
            long entry = tables.pmd(root, move.oldAddress);
            if (Pte.isNone(entry)) {
                return;
            }
            if (!Pte.isTable(entry)) {
                if (whole && hugeEntry(root, move)) {
                    return;
                }
                boundaries.pmdSplit(move.from, move.oldAddress, BoundaryCause.MREMAP);
            } else if (whole && wholeTable(root, move)) {
                return;
            }
            if (tables.pmd(root, move.oldAddress) == Pte.NONE || entries(root, move, extent)) {
                return;
            }
        }
    }

    // ---- realigning

    /** Begins at the start of the PMD if that lets a whole table move, and nothing else is mapped in between. */
    private void realign(Move move) {
        long offset = move.oldAddress - tables.pmdStart(move.oldAddress);
        boolean same = offset == move.newAddress - tables.pmdStart(move.newAddress);
        if (offset != 0
                && same
                && move.length >= tables.pmdSize() - offset
                && nothingBelow(move.from, move.oldAddress)
                && nothingBelow(move.to, move.newAddress)) {
            move.oldAddress -= offset;
            move.newAddress -= offset;
        }
    }

    private boolean nothingBelow(int vma, long address) {
        return vmas.start(vma) == address
                && spaces.findIntersection(vmas.mm(vma), tables.pmdStart(address), address) == 0;
    }

    // ---- whole entries of PMD tables

    private boolean wholeTable(int root, Move move) {
        if (forgets(move.from)) {
            return false;
        }
        TableMoveDecision decision =
                decisions.onTableMove(facts.at(vmas.file(move.from) != 0, true, Pages.count(move.oldAddress)));
        if (decision == TableMoveDecision.MOVE_ENTRIES) {
            return false;
        }
        long seen = tables.peekPmd(root, move.oldAddress);
        lockRmap(move.from);
        int oldTable = tables.pmdTable(root, move.oldAddress);
        int newTable = tables.pmdTable(root, move.newAddress);
        lockBoth(oldTable, newTable);
        sync.point(Point.WRITE_PMD, (long) oldTable << 16 | tables.pmdIndex(move.oldAddress));
        long entry = tables.pmd(root, move.oldAddress);
        boolean moves = tables.pmd(root, move.newAddress) == Pte.NONE
                && (Pte.isTable(entry) || decision == TableMoveDecision.UNCHECKED);
        if (moves) {
            if (Pte.isTable(entry)) {
                tables.installLeaf(root, newTable, move.newAddress, tables.detachLeaf(root, oldTable, move.oldAddress));
            } else {
                vmstat.did(Work.MISTAKEN_TABLES, 1);
                tables.setPmd(root, oldTable, move.oldAddress, Pte.NONE);
                tables.installLeaf(root, newTable, move.newAddress, PageTables.tableOf(seen));
            }
            vmstat.did(Work.MOVED_PMDS, 1);
            if (log.isOn()) {
                log.record(EventKind.TABLE_MOVE, PageTables.tableOf(seen), move.oldAddress, move.newAddress);
            }
        }
        unlockBoth(oldTable, newTable);
        unlockRmap(move.from);
        return moves;
    }

    /** Moves a huge entry. Returns false if it is none any more, or the destination has a table already. */
    private boolean hugeEntry(int root, Move move) {
        if (move.needRmapLocks) {
            lockRmap(move.from);
        }
        int oldTable = tables.pmdTable(root, move.oldAddress);
        int newTable = tables.pmdTable(root, move.newAddress);
        lockBoth(oldTable, newTable);
        sync.point(Point.WRITE_PMD, (long) oldTable << 16 | tables.pmdIndex(move.oldAddress));
        long entry = tables.pmd(root, move.oldAddress);
        boolean moves = !Pte.isNone(entry) && !Pte.isTable(entry) && tables.pmd(root, move.newAddress) == Pte.NONE;
        if (moves) {
            tables.setPmd(root, oldTable, move.oldAddress, Pte.NONE);
            tables.setPmd(root, newTable, move.newAddress, forgets(move.from) ? unwatched(entry) : entry);
            vmstat.did(Work.MOVED_PMDS, 1);
        }
        unlockBoth(oldTable, newTable);
        if (move.needRmapLocks) {
            unlockRmap(move.from);
        }
        return moves;
    }

    private void lockBoth(int oldTable, int newTable) {
        tables.lockPmd(oldTable);
        if (newTable != oldTable) {
            sync.nestedLock(LockClass.PMD_LOCK, newTable);
        }
    }

    private void unlockBoth(int oldTable, int newTable) {
        if (newTable != oldTable) {
            tables.unlockPmd(newTable);
        }
        tables.unlockPmd(oldTable);
    }

    // ---- entries of leaf tables

    /** Moves entries one by one. Returns false if the table went away before its lock could be had. */
    private boolean entries(int root, Move move, long extent) {
        int newLeaf = tables.leafAlloc(root, move.newAddress);
        if (move.needRmapLocks) {
            lockRmap(move.from);
        }
        int oldLeaf = tables.lockLeaf(root, move.oldAddress);
        if (oldLeaf != 0) {
            if (newLeaf != oldLeaf) {
                sync.nestedLock(LockClass.PTL, newLeaf);
            }
            moveEntries(move, oldLeaf, newLeaf, (int) Pages.count(extent));
            if (newLeaf != oldLeaf) {
                tables.unlockLeaf(newLeaf);
            }
            tables.unlockLeaf(oldLeaf);
        }
        if (move.needRmapLocks) {
            unlockRmap(move.from);
        }
        return oldLeaf != 0;
    }

    private void moveEntries(Move move, int oldLeaf, int newLeaf, int count) {
        long[] oldRow = tables.row(oldLeaf);
        long[] newRow = tables.row(newLeaf);
        int oldIndex = tables.pteIndex(move.oldAddress);
        int newIndex = tables.pteIndex(move.newAddress);
        boolean watched = forgets(move.from);
        int moved = 0;
        for (int i = 0; i < count; i++) {
            long entry = oldRow[oldIndex + i];
            if (entry != Pte.NONE) {
                sync.point(Point.WRITE_PTE, (long) oldLeaf << 16 | oldIndex + i);
                entry = oldRow[oldIndex + i];
                oldRow[oldIndex + i] = Pte.NONE;
                newRow[newIndex + i] = watched ? unwatched(entry) : entry;
                moved++;
            }
        }
        vmstat.did(Work.MOVED_PTES, moved);
    }

    /** {@code vma_has_uffd_without_event_remap}. */
    private boolean forgets(int vma) {
        int context = vmas.uffd(vma);
        return context != 0 && !changes.wants(context, MappingChanges.Change.REMAP);
    }

    /** Who watched the old place with userfaultfd does not watch the new one: write-protection ends, and so do its markers. */
    private static long unwatched(long entry) {
        if (Pte.isMarker(entry)) {
            int kinds = Pte.markers(entry) & ~Pte.MARKER_UFFD_WP;
            return kinds == 0 ? Pte.NONE : Pte.marker(kinds);
        }
        return entry & ~Pte.UFFD_WP;
    }

    // ---- reverse-map locks

    private void lockRmap(int vma) {
        if (vmas.file(vma) != 0) {
            fileMappings.writeLock(vma);
        }
        if (vmas.anonVma(vma) != 0) {
            anonVmas.writeLock(vmas.anonVma(vma));
        }
    }

    private void unlockRmap(int vma) {
        if (vmas.anonVma(vma) != 0) {
            anonVmas.unlock(vmas.anonVma(vma));
        }
        if (vmas.file(vma) != 0) {
            fileMappings.unlock(vma);
        }
    }
}
