package org.polymm.engine.gup;

import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/** Takes and drops pins and references, and knows which pages may be pinned as they are. */
final class PageGrabs {

    private final Sync sync;
    private final Frames frames;
    private final Folios folios;
    private final VmaTable vmas;

    PageGrabs(GupParts parts) {
        sync = parts.sync();
        frames = parts.memory().frames();
        folios = parts.memory().folios();
        vmas = parts.spaces().vmas();
    }

    /** Takes pins or references of pages of one folio: {@code try_grab_folio}. The zero pages are not counted. */
    void grab(int head, int count, int flags) {
        if (GupFlags.has(flags, GupFlags.PIN)) {
            folios.pin(head, count);
        } else if (!frames.test(head, Frames.RESERVED)) {
            frames.addRefs(head, count);
        }
    }

    /** Drops what {@link #grab} took. */
    void drop(int head, int count, int flags) {
        sync.point(Point.WRITE_COUNT, head);
        if (GupFlags.has(flags, GupFlags.PIN)) {
            folios.unpin(head, count);
        } else if (!frames.test(head, Frames.RESERVED)) {
            folios.put(head, count);
        }
    }

    /** Drops the first pages of a list, each page on its own but runs of one folio together. */
    void dropAll(long[] pages, int count, int flags) {
        int at = 0;
        while (at < count) {
            int head = frames.head((int) pages[at]);
            int run = 1;
            while (at + run < count && frames.head((int) pages[at + run]) == head) {
                run++;
            }
            drop(head, run, flags);
            at += run;
        }
    }

    /**
     * A device may have written these pages, past every entry's dirty bit: {@code unpin_user_pages_dirty_lock}. Who pins for long, as io_uring
     * does its buffers, does not say so when it lets go; for most pages that makes no difference, but one that was lazily freed meanwhile is
     * clean then, and is dropped.
     */
    void markDirty(long[] pages, int count, boolean longTerm) {
        for (int at = 0; at < count; at++) {
            int head = frames.head((int) pages[at]);
            boolean lazilyFreed = frames.test(head, Frames.ANON) && !frames.test(head, Frames.SWAPBACKED);
            if (!longTerm || !lazilyFreed) {
                frames.setFlags(head, Frames.DIRTY);
            }
        }
    }

    /**
     * Whether a page behind a read-only entry must be made exclusive before it is pinned: {@code gup_must_unshare}.
     *
     * @param vma the VMA; 0 if it is not known, which is answered with care
     * @param page the page; the head, behind a huge entry
     */
    boolean mustUnshare(int vma, int flags, int page) {
        if (!GupFlags.has(flags, GupFlags.PIN) || GupFlags.has(flags, GupFlags.WRITE)) {
            return false;
        }
        if (!frames.test(frames.head(page), Frames.ANON)) {
            return GupFlags.has(flags, GupFlags.LONGTERM) && (vma == 0 || VmFlags.isCow(vmas.flags(vma)));
        }
        return !frames.test(page, Frames.ANON_EXCLUSIVE);
    }

    /** Whether a folio's kind allows the pin: pages of a file may not be written for long behind the filesystem's back. */
    boolean isAllowed(int head, int flags) {
        boolean forLongWriting = (flags & (GupFlags.WRITE | GupFlags.LONGTERM)) == (GupFlags.WRITE | GupFlags.LONGTERM);
        return !forLongWriting || frames.test(head, Frames.ANON | Frames.SWAPBACKED | Frames.HUGETLB);
    }

    /** Whether a long-term pin asks about the folio first. */
    boolean isForPolicy(int head, int flags) {
        return GupFlags.has(flags, GupFlags.LONGTERM) && frames.isLarge(head) && frames.test(head, Frames.ANON);
    }

    /** Whether an entry permits the access without a fault. */
    static boolean permits(long entry, int flags) {
        return Pte.permits(entry, GupFlags.has(flags, GupFlags.WRITE), false);
    }
}
