package org.polymm.lab.simulator;

import org.polymm.engine.frame.Contents;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.machine.Inspector;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;
import org.polymm.lab.program.MachineImage;
import org.polymm.lab.program.Window;

/**
 * Reads a machine's page tables and VMAs into an image, and allocates nothing meanwhile: it skips what no page table covers, and visits each
 * VMA once.
 */
final class ImageReader {

    private static final long PAGE = Geometry.PAGE_SIZE;

    private final Window window;
    private final MachineImage image;
    private final Inspector inspector;
    private final AddressSpaces spaces;
    private final VmaTable vmas;
    private final PageTables tables;
    private final Frames frames;
    private final Contents contents;

    ImageReader(Machine machine, Window window) {
        this.window = window;
        image = new MachineImage(window);
        inspector = machine.inspect();
        spaces = machine.spaces();
        vmas = spaces.vmas();
        tables = machine.pageTables();
        frames = machine.memory().frames();
        contents = machine.memory().contents();
    }

    Window window() {
        return window;
    }

    MachineImage read(int[] mms, int processEnd, boolean withContents) {
        image.clear(withContents);
        for (int process = 0; process < processEnd; process++) {
            if (mms[process] != 0) {
                image.process(process);
                areas(mms[process], withContents);
            }
        }
        image.normalise();
        return image;
    }

    private void areas(int mm, boolean withContents) {
        for (int vma = spaces.findIntersection(mm, window.base(), window.end());
                vma != 0 && vmas.start(vma) < window.end();
                vma = spaces.next(vma)) {
            long flags = vmas.flags(vma);
            image.vma(vmas.start(vma), vmas.end(vma), bits(flags));
            boolean readable = withContents && (flags & VmFlags.VM_READ) != 0;
            long start = Math.max(window.base(), vmas.start(vma));
            pages(mm, start, Math.min(window.end(), vmas.end(vma)), readable);
        }
    }

    private void pages(int mm, long start, long end, boolean readable) {
        int root = spaces.mms().pgd(mm);
        for (long at = tables.nextPopulated(root, start, end); at < end; at = tables.nextPopulated(root, at, end)) {
            long stop = tables.pmdEnd(at, end);
            for (; at < stop; at += PAGE) {
                long entry = inspector.entry(mm, at);
                if (entry != Pte.NONE) {
                    page(mm, at, entry, readable);
                }
            }
        }
    }

    private void page(int mm, long at, long entry, boolean readable) {
        int page = (int) ((at - window.base()) / PAGE);
        int bits = Pte.isUffdWp(entry) ? MachineImage.UFFD_WP : 0;
        if (!Pte.isPresent(entry)) {
            image.page(page, bits | MachineImage.SWAPPED, 0, 0, 0, 0);
            return;
        }
        bits |= MachineImage.PRESENT;
        if (Pte.isZeroPage(entry)) {
            image.page(page, bits | MachineImage.ZERO, 0, 0, 0, 0);
            return;
        }
        int pfn = Pte.pfn(entry);
        int head = frames.head(pfn);
        int order = frames.order(head);
        bits |= frames.test(head, Frames.ANON) ? MachineImage.ANON : MachineImage.FILE;
        bits |= frames.test(head, Frames.KSM) ? MachineImage.KSM : 0;
        bits |= frames.test(head, Frames.MLOCKED) ? MachineImage.MLOCKED : 0;
        if (frames.test(head, Frames.HUGETLB)) {
            bits |= MachineImage.HUGETLB;
        } else if (order > 0) {
            bits |= MachineImage.LARGE;
        }
        int mapcount = inspector.kpagecount(pfn);
        bits |= (inspector.pagemap(mm, at) & Inspector.PM_EXCLUSIVE) != 0 ? MachineImage.MAPPED_ONCE : 0;
        image.page(page, bits, head, pfn - head, order, mapcount);
        if (readable) {
            image.holds(page, contents.read(pfn));
        }
    }

    private static int bits(long flags) {
        return bit(flags, VmFlags.VM_READ, MachineImage.VMA_READ)
                | bit(flags, VmFlags.VM_WRITE, MachineImage.VMA_WRITE)
                | bit(flags, VmFlags.VM_EXEC, MachineImage.VMA_EXEC)
                | bit(flags, VmFlags.VM_SHARED, MachineImage.VMA_SHARED)
                | bit(flags, VmFlags.VM_LOCKED, MachineImage.VMA_LOCKED)
                | bit(flags, VmFlags.VM_HUGEPAGE, MachineImage.VMA_HUGEPAGE)
                | bit(flags, VmFlags.VM_NOHUGEPAGE, MachineImage.VMA_NOHUGEPAGE)
                | bit(flags, VmFlags.VM_DONTCOPY, MachineImage.VMA_DONTCOPY)
                | bit(flags, VmFlags.VM_WIPEONFORK, MachineImage.VMA_WIPEONFORK)
                | bit(flags, VmFlags.VM_MERGEABLE, MachineImage.VMA_MERGEABLE);
    }

    private static int bit(long flags, long from, int to) {
        return (flags & from) == 0 ? 0 : to;
    }
}
