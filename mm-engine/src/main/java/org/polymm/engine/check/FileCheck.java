package org.polymm.engine.check;

import java.util.List;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.frame.Work;
import org.polymm.engine.pagecache.CacheEntry;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.vma.AddressSpaces;

/** Holds the page cache against the folios in it, and page tables against what retractions and moves did to them. */
final class FileCheck {

    private final PhysicalMemory memory;
    private final Frames frames;
    private final Files files;
    private final PageTables tables;
    private final AddressSpaces spaces;
    private final List<Violation> violations;

    FileCheck(PhysicalMemory memory, Files files, PageTables tables, AddressSpaces spaces, List<Violation> violations) {
        this.memory = memory;
        this.frames = memory.frames();
        this.files = files;
        this.tables = tables;
        this.spaces = spaces;
        this.violations = violations;
    }

    void check(Census census) {
        long[] seen = new long[4];
        files.forEachLive(file -> cache(file, seen));
        total("pages in the page cache", seen[0], VmstatItem.NR_FILE_PAGES);
        total("pages of shmem in the page cache", seen[1], VmstatItem.NR_SHMEM);
        total("huge folios of files", seen[2], VmstatItem.NR_FILE_HUGEPAGES);
        total("huge folios of shmem", seen[3], VmstatItem.NR_SHMEM_HUGEPAGES);
        for (int mm : census.liveMms()) {
            tablesOf(mm);
        }
        count(
                Invariant.RETRACTED_TABLE_IS_EMPTY,
                Work.RETRACTED_ENTRIES,
                "entries were in page tables that were taken away");
        count(Invariant.TABLE_IS_A_TABLE, Work.MISTAKEN_TABLES, "PMD entries were taken for page tables and were none");
    }

    private void cache(int file, long[] seen) {
        boolean shmem = files.is(file, Files.SHMEM);
        for (long index = files.nextOccupied(file, 0, Long.MAX_VALUE);
                index >= 0;
                index = files.nextOccupied(file, index + 1, Long.MAX_VALUE)) {
            long entry = files.peek(file, index);
            if (CacheEntry.isKind(entry, CacheEntry.RETRY)) {
                violations.add(new Violation(
                        Invariant.CACHED_FOLIO_IS_WHERE_IT_SAYS,
                        "file " + file + " holds " + CacheEntry.describe(entry) + " at page " + index));
            }
            if (CacheEntry.isPage(entry)) {
                page(file, index, CacheEntry.pfn(entry));
                int head = frames.head(CacheEntry.pfn(entry));
                if (CacheEntry.pfn(entry) == head) {
                    end(file, head);
                }
                boolean counts = frames.order(head) == frames.blockShift() && CacheEntry.pfn(entry) == head;
                seen[0]++;
                seen[1] += shmem ? 1 : 0;
                seen[2] += counts && !shmem ? 1 : 0;
                seen[3] += counts && shmem ? 1 : 0;
            }
        }
    }

    private void page(int file, long index, int pfn) {
        int head = frames.head(pfn);
        if (frames.mapping(head) != file
                || frames.index(head) + (pfn - head) != index
                || frames.test(head, Frames.SWAPBACKED) != files.is(file, Files.SHMEM)) {
            violations.add(new Violation(
                    Invariant.CACHED_FOLIO_IS_WHERE_IT_SAYS,
                    "file " + file + " has at page " + index + " what says otherwise: " + frames.describe(pfn)));
        }
    }

    private void end(int file, int head) {
        if (frames.index(head) >= files.pages(file)) {
            violations.add(new Violation(
                    Invariant.CACHE_ENDS_WITH_THE_FILE,
                    "file " + file + " has " + files.pages(file) + " pages: " + frames.describe(head)));
        }
    }

    private void total(String what, long seen, VmstatItem item) {
        long counted = memory.vmstat().get(item);
        if (seen != counted) {
            violations.add(new Violation(Invariant.CACHE_COUNTS_ADD_UP, seen + " " + what + ", counted " + counted));
        }
    }

    private void count(Invariant invariant, Work work, String what) {
        long counted = memory.vmstat().get(work);
        if (counted != 0) {
            violations.add(new Violation(invariant, counted + " " + what));
        }
    }

    private void tablesOf(int mm) {
        int root = spaces.mms().pgd(mm);
        int found = tables.depositedTables(root) + below(root, 3);
        if (found != tables.tables(root)) {
            violations.add(new Violation(
                    Invariant.TABLES_ARE_IN_PLACE,
                    "mm " + mm + " has " + found + " page tables, those set aside included, and counts "
                            + tables.tables(root)));
        }
    }

    private int below(int table, int level) {
        int found = 0;
        long[] row = tables.row(table);
        for (int index = 0; index < Math.min(row.length, spaces.geometry().entries()); index++) {
            if (Pte.isTable(row[index])) {
                int child = PageTables.tableOf(row[index]);
                found++;
                if (tables.row(child).length == 0) {
                    violations.add(new Violation(
                            Invariant.TABLES_ARE_IN_PLACE,
                            "table " + table + " leads at index " + index + " to table " + child
                                    + ", which was freed"));
                } else {
                    found += level > 1 ? below(child, level - 1) : 0;
                }
            }
        }
        return found;
    }
}
