package org.polymm.lab.host;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.polymm.api.ScanResult;
import org.polymm.lab.program.UnmetException;
import org.polymm.linux.HostLock;
import org.polymm.linux.HostUnavailableException;
import org.polymm.linux.ScanTrace;

/** How many ranges the host's kernel scanned for a collapse, by result. Traces from the first question on, which so must be asked beforehand. */
final class ScanResults implements AutoCloseable {

    private final HostLock lock;
    private @Nullable ScanTrace trace;

    ScanResults(HostLock lock) {
        this.lock = lock;
    }

    /** How many ranges were scanned with a result since the first question. */
    long count(ScanResult result) throws UnmetException {
        try {
            ScanTrace open = trace;
            if (open == null) {
                open = ScanTrace.open(lock);
                trace = open;
            }
            long count = 0;
            for (Map.Entry<String, Integer> seen : open.counts().entrySet()) {
                count += result == of(seen.getKey()) ? seen.getValue() : 0;
            }
            return count;
        } catch (HostUnavailableException e) {
            throw new UnmetException(String.valueOf(e.getMessage()));
        }
    }

    /** What a trace calls a result; null for what only other kernels have. */
    private static @Nullable ScanResult of(String spelling) {
        return switch (spelling) {
            case "failed" -> ScanResult.FAIL;
            case "succeeded" -> ScanResult.SUCCEED;
            case "pmd_null", "pmd_none", "no_pte_table" -> ScanResult.NO_PTE_TABLE;
            case "page_pmd_mapped" -> ScanResult.PMD_MAPPED;
            case "exceed_none_pte" -> ScanResult.EXCEED_NONE_PTE;
            case "exceed_swap_pte" -> ScanResult.EXCEED_SWAP_PTE;
            case "exceed_shared_pte" -> ScanResult.EXCEED_SHARED_PTE;
            case "pte_non_present" -> ScanResult.PTE_NON_PRESENT;
            case "pte_uffd_wp" -> ScanResult.PTE_UFFD_WP;
            case "pte_mapped_hugepage" -> ScanResult.PTE_MAPPED_HUGEPAGE;
            case "lack_referenced_page" -> ScanResult.LACK_REFERENCED_PAGE;
            case "page_null" -> ScanResult.PAGE_NULL;
            case "scan_aborted" -> ScanResult.SCAN_ABORT;
            case "not_suitable_page_count" -> ScanResult.PAGE_COUNT;
            case "page_not_in_lru" -> ScanResult.PAGE_LRU;
            case "page_locked" -> ScanResult.PAGE_LOCK;
            case "page_not_anon" -> ScanResult.PAGE_ANON;
            case "page_compound" -> ScanResult.PAGE_COMPOUND;
            case "no_process_for_page" -> ScanResult.ANY_PROCESS;
            case "vma_null" -> ScanResult.VMA_NULL;
            case "vma_check_failed" -> ScanResult.VMA_CHECK;
            case "not_suitable_address_range" -> ScanResult.ADDRESS_RANGE;
            case "could_not_delete_page_from_lru" -> ScanResult.DEL_PAGE_LRU;
            case "alloc_huge_page_failed" -> ScanResult.ALLOC_HUGE_PAGE_FAIL;
            case "ccgroup_charge_failed" -> ScanResult.CGROUP_CHARGE_FAIL;
            case "truncated" -> ScanResult.TRUNCATED;
            case "page_has_private" -> ScanResult.PAGE_HAS_PRIVATE;
            case "store_failed" -> ScanResult.STORE_FAILED;
            case "copy_poisoned_page" -> ScanResult.COPY_MC;
            case "page_filled" -> ScanResult.PAGE_FILLED;
            case "page_dirty_or_writeback" -> ScanResult.PAGE_DIRTY_OR_WRITEBACK;
            default -> null;
        };
    }

    @Override
    public void close() {
        if (trace != null) {
            trace.close();
            trace = null;
        }
    }
}
