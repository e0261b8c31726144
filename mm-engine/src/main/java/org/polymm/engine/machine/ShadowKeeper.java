package org.polymm.engine.machine;

import java.util.ArrayList;
import java.util.List;
import org.polymm.engine.check.ShadowMarkers;
import org.polymm.engine.check.ShadowMemory;
import org.polymm.engine.gup.GupFlags;
import org.polymm.engine.gup.Pins;
import org.polymm.engine.mm.Mman;
import org.polymm.engine.mm.Uprobes;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * Tells the shadow model what the system calls mean, in its own terms. Only there when every operation is checked.
 *
 * <p>It looks at VMAs, which are checked by other means, and never at folios; at page tables only where a call means what is there. An operation that failed half way is told as
 * far as the VMAs show it.
 */
final class ShadowKeeper implements Uprobes.Changes {

    private static final long PAGE = Geometry.PAGE_SIZE;

    /** All that marks a page, or an entry without one. */
    private static final int ALL_KINDS =
            Pte.MARKER_GUARD | Pte.MARKER_POISON | Pte.MARKER_UFFD_WP | ShadowMarkers.FREED;

    private final ShadowMemory shadow;
    private final ShadowMarkers markers;
    private final AddressSpaces spaces;
    private final PageTables tables;
    private final VmaTable vmas;

    /** What breakpoints did to pages in the present call. */
    private final List<Change> changes = new ArrayList<>();

    private record Change(int mm, long address, int file, long page, boolean copied) {}

    ShadowKeeper(ShadowMemory shadow, ShadowMarkers markers, AddressSpaces spaces, PageTables tables) {
        this.shadow = shadow;
        this.markers = markers;
        this.spaces = spaces;
        this.tables = tables;
        this.vmas = spaces.vmas();
    }

    ShadowMemory shadow() {
        return shadow;
    }

    ShadowMarkers markers() {
        return markers;
    }

    void spawned(int mm) {
        shadow.begin(mm);
    }

    void ended(int mm) {
        shadow.end(mm);
        markers.end(mm);
    }

    /** A file was made; its handle may have been that of shared anonymous memory. */
    void created(int file) {
        shadow.renew(file);
    }

    void mapped(int mm, long address, long length, boolean newObject) {
        if (newObject) {
            shadow.renew(vmas.file(spaces.find(mm, address)));
        }
        unmap(mm, page(address), pages(length));
        areas(mm, address, address + roundUp(length));
    }

    /** Takes over how VMAs stand in a range of which the shadow knows nothing yet. */
    private void areas(int mm, long start, long end) {
        for (int vma = spaces.findIntersection(mm, start, end);
                vma != 0 && vmas.start(vma) < end;
                vma = spaces.next(vma)) {
            long from = Math.max(start, vmas.start(vma));
            long to = Math.min(end, vmas.end(vma));
            boolean shared = (vmas.flags(vma) & VmFlags.VM_SHARED) != 0;
            long objectPage = vmas.isAnonymous(vma) ? 0 : vmas.pgoffAt(vma, from);
            shadow.map(mm, page(from), (to - from) / PAGE, shared, vmas.file(vma), objectPage);
        }
    }

    /** A range lost its VMAs, all of them or as far as the call came. */
    void unmapped(int mm, long address, long length) {
        long end = address + roundUp(length);
        long at = address;
        for (int vma = spaces.findIntersection(mm, address, end);
                vma != 0 && vmas.start(vma) < end;
                vma = spaces.next(vma)) {
            if (vmas.start(vma) > at) {
                unmap(mm, page(at), (vmas.start(vma) - at) / PAGE);
            }
            at = vmas.end(vma);
        }
        if (at < end) {
            unmap(mm, page(at), (end - at) / PAGE);
        }
    }

    private void unmap(int mm, long page, long pages) {
        shadow.unmap(mm, page, pages);
        markers.clear(mm, page, pages, ALL_KINDS);
    }

    /** A stack grew, or the heap did: VMAs are there that the shadow has not heard of. */
    void grown(int mm, long address) {
        int vma = spaces.find(mm, address);
        if (vma == 0 || shadow.isMapped(mm, page(address))) {
            return;
        }
        long start = vmas.start(vma);
        long end = address + PAGE;
        while (end < vmas.end(vma) && !shadow.isMapped(mm, page(end))) {
            end += PAGE;
        }
        areas(mm, start, end);
    }

    /** A file got another size. All that was beyond it is gone, private copies and poison too, but for guards and write-protection. */
    void truncated(Files files, int file, long before) {
        long end = files.pages(file);
        if (end > before) {
            return;
        }
        // A huge page may reach beyond the end.
        long block = spaces.geometry().pmdPages();
        hole(files, file, end, (before + block - 1) / block * block);
        if (end == before) {
            return;
        }
        eachMapping(file, end, before, (mm, page, pages) -> {
            shadow.discard(mm, page, pages);
            markers.clear(mm, page, pages, Pte.MARKER_POISON);
        });
    }

    @Override
    public void changed(int mm, long address, int file, long page, boolean copied) {
        changes.add(new Change(mm, address, file, page, copied));
    }

    /** A call is over: takes over what breakpoints did to pages that are still mapped as they were. */
    void breakpointsChanged() {
        for (Change change : changes) {
            int vma = spaces.find(change.mm(), change.address());
            boolean isStill = vma != 0
                    && vmas.file(vma) == change.file()
                    && vmas.pgoffAt(vma, change.address()) == change.page()
                    && shadow.isMapped(change.mm(), page(change.address()));
            if (isStill && change.copied()) {
                shadow.settle(change.mm(), page(change.address()));
            } else if (isStill) {
                shadow.discard(change.mm(), page(change.address()), 1);
            }
        }
        changes.clear();
    }

    /** A hole was punched into a file. Private copies stay, and so do all markers. */
    void punched(Files files, int file, long offset, long length) {
        long first = page(offset);
        hole(files, file, first, first + pages(length));
    }

    /** Pages read as zeroes. Of those that left the page cache, devices keep what they had pinned. */
    private void hole(Files files, int file, long first, long end) {
        for (long index = first; index < end; index++) {
            shadow.punch(file, index, files.peekPage(file, index) != 0);
        }
    }

    /** Sees where processes show a part of a file. */
    private interface Shown {
        void at(int mm, long page, long pages);
    }

    private void eachMapping(int file, long first, long end, Shown shown) {
        for (int vma = spaces.files().first(file, first, end - 1);
                vma != 0;
                vma = spaces.files().next(vma, first, end - 1)) {
            long from = Math.max(first, vmas.pgoff(vma));
            long to = Math.min(end, vmas.pgoff(vma) + vmas.pages(vma));
            shown.at(vmas.mm(vma), page(vmas.start(vma)) + from - vmas.pgoff(vma), to - from);
        }
    }

    /** MADV_REMOVE works its way up as well, and stops at the first VMA that it cannot be done to. */
    private void removed(int mm, long address, long length, Files files) {
        long end = address + roundUp(length);
        for (int vma = spaces.findIntersection(mm, address, end);
                vma != 0
                        && vmas.start(vma) < end
                        && vmas.file(vma) != 0
                        && vmas.has(vma, VmFlags.VM_SHARED)
                        && vmas.has(vma, VmFlags.VM_MAYWRITE)
                        && !vmas.has(vma, VmFlags.VM_LOCKED);
                vma = spaces.next(vma)) {
            long from = Math.max(address, vmas.start(vma));
            long to = Math.min(end, vmas.end(vma));
            punched(files, vmas.file(vma), vmas.pgoffAt(vma, from) * PAGE, to - from);
        }
    }

    /** MADV_DONTNEED and guards work their way up, pass over holes, and stop at the first VMA that they are not meant for. */
    void advised(int mm, long address, long length, int advice, int result, Files files) {
        if (advice == Mman.MADV_REMOVE && address % PAGE == 0) {
            removed(mm, address, length, files);
        }
        if (advice == Mman.MADV_GUARD_REMOVE) {
            markers.clear(mm, page(address), pages(length), Pte.MARKER_GUARD);
        }
        boolean lazily = advice == Mman.MADV_FREE;
        boolean drops = lazily
                || advice == Mman.MADV_DONTNEED
                || advice == Mman.MADV_DONTNEED_LOCKED
                || advice == Mman.MADV_GUARD_INSTALL;
        if (!drops || result == -Errno.EINVAL && address % PAGE != 0) {
            return;
        }
        long forbidden = advice == Mman.MADV_DONTNEED_LOCKED ? 0 : VmFlags.VM_LOCKED;
        long end = address + roundUp(length);
        for (int vma = spaces.findIntersection(mm, address, end);
                vma != 0 && vmas.start(vma) < end && (vmas.flags(vma) & forbidden) == 0;
                vma = spaces.next(vma)) {
            long from = Math.max(address, vmas.start(vma));
            long pages = (Math.min(end, vmas.end(vma)) - from) / PAGE;
            int ended = Pte.MARKER_POISON | (vmas.isAnonymous(vma) ? Pte.MARKER_UFFD_WP : 0);
            markers.clear(mm, page(from), pages, lazily ? Pte.MARKER_UFFD_WP : ended | ShadowMarkers.FREED);
            if (lazily) {
                markers.mark(mm, page(from), pages, ShadowMarkers.FREED);
            }
            if (advice == Mman.MADV_GUARD_INSTALL && result != -Errno.EAGAIN) {
                markers.mark(mm, page(from), pages, Pte.MARKER_GUARD);
            }
            if (!lazily) {
                shadow.discard(mm, page(from), pages);
            } else if (vmas.isAnonymous(vma)) {
                shadow.mayDiscard(mm, page(from), pages);
            } else {
                return;
            }
        }
    }

    void forked(int parent, int child) {
        shadow.fork(parent, child);
        markers.fork(parent, child);
        for (int vma = spaces.first(parent); vma != 0; vma = spaces.next(vma)) {
            long flags = vmas.flags(vma);
            if ((flags & VmFlags.VM_DONTCOPY) != 0) {
                unmap(child, page(vmas.start(vma)), vmas.pages(vma));
            } else if ((flags & VmFlags.VM_WIPEONFORK) != 0) {
                shadow.discard(child, page(vmas.start(vma)), vmas.pages(vma));
                markers.clear(child, page(vmas.start(vma)), vmas.pages(vma), ALL_KINDS);
            }
        }
        watchChanged(child);
    }

    void moved(int mm, long from, long oldLength, long to, long newLength, boolean keepOld) {
        long moved = Math.min(roundUp(oldLength), roundUp(newLength));
        if (to != from) {
            shadow.move(mm, page(from), page(to), moved / PAGE, keepOld);
            markers.move(mm, page(from), page(to), moved / PAGE);
            watchChanged(mm);
        }
        if (!keepOld) {
            unmapped(mm, from, roundUp(oldLength));
        }
        if (roundUp(newLength) > moved) {
            markers.clear(mm, page(to + moved), (roundUp(newLength) - moved) / PAGE, ALL_KINDS);
            areas(mm, to + moved, to + roundUp(newLength));
        }
    }

    /** A move failed: VMAs before the one that could not be moved are moved all the same, and the destination of that one may be unmapped. */
    void movedInPart(int mm, long from, long oldLength, long to) {
        long end = roundUp(oldLength);
        long moved = 0;
        for (long at = 0; at < end; at += PAGE) {
            if (shadow.isMapped(mm, page(from + at))) {
                if (spaces.find(mm, from + at) != 0 || spaces.find(mm, to + at) == 0) {
                    break;
                }
                moved = at + PAGE;
            }
        }
        if (moved != 0) {
            shadow.move(mm, page(from), page(to), moved / PAGE, false);
            markers.move(mm, page(from), page(to), moved / PAGE);
            watchChanged(mm);
        }
        unmapped(mm, from, end);
        unmapped(mm, to, end);
    }

    void written(int mm, long address, long token) {
        grown(mm, address);
        shadow.write(mm, page(address), token);
        markers.clear(mm, page(address), 1, ShadowMarkers.FREED);
    }

    /** A page of a file was written by a call. */
    void writtenTo(int file, long index, long token) {
        shadow.writeObject(file, index, token);
    }

    /** userfaultfd filled pages; in private memory they are private pages from then on, whatever file is behind it. */
    void filled(int mm, long start, long bytes, long first, long step, boolean protects) {
        entered(mm, start, bytes, protects);
        for (long done = 0; done < bytes; done += PAGE) {
            shadow.write(mm, page(start + done), first + done / PAGE * step);
        }
    }

    /** userfaultfd mapped pages, in place of any marker. */
    void entered(int mm, long start, long bytes, boolean protects) {
        markers.clear(mm, page(start), Math.max(0, bytes) / PAGE, ALL_KINDS);
        if (protects) {
            markers.mark(mm, page(start), Math.max(0, bytes) / PAGE, Pte.MARKER_UFFD_WP);
        }
    }

    void poisoned(int mm, long start, long bytes) {
        markers.mark(mm, page(start), Math.max(0, bytes) / PAGE, Pte.MARKER_POISON);
    }

    /**
     * Pages were write-protected, as far as VMAs are watched for that. In VMAs that have markers that is all pages that are no guards and not
     * poisoned, and that MADV_FREE has not given up; in others it is those that the page tables show.
     *
     * @param marksAnonymous whether anonymous VMAs have markers
     */
    void writeProtected(int mm, long start, long length, boolean marksAnonymous) {
        long end = start + length;
        for (int vma = spaces.findIntersection(mm, start, end);
                vma != 0 && vmas.start(vma) < end && vmas.has(vma, VmFlags.VM_UFFD_WP);
                vma = spaces.next(vma)) {
            boolean all = marksAnonymous || !vmas.isAnonymous(vma);
            for (long at = Math.max(start, vmas.start(vma)); at < Math.min(end, vmas.end(vma)); at += PAGE) {
                boolean free = (markers.kinds(mm, page(at)) & ~Pte.MARKER_UFFD_WP) == 0;
                if (free && (all || Pte.isUffdWp(tables.lookup(spaces.mms().pgd(mm), at)))) {
                    markers.mark(mm, page(at), 1, Pte.MARKER_UFFD_WP);
                }
            }
        }
    }

    void unprotected(int mm, long start, long length) {
        markers.clear(mm, page(start), length / PAGE, Pte.MARKER_UFFD_WP);
    }

    /** VMAs may not be watched any more, or for something else. */
    void watchChanged(int mm) {
        markers.clearIf(mm, Pte.MARKER_UFFD_WP, page -> {
            int vma = spaces.find(mm, page * PAGE);
            return vma == 0 || !vmas.has(vma, VmFlags.VM_UFFD_WP);
        });
    }

    /** A stack may have grown under a range that was faulted in for somebody else. */
    void grownBy(int mm, long address, long length) {
        for (long at = address & -PAGE; at >= 0 && at < address + length && spaces.find(mm, at) != 0; at += PAGE) {
            grown(mm, at);
        }
    }

    /**
     * Pages were pinned. Of what is only referred to, and of pages that a short pin for reading finds and that are no anonymous memory of
     * the process (the zero page, a file's page in a private mapping), nothing is promised, so they are left out.
     */
    void pinned(Pins pins, int handle) {
        int flags = pins.flags(handle);
        if ((flags & GupFlags.PIN) == 0) {
            return;
        }
        boolean own = (flags & (GupFlags.WRITE | GupFlags.LONGTERM)) != 0;
        for (int index = 0; index < pins.pages(handle); index++) {
            long address = pins.start(handle) + index * PAGE;
            int vma = spaces.find(pins.mm(handle), address);
            boolean shared = (vmas.flags(vma) & VmFlags.VM_SHARED) != 0;
            if (own || shared || pins.isAnonymous(handle, index)) {
                shadow.pinned(handle, index, pins.mm(handle), page(address));
            }
        }
    }

    void released(int handle) {
        shadow.released(handle);
    }

    /** A process ended, and its pins with it. */
    void pinsEnded(Pins pins) {
        shadow.releasedAllBut(pins::isLive);
    }

    void deviceWrote(int handle, int index, long token) {
        shadow.deviceWrites(handle, index, token);
    }

    private static long page(long address) {
        return address / PAGE;
    }

    private static long roundUp(long length) {
        return length + PAGE - 1 & -PAGE;
    }

    private static long pages(long length) {
        return roundUp(length) / PAGE;
    }
}
