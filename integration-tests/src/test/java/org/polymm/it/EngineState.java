package org.polymm.it;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.frame.Work;
import org.polymm.engine.machine.Inspector;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Geometry;

/**
 * What processes and counters show of a machine, as text: VMAs, pages, contents, folios by order of appearance. Two states are equal in it if
 * they differ only in which frame or table is which.
 */
final class EngineState {

    private static final long BITS = Pte.WRITE | Pte.DIRTY | Pte.ACCESSED;

    private EngineState() {}

    static String of(Machine machine, List<Integer> mms) {
        machine.memory().lru().drain();
        Inspector look = machine.inspect();
        Frames frames = machine.memory().frames();
        Map<Integer, Integer> names = new HashMap<>();
        StringBuilder text = new StringBuilder();
        for (int mm : mms) {
            text.append("mm ").append(mm).append(':');
            List<long[]> vmas = new ArrayList<>();
            look.forEachVma(
                    mm, (start, end, flags, file, pgoff) -> vmas.add(new long[] {start, end, flags, file, pgoff}));
            for (long[] vma : vmas) {
                text.append(String.format("%n %x-%x %x %d %d", vma[0], vma[1], vma[2], vma[3], vma[4]));
                for (long at = vma[0]; at < vma[1]; at += Geometry.PAGE_SIZE) {
                    text.append("\n  ").append(page(machine, look, frames, names, mm, at));
                }
            }
            text.append('\n').append(look.smaps(mm)).append('\n');
        }
        Vmstat vmstat = machine.memory().vmstat();
        for (VmstatItem item : new VmstatItem[] {
            VmstatItem.NR_ANON_PAGES, VmstatItem.NR_MLOCK, VmstatItem.NR_PAGE_TABLE_PAGES, VmstatItem.PGREUSE
        }) {
            text.append(item).append(' ').append(vmstat.get(item)).append(' ');
        }
        return text.append("copies ")
                .append(vmstat.get(Work.COW_COPIES))
                .append('\n')
                .toString();
    }

    /** All counters besides: how often anything was done, on the way to the state. */
    static String withCounters(Machine machine, List<Integer> mms) {
        StringBuilder text = new StringBuilder(of(machine, mms));
        Vmstat vmstat = machine.memory().vmstat();
        for (VmstatItem item : VmstatItem.values()) {
            text.append(item).append(' ').append(vmstat.get(item)).append('\n');
        }
        for (Work work : Work.values()) {
            text.append(work).append(' ').append(vmstat.get(work)).append('\n');
        }
        return text.toString();
    }

    private static String page(
            Machine machine, Inspector look, Frames frames, Map<Integer, Integer> names, int mm, long at) {
        long entry = look.entry(mm, at);
        if (Pte.isSwap(entry)) {
            int slot = -1 - Pte.swapOffset(entry);
            Integer known = names.putIfAbsent(slot, names.size());
            return "swapped " + (known == null ? names.size() - 1 : known) + (Pte.isExclusiveSwap(entry) ? " excl" : "")
                    + (Pte.isUffdWp(entry) ? " wp" : "");
        }
        if (!Pte.isNormalPage(entry)) {
            return Long.toHexString(entry);
        }
        int pfn = Pte.pfn(entry);
        int head = frames.head(pfn);
        Integer known = names.putIfAbsent(head, names.size());
        return "folio " + (known == null ? names.size() - 1 : known) + "+" + (pfn - head) + " order "
                + frames.order(head)
                + " refs " + frames.refcount(head) + " maps " + look.kpagecount(pfn) + " bits "
                + Long.toHexString(entry & BITS)
                + (look.isPmdMapped(mm, at) ? " pmd" : "") + (frames.test(pfn, Frames.ANON_EXCLUSIVE) ? " excl" : "")
                + (frames.test(head, Frames.MLOCKED) ? " mlocked" : "") + " = "
                + machine.memory().contents().read(pfn);
    }
}
