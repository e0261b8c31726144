package org.polymm.runtime.compose;

import org.polymm.api.plugin.Slot;

/** What each slot decides, in one sentence, for the reference file and {@code polymm policies}. */
public final class SlotHelp {

    private SlotHelp() {}

    /**
     * What a slot decides.
     *
     * @param slot the slot
     * @return one sentence
     */
    public static String of(Slot slot) {
        return switch (slot) {
            case FOLIO_SPLIT_MLOCK -> "Which large folios carry PG_mlocked.";
            case FOLIO_SPLIT_BOUNDARY -> "What happens to a folio that a change of mappings cuts.";
            case FOLIO_SPLIT_RECLAIM -> "Whether reclaim splits a large folio before it swaps it out.";
            case FOLIO_SPLIT_DEFERRED -> "What the deferred split queue takes, and what its scan does.";
            case FOLIO_SPLIT_PIN -> "Whether a long-term pin splits a large folio first.";
            case COW_SIZING_ORDERS -> "The order of a new anonymous folio.";
            case COW_SIZING_REUSE -> "When a write fault reuses a folio instead of copying, and how far.";
            case COW_SIZING_COPY -> "How far a write fault copies.";
            case COLLAPSE_CHOICE -> "What khugepaged and MADV_COLLAPSE collapse.";
            case COLLAPSE_RETRACTION -> "How page tables are retracted after a collapse of file memory.";
            case COLLAPSE_TABLE_MOVE -> "Whether mremap may move a whole page table.";
            case COLLAPSE_WHEN_FULL -> "What happens to a high-granularity range whose last hole was filled.";
            case MAPCOUNT_FOLIO -> "How mappings of large folios are counted.";
            case MAPCOUNT_HUGETLB -> "How mappings of hugetlb pages are counted.";
            case RELOCATION -> "What mremap does to the index of faulted anonymous folios.";
        };
    }
}
