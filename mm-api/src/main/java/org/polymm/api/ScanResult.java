package org.polymm.api;

import java.util.Locale;

/**
 * Why a range was or was not collapsed, with the names and the order of {@code enum scan_result} in Linux 6.18 and 7.0.
 * Open: constants may be added.
 */
public enum ScanResult {
    FAIL,
    SUCCEED,
    NO_PTE_TABLE,
    PMD_MAPPED,
    EXCEED_NONE_PTE,
    EXCEED_SWAP_PTE,
    EXCEED_SHARED_PTE,
    PTE_NON_PRESENT,
    PTE_UFFD_WP,
    PTE_MAPPED_HUGEPAGE,
    LACK_REFERENCED_PAGE,
    PAGE_NULL,
    SCAN_ABORT,
    PAGE_COUNT,
    PAGE_LRU,
    PAGE_LOCK,
    PAGE_ANON,
    PAGE_COMPOUND,
    ANY_PROCESS,
    VMA_NULL,
    VMA_CHECK,
    ADDRESS_RANGE,
    DEL_PAGE_LRU,
    ALLOC_HUGE_PAGE_FAIL,
    CGROUP_CHARGE_FAIL,
    TRUNCATED,
    PAGE_HAS_PRIVATE,
    STORE_FAILED,
    COPY_MC,
    PAGE_FILLED,
    PAGE_DIRTY_OR_WRITEBACK;

    /** {@return the kernel's constant, such as {@code SCAN_PAGE_LOCK}} */
    public String kernelName() {
        return "SCAN_" + name();
    }

    /** {@return the constant in lower case, for tables and options} */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
