package org.polymm.lab.metrics;

import java.util.HashSet;
import java.util.Set;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.MlockBatch;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/** Looks what a machine holds in memory for locks and pins, and what it holds besides because folios are large. In base pages. */
final class LockedMemory {

    private static final long PAGE = 4096;

    private final Set<Integer> heads = new HashSet<>();
    private final Set<Integer> pages = new HashSet<>();
    private long unevictable;
    private long stranded;
    private long reclaimable;
    private long hostages;

    /** Looks at a machine. */
    void look(Machine machine) {
        reclaimable = 0;
        unevictable = 0;
        heads.clear();
        machine.spaces().mms().forEachLive(mm -> lockedMemory(machine, mm));
        Frames frames = machine.memory().frames();
        MlockBatch batch = machine.memory().mlock();
        for (int index = 0; index < batch.waiting(); index++) {
            note(frames, batch.waitingFolio(index));
        }
        stranded = machine.memory().vmstat().get(VmstatItem.NR_UNEVICTABLE) - unevictable;
        pinnedMemory(machine, frames);
    }

    private void lockedMemory(Machine machine, int mm) {
        if (machine.spaces().mms().lockedVm(mm) == 0) {
            return;
        }
        VmaTable vmas = machine.spaces().vmas();
        Frames frames = machine.memory().frames();
        for (int vma = machine.spaces().first(mm);
                vma != 0;
                vma = machine.spaces().next(vma)) {
            for (long at = vmas.start(vma); vmas.has(vma, VmFlags.VM_LOCKED) && at < vmas.end(vma); at += PAGE) {
                long entry = machine.inspect().entry(mm, at);
                if (Pte.isNormalPage(entry)) {
                    int head = frames.head(Pte.pfn(entry));
                    reclaimable += frames.test(head, Frames.MLOCKED) ? 0 : 1;
                    note(frames, head);
                }
            }
        }
    }

    private void note(Frames frames, int head) {
        if (frames.test(head, Frames.UNEVICTABLE) && frames.test(head, Frames.LRU) && heads.add(head)) {
            unevictable += frames.pages(head);
        }
    }

    private void pinnedMemory(Machine machine, Frames frames) {
        heads.clear();
        pages.clear();
        hostages = 0;
        machine.pins().forEachPinned(page -> {
            int head = frames.head(page);
            hostages += heads.add(head) ? frames.pages(head) : 0;
            hostages -= pages.add(page) ? 1 : 0;
        });
    }

    long stranded() {
        return stranded;
    }

    long reclaimable() {
        return reclaimable;
    }

    long hostages() {
        return hostages;
    }
}
