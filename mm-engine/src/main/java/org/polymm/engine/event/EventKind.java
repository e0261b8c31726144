package org.polymm.engine.event;

import org.polymm.api.ScanResult;

/**
 * What can happen. The three words of an event mean what the kind's template says: {@code {a}} is printed in decimal,
 * {@code {a:x}} in hexadecimal (addresses), {@code {a:scan}} as the {@link ScanResult} of that number, {@code {a:verdict}} as what reclaim
 * made of a folio (0 it kept it, 1 it activated it, 2 it freed it), and a word that the template leaves out is not used.
 */
public enum EventKind {
    SPAWN("mm {a} starts"),
    FORK("mm {a} forks mm {b}"),
    EXEC("mm {a} replaces its program"),
    EXIT("mm {a} exits"),
    MMAP("mm {a} maps {b:x}, {c} pages"),
    MUNMAP("mm {a} unmaps {b:x}, {c} pages"),
    MPROTECT("mm {a} protects {b:x}, {c} pages"),
    MADVISE("mm {a} advises on {b:x}: {c}"),
    TRUNCATE("file {a} of {b} pages gets {c}"),
    PUNCH_HOLE("file {a} loses {c} pages from page {b}"),
    UPROBE("page {b} of file {a} gets a breakpoint"),
    UPROBE_REMOVED("page {b} of file {a} loses a breakpoint"),
    MREMAP("mm {a} moves {b:x} to {c:x}"),
    BRK("mm {a} sets its break to {b:x}"),
    MLOCK("mm {a} locks {b:x}, {c} pages"),
    MUNLOCK("mm {a} unlocks {b:x}, {c} pages"),
    FAULT("mm {a} faults at {b:x}, access {c}"),
    FAULT_RESULT("mm {a} fault at {b:x} ends with {c}"),
    ZERO_PAGE("mm {a} maps the zero page at {b:x}"),
    SWAP_IN("mm {a} swaps in {b:x} to frame {c}"),
    SWAP_OUT("folio {a} is written to swap slot {b}, {c} pages"),
    COW_COPY("mm {a} copies at {b:x} to frame {c}"),
    COW_REUSE("mm {a} reuses at {b:x} frame {c}"),
    UNSHARE("mm {a} unshares at {b:x} frame {c}"),
    FOLIO_ALLOC("folio {a} of order {b} is allocated"),
    FOLIO_FREE("folio {a} of order {b} is freed"),
    MAP("folio {a} is mapped by mm {b}, {c} pages more"),
    UNMAP("folio {a} is unmapped by mm {b}, {c} pages"),
    ZAP("mm {a} drops {c} pages from {b:x}"),
    FORK_COPY("mm {a} copies pinned frame {b} for its child as {c}"),
    PIN("frame {a} is pinned, {b} pages"),
    UNPIN("frame {a} is unpinned, {b} pages"),
    MLOCK_FOLIO("folio {a} is mlocked"),
    MUNLOCK_FOLIO("folio {a} is munlocked"),
    SPLIT_PMD("mm {a} splits the PMD mapping at {b:x} of folio {c}"),
    SPLIT_FOLIO("folio {a} of order {b} is split to order {c}"),
    SPLIT_FAILED("folio {a} of order {b} is not split: errno {c}"),
    DEFER_SPLIT("folio {a} is queued for a deferred split, partially mapped {b}"),
    RECLAIM("reclaim {b:verdict} folio {a}"),
    ALLOC_FAILED("no folio of order {a}"),
    COLLAPSE("mm {a} collapses {b:x} into folio {c}"),
    COLLAPSE_SCAN("mm {a} range {b:x} collapses with {c:scan}"),
    FILE_COLLAPSE("file {a} from page {b} on collapses with {c:scan}"),
    FILE_PMD_MAPPED("mm {a} maps {b:x} by a huge entry to folio {c}"),
    RETRACT("table {a} at {b:x} of mm {c} is retracted"),
    TABLE_MOVE("table {a} moves from {b:x} to {c:x}"),
    MARKER_SET("mm {a} marker {c} is set at {b:x}"),
    MARKER_CLEAR("mm {a} marker {c} is cleared at {b:x}"),
    UFFD_EVENT("mm {a} userfaultfd event at {b:x}: {c}"),
    RELOCATE("folio {a} gets index {b}, was {c}"),
    MIGRATE("folio {a} migrates to {b}"),
    KSM_MERGE("frame {a} is merged into {b}"),
    HUGETLB("file {a} hugetlb page {b}: {c}"),
    VMA_SPLIT("vma {a} is split at {b:x}, new vma {c}"),
    VMA_MERGE("vma {a} becomes {b:x} to {c:x}"),
    DECISION("decision {a} on {b}: {c}"),
    REFUSED("dangerous decision {a} on {b} is refused; answer was {c}"),
    VIOLATION("invariant {a} is violated by {b} in mm {c}"),
    NOTE("note {a} {b} {c}");

    private static final ScanResult[] SCAN_RESULTS = ScanResult.values();
    private static final String[] VERDICTS = {"keeps", "activates", "frees"};

    private final String template;

    EventKind(String template) {
        this.template = template;
    }

    /** An event of this kind in words. */
    String text(long a, long b, long c) {
        StringBuilder text = new StringBuilder();
        int at = 0;
        for (int open = template.indexOf('{'); open >= 0; open = template.indexOf('{', at)) {
            int close = template.indexOf('}', open);
            text.append(template, at, open);
            long word = switch (template.charAt(open + 1)) {
                case 'a' -> a;
                case 'b' -> b;
                default -> c;
            };
            text.append(format(template.substring(Math.min(open + 3, close), close), word));
            at = close + 1;
        }
        return text.append(template, at, template.length()).toString();
    }

    private static String format(String how, long word) {
        return switch (how) {
            case "x" -> "0x" + Long.toHexString(word);
            case "scan" -> SCAN_RESULTS[(int) word].kernelName();
            case "verdict" -> VERDICTS[(int) word];
            default -> Long.toString(word);
        };
    }
}
