package org.polymm.engine.reclaim;

import org.polymm.api.split.MlockDecision;
import org.polymm.api.view.MappingLevel;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.MlockBatch;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.policy.Decisions;
import org.polymm.engine.policy.LockedWalkFacts;
import org.polymm.engine.policy.PolicyGateway;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmaTable;

/**
 * What reclaim does when it meets a folio in a VM_LOCKED VMA: looks at the entries that map it and asks the mlock policy at each whether the
 * folio is to be mlocked, which mlock missed. The rest, that the folio stays where it is, is not the policy's to say.
 */
final class LockedVmaWalk {

    private static final long PAGE = Geometry.PAGE_SIZE;

    /** The folio was mlocked. */
    static final int MLOCKED = 1;
    /** An accessed bit counts as a reference. */
    static final int REFERENCED = 1 << 1;

    private final Sync sync;
    private final Frames frames;
    private final MlockBatch mlock;
    private final PageTables tables;
    private final MmTable mms;
    private final VmaTable vmas;
    private final Decisions decisions;
    private final LockedWalkFacts facts;

    LockedVmaWalk(ReclaimParts parts) {
        sync = parts.sync();
        frames = parts.memory().frames();
        mlock = parts.memory().mlock();
        tables = parts.tables();
        mms = parts.spaces().mms();
        vmas = parts.spaces().vmas();
        PolicyGateway policies = parts.policies();
        decisions = policies.decisions();
        facts = policies.lockedWalk();
    }

    /**
     * Walks.
     *
     * @param address where the first page that lies in the VMA would be
     * @param pages how many do
     * @param unmaps whether it is the walk that would unmap the folio
     * @param seen gets, at index 0, how many entries were met
     * @return {@link #MLOCKED} and {@link #REFERENCED}, or-ed
     */
    int walk(int vma, int head, long address, int pages, boolean unmaps, int[] seen) {
        int root = mms.pgd(vmas.mm(vma));
        long end = address + pages * PAGE;
        int counted = 0;
        int result = 0;
        boolean crossed = false;
        boolean later = false;
        MappingLevel level = MappingLevel.PTE;
        for (long at = address; at < end && result == 0 && !later; ) {
            long stop = tables.pmdEnd(at, end);
            long pmd = tables.pmd(root, at);
            if (Pte.isHuge(pmd) && Pte.pfn(pmd) == head) {
                level = MappingLevel.PMD;
                int pmdTable = tables.pmdTable(root, at);
                tables.lockPmd(pmdTable);
                pmd = tables.pmd(root, at);
                if (!Pte.isHuge(pmd) || Pte.pfn(pmd) != head) {
                    tables.unlockPmd(pmdTable);
                    continue;
                }
                counted += (int) ((stop - at) / PAGE);
                seen[0]++;
                MlockDecision answer = ask(vma, head, level, counted, crossed, false, unmaps);
                result |= act(answer, head);
                later = answer == MlockDecision.ACT_AFTER_UNLOCK;
                if (result == 0 && !unmaps && (pmd & Pte.ACCESSED) != 0 && decisions.countsReference(facts)) {
                    tables.setPmd(root, pmdTable, at, pmd & ~Pte.ACCESSED);
                    seen[1]++;
                }
                tables.unlockPmd(pmdTable);
            } else {
                int leaf = tables.lockLeaf(root, at);
                if (leaf != 0) {
                    long[] row = tables.row(leaf);
                    for (long page = at; page < stop && result == 0 && !later; page += PAGE) {
                        int index = tables.pteIndex(page);
                        if (!Pte.isNormalPage(row[index]) || frames.head(Pte.pfn(row[index])) != head) {
                            continue;
                        }
                        counted++;
                        seen[0]++;
                        MlockDecision answer = ask(vma, head, level, counted, crossed, false, unmaps);
                        result |= act(answer, head);
                        later = answer == MlockDecision.ACT_AFTER_UNLOCK;
                        if (result == 0
                                && !unmaps
                                && (row[index] & Pte.ACCESSED) != 0
                                && decisions.countsReference(facts)) {
                            row[index] &= ~Pte.ACCESSED;
                            seen[1]++;
                        }
                    }
                    tables.unlockLeaf(leaf);
                }
            }
            at = stop;
            crossed |= at < end;
        }
        if (result == 0 && counted != 0) {
            later |= ask(vma, head, level, counted, crossed, true, unmaps) != MlockDecision.LEAVE;
        }
        if (later) {
            sync.point(Point.WRITE_FLAGS, head);
            mlock.mlockFolio(head);
            result |= MLOCKED;
        }
        return result;
    }

    private MlockDecision ask(
            int vma, int head, MappingLevel level, int counted, boolean crossed, boolean end, boolean unmaps) {
        return decisions.onLockedWalk(facts.at(vma, head, level, counted, crossed, end), unmaps);
    }

    private int act(MlockDecision answer, int head) {
        if (answer != MlockDecision.ACT) {
            return 0;
        }
        mlock.mlockFolio(head);
        return MLOCKED;
    }
}
