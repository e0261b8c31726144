package org.polymm.lab.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.LongPredicate;

/** Compares predicted pages with a snapshot's, and names the first differences. */
final class PageComparison {
    private static final int SHOWN = 12;

    private PageComparison() {}

    /**
     * The differences inside the snapshot's areas, stack and the kernel's areas left out.
     *
     * @param predicted page number to "exclusively mapped"
     */
    static List<String> differences(PageSnapshot snapshot, SortedMap<Long, Boolean> predicted) {
        List<String> differences = new ArrayList<>();
        LongPredicate compared = page -> snapshot.areas().stream()
                .noneMatch(
                        area -> area.isOutsideTheRecording() && area.start() >> 12 <= page && page < area.end() >> 12);
        TreeSet<Long> pages = new TreeSet<>(predicted.keySet());
        pages.addAll(snapshot.anonymous().keySet());
        for (long page : pages) {
            String recorded = describe(snapshot.anonymous().get(page));
            String replayed = describe(predicted.get(page));
            if (compared.test(page) && !recorded.equals(replayed)) {
                differences.add(String.format("0x%x: recorded %s, replayed %s", page << 12, recorded, replayed));
            }
        }
        return differences.size() <= SHOWN
                ? differences
                : new ArrayList<>(
                        List.of(differences.size() + " differences, first: " + differences.subList(0, SHOWN)));
    }

    private static String describe(@org.jspecify.annotations.Nullable Boolean exclusive) {
        if (exclusive == null) {
            return "absent";
        }
        return exclusive ? "present, mapped once" : "present, shared or zero page";
    }
}
