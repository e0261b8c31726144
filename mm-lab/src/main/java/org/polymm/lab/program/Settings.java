package org.polymm.lab.program;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a program needs of the machine it runs on.
 *
 * @param thp settings below {@code /sys/kernel/mm/transparent_hugepage} by file name, such as {@code hugepages-64kB/enabled}; a machine gives
 *     what is not named a fixed value: {@code enabled} and every size never, khugepaged asleep
 * @param swapBytes the size of the swap space; 0 for none
 * @param privileged whether processes have CAP_IPC_LOCK, so that RLIMIT_MEMLOCK does not bind
 * @param hugetlbPages how many huge pages of the default size are reserved
 */
public record Settings(SortedMap<String, String> thp, long swapBytes, boolean privileged, int hugetlbPages) {

    /** Base pages only, no swap, no limits. */
    public static final Settings PLAIN = new Settings(new TreeMap<>(), 0, true, 0);

    /** Copies the settings. */
    public Settings {
        thp = Collections.unmodifiableSortedMap(new TreeMap<>(thp));
    }

    /**
     * The same with other huge page settings.
     *
     * @param settings values by file name
     * @return the settings
     */
    public Settings withThp(Map<String, String> settings) {
        return new Settings(new TreeMap<>(settings), swapBytes, privileged, hugetlbPages);
    }

    /**
     * The same with other swap space.
     *
     * @param bytes its size; 0 for none
     * @return the settings
     */
    public Settings withSwap(long bytes) {
        return new Settings(thp, bytes, privileged, hugetlbPages);
    }
}
