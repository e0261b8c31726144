package org.polymm.lab.simulator;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.polymm.api.ScanResult;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.MthpStat;
import org.polymm.engine.frame.ThpTunable;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.machine.Smaps;
import org.polymm.engine.pagecache.CacheEntry;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.VmaTable;
import org.polymm.lab.program.EngineFact;
import org.polymm.lab.program.KhugepagedCounters;
import org.polymm.lab.program.ProcFields;
import org.polymm.lab.program.UnmetException;
import org.polymm.runtime.config.Nearest;

/** Reads what smaps, status and vmstat would show of a machine, and what nothing shows of a real one. */
final class Readings {

    private static final String OF_SIZE = "hugepages-";
    private static final long KIB = 1 << 10;

    private Readings() {}

    /** The sum over whole VMAs, each rounded down to whole kilobytes as the file shows them. */
    static long smaps(Machine machine, int mm, long start, long end, String field) throws UnmetException {
        AddressSpaces spaces = machine.spaces();
        long sum = 0;
        for (int vma = spaces.findIntersection(mm, start, end);
                vma != 0 && spaces.vmas().start(vma) < end;
                vma = spaces.next(vma)) {
            Smaps smaps = machine.inspect().smaps(mm, spaces.vmas().start(vma));
            sum += field(smaps, field) / KIB * KIB;
        }
        return sum;
    }

    private static long field(Smaps smaps, String field) throws UnmetException {
        return switch (field) {
            case "Size" -> smaps.size();
            case "Rss" -> smaps.rss();
            case "Pss" -> smaps.pss();
            case "Shared" -> smaps.shared();
            case "Private" -> smaps.privatePages();
            case "Anonymous" -> smaps.anonymous();
            case "AnonHugePages" -> smaps.anonHugePages();
            case "ShmemPmdMapped" -> smaps.shmemPmdMapped();
            case "FilePmdMapped" -> smaps.filePmdMapped();
            case "Locked" -> smaps.locked();
            case "Swap" -> smaps.swap();
            default -> throw unknown("smaps", field, ProcFields.SMAPS);
        };
    }

    static long status(Machine machine, int mm, String field) throws UnmetException {
        long pages = switch (field) {
            case "VmLck" -> machine.spaces().mms().lockedVm(mm);
            case "VmSwap" -> machine.spaces().mms().rssSwap(mm);
            default -> throw unknown("status", field, ProcFields.STATUS);
        };
        return pages * Geometry.PAGE_SIZE;
    }

    static long vmstat(Machine machine, String counter) throws UnmetException {
        if (counter.startsWith(OF_SIZE)) {
            return ofSize(machine, counter);
        }
        if (counter.startsWith(KhugepagedCounters.PREFIX)) {
            return ofKhugepaged(machine, counter);
        }
        @Nullable VmstatItem item = Vmstat.item(counter);
        if (item == null) {
            throw new UnmetException("the simulator has no counter " + counter + " in vmstat");
        }
        return machine.memory().vmstat().get(item);
    }

    private static long ofKhugepaged(Machine machine, String counter) throws UnmetException {
        ScanResult scanned = KhugepagedCounters.ofScans(counter);
        if (scanned != null) {
            return machine.memory().vmstat().get(scanned);
        }
        ScanResult ofEntries = KhugepagedCounters.ofEntries(counter);
        if (ofEntries != null) {
            return machine.memory().vmstat().ofEntries(ofEntries);
        }
        ThpTunable file = KhugepagedCounters.file(counter);
        if (file == null) {
            throw new UnmetException("the simulator has no counter " + counter);
        }
        return machine.memory().thp().get(file);
    }

    /** A file {@code hugepages-SIZEkB/stats/NAME}. */
    private static long ofSize(Machine machine, String counter) throws UnmetException {
        int highest = Integer.numberOfTrailingZeros(machine.pageTables().entries());
        for (int order = 1; order <= highest; order++) {
            String directory = OF_SIZE + (Geometry.bytes(order) >> 10) + "kB/stats/";
            for (MthpStat stat : MthpStat.values()) {
                if (counter.equals(directory + stat.fileName())) {
                    return machine.memory().mthp().get(stat, order);
                }
            }
        }
        throw new UnmetException("the simulator has no counter " + counter);
    }

    private static UnmetException unknown(String file, String field, List<String> known) {
        return new UnmetException("the simulator shows no " + field + " in " + file + Nearest.hint(field, known)
                + "; it shows " + String.join(", ", known));
    }

    static long fact(Machine machine, int mm, long address, EngineFact fact) {
        long entry = machine.inspect().entry(mm, address);
        if (!Pte.isNormalPage(entry)) {
            return 0;
        }
        Frames frames = machine.memory().frames();
        int pfn = Pte.pfn(entry);
        int head = frames.head(pfn);
        return switch (fact) {
            case EXCLUSIVE -> bit(frames.test(pfn, Frames.ANON_EXCLUSIVE));
            case WRITABLE -> bit(Pte.isWritable(entry));
            case DIRTY -> bit((entry & Pte.DIRTY) != 0);
            case ACCESSED -> bit((entry & Pte.ACCESSED) != 0);
            case PMD_MAPPED -> bit(machine.inspect().isPmdMapped(mm, address));
            case DEFERRED -> bit(frames.test(head, Frames.ON_DEFERRED));
            case PARTIALLY_MAPPED -> bit(frames.test(head, Frames.PARTIALLY_MAPPED));
            case UNEVICTABLE -> bit(frames.test(head, Frames.UNEVICTABLE));
            case SWAPCACHE -> bit(frames.test(head, Frames.SWAPCACHE));
            case REFCOUNT -> frames.refcount(head);
        };
    }

    private static long bit(boolean is) {
        return is ? 1 : 0;
    }

    /** What a read would see, without one. */
    static long word(Machine machine, int mm, long address) {
        VmaTable vmas = machine.spaces().vmas();
        int vma = machine.spaces().find(mm, address);
        if (vma == 0) {
            return SimulatorSubject.NOTHING;
        }
        long entry = machine.inspect().entry(mm, address);
        if (Pte.isPresent(entry)) {
            return Pte.isZeroPage(entry) ? 0 : machine.memory().contents().read(Pte.pfn(entry));
        }
        if (entry != Pte.NONE && !(Pte.isMarker(entry) && Pte.isUffdWp(entry))) {
            return SimulatorSubject.UNKNOWN;
        }
        if (vmas.isAnonymous(vma)) {
            return 0;
        }
        long cached = machine.files().entry(vmas.file(vma), vmas.pgoffAt(vma, address));
        return CacheEntry.isPage(cached)
                ? machine.memory().contents().read(CacheEntry.pfn(cached))
                : SimulatorSubject.UNKNOWN;
    }
}
