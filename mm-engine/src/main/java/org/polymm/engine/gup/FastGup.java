package org.polymm.engine.gup;

import org.polymm.engine.frame.Frames;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.policy.PolicyGateway;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.MmTable;

/** Takes pages without any lock: {@code gup_fast}. The steps S1 to S7 are those of the package description. */
final class FastGup {

    private final Sync sync;
    private final Frames frames;
    private final PageTables tables;
    private final AddressSpaces spaces;
    private final MmTable mms;
    private final PolicyGateway policies;
    private final PageGrabs grabs;

    FastGup(GupParts parts, PageGrabs grabs) {
        sync = parts.sync();
        frames = parts.memory().frames();
        tables = parts.tables();
        spaces = parts.spaces();
        mms = spaces.mms();
        policies = parts.policies();
        this.grabs = grabs;
    }

    /**
     * Takes pages from the start of a range, until one is not there as needed.
     *
     * @param start in bytes, page aligned
     * @param pages filled in with page frame numbers; as many are wanted as it is long
     * @return how many were taken, maybe none
     */
    int take(int mm, long start, int flags, long[] pages) {
        boolean pins = GupFlags.has(flags, GupFlags.PIN);
        long sequence = pins ? sequence(mm) : 0;
        if ((sequence & 1) != 0) {
            return 0;
        }
        sync.enter(LockClass.IRQS_OFF);
        int taken = walk(mm, start, flags, pages);
        sync.leave(LockClass.IRQS_OFF);
        if (pins && sequence(mm) != sequence) {
            grabs.dropAll(pages, taken, flags);
            return 0;
        }
        return taken;
    }

    private long sequence(int mm) {
        sync.point(Point.READ_SEQ, mm);
        return mms.writeProtectSeq(mm);
    }

    private int walk(int mm, long start, int flags, long[] pages) {
        int root = mms.pgd(mm);
        int taken = 0;
        int asked = 0;
        while (taken < pages.length) {
            long address = start + (long) taken * Geometry.PAGE_SIZE;
            long pmd = tables.peekPmd(root, address);
            boolean huge = Pte.isHuge(pmd);
            long entry = huge ? pmd : Pte.isTable(pmd) ? tables.peekIn(PageTables.tableOf(pmd), address) : Pte.NONE;
            if (!PageGrabs.permits(entry, flags) || !Pte.isNormalPage(entry)) {
                return taken;
            }
            int first = huge ? tables.pteIndex(address) : 0;
            int count = huge ? Math.min(pages.length - taken, tables.entries() - first) : 1;
            int page = Pte.pfn(entry) + first;
            int head = frames.head(page);
            if (!grabbed(root, address, flags, pmd, entry, head, count)) {
                return taken;
            }
            if (grabs.isForPolicy(head, flags) && head != asked) {
                asked = head;
                if (!isKept(mm, address, flags, head, page, pages.length - taken)) {
                    grabs.drop(head, count, flags);
                    return taken;
                }
            }
            frames.setFlags(head, Frames.REFERENCED);
            for (int next = page; next < page + count; next++) {
                pages[taken++] = next;
            }
        }
        return taken;
    }

    /** Steps S3 to S6. */
    private boolean grabbed(int root, long address, int flags, long pmd, long entry, int head, int count) {
        sync.point(Point.WRITE_COUNT, head);
        if (!frames.isAllocated(head) || !frames.isHead(head) || frames.refcount(head) == 0) {
            return false;
        }
        grabs.grab(head, count, flags);
        boolean same = tables.peekPmd(root, address) == pmd
                && (Pte.isHuge(pmd) || tables.peekIn(PageTables.tableOf(pmd), address) == entry);
        sync.point(Point.READ_FLAGS, head);
        boolean fit = same
                && grabs.isAllowed(head, flags)
                && (Pte.isWritable(entry) || !grabs.mustUnshare(0, flags, Pte.pfn(entry)));
        if (!fit) {
            grabs.drop(head, count, flags);
        }
        return fit;
    }

    /** Whether the policy leaves a large folio as it is. The VMA is looked up without a lock, for its facts only. */
    private boolean isKept(int mm, long address, int flags, int head, int page, int left) {
        int vma = spaces.find(mm, address);
        if (vma == 0) {
            return false;
        }
        int count = Math.min(left, frames.pages(head) - (page - head));
        boolean write = GupFlags.has(flags, GupFlags.WRITE);
        return policies.decisions()
                .onLongTermPin(policies.longTermPin().at(vma, head, count, write))
                .isKeep();
    }
}
