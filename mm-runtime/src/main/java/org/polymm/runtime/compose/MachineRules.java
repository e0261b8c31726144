package org.polymm.runtime.compose;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.polymm.engine.frame.ThpTunable;
import org.polymm.engine.state.Geometry;
import org.polymm.runtime.config.Key;
import org.polymm.runtime.config.LayeredConfiguration;
import org.polymm.runtime.config.Origin;
import org.polymm.runtime.config.Problem;
import org.polymm.runtime.config.Setting;
import org.polymm.runtime.config.Sizes;

/** What values of one key mean for others: the defaults and ranges that follow from the shape of page tables. */
final class MachineRules {

    private MachineRules() {}

    /**
     * The defaults of a machine with small page tables: the kernel's formulas with 8 entries instead of 512.
     *
     * @param geometry the shape
     * @return other defaults; none for the usual shape
     */
    static List<Setting> defaults(Geometry geometry) {
        List<Setting> defaults = new ArrayList<>();
        if (geometry.equals(Geometry.X86_64)) {
            return defaults;
        }
        Origin origin = Origin.derived(StandardKeys.PAGE_TABLE_ENTRIES.name() + "=" + geometry.entries());
        add(defaults, origin, StandardKeys.MEMORY, "16MiB");
        add(defaults, origin, StandardKeys.hugepages(Geometry.X86_64.pmdOrder()), "never");
        add(defaults, origin, StandardKeys.hugepages(geometry.pmdOrder()), "inherit");
        add(defaults, origin, StandardKeys.shmemHugepages(Geometry.X86_64.pmdOrder()), "never");
        add(defaults, origin, StandardKeys.shmemHugepages(geometry.pmdOrder()), "inherit");
        add(defaults, origin, StandardKeys.KHUGEPAGED_PAGES_TO_SCAN, initial(ThpTunable.PAGES_TO_SCAN, geometry));
        add(defaults, origin, StandardKeys.KHUGEPAGED_MAX_PTES_NONE, initial(ThpTunable.MAX_PTES_NONE, geometry));
        add(defaults, origin, StandardKeys.KHUGEPAGED_MAX_PTES_SWAP, initial(ThpTunable.MAX_PTES_SWAP, geometry));
        add(defaults, origin, StandardKeys.KHUGEPAGED_MAX_PTES_SHARED, initial(ThpTunable.MAX_PTES_SHARED, geometry));
        return defaults;
    }

    private static String initial(ThpTunable tunable, Geometry geometry) {
        return Long.toString(tunable.initial(geometry));
    }

    private static void add(List<Setting> defaults, Origin origin, Key<?> key, String text) {
        defaults.add(new Setting(key.name(), text, origin));
    }

    /**
     * Checks values against the shape of page tables.
     *
     * @param configuration what is written, derived defaults included
     * @return what does not fit
     */
    static List<Problem> problems(LayeredConfiguration configuration) {
        List<Problem> problems = new ArrayList<>();
        Geometry geometry = configuration.get(StandardKeys.PAGE_TABLE_ENTRIES);
        String machine = "a machine with " + geometry.entries() + " entries a table";
        long memory = configuration.get(StandardKeys.MEMORY);
        if (memory % geometry.pmdSize() != 0 || memory < 4 * geometry.pmdSize()) {
            add(
                    problems,
                    configuration,
                    StandardKeys.MEMORY,
                    machine + " has a multiple of " + Sizes.show(geometry.pmdSize()) + ", at least "
                            + Sizes.show(4 * geometry.pmdSize()));
        }
        for (Key<Long> key : List.of(
                StandardKeys.KHUGEPAGED_MAX_PTES_NONE,
                StandardKeys.KHUGEPAGED_MAX_PTES_SWAP,
                StandardKeys.KHUGEPAGED_MAX_PTES_SHARED)) {
            if (configuration.get(key) >= geometry.entries()) {
                add(problems, configuration, key, machine + " takes at most " + (geometry.entries() - 1));
            }
        }
        List<Key<String>> tooLarge =
                new ArrayList<>(behind(StandardKeys.hugepages(geometry), StandardKeys.hugepages()));
        tooLarge.addAll(behind(StandardKeys.shmemHugepages(geometry), StandardKeys.shmemHugepages()));
        for (Key<String> key : tooLarge) {
            if (!configuration.get(key).equals("never")) {
                add(
                        problems,
                        configuration,
                        key,
                        machine + " has no folios of this size: the largest is " + (geometry.pmdSize() >> 10) + "kB");
            }
        }
        return problems;
    }

    /** What comes behind the first keys. */
    private static List<Key<String>> behind(List<Key<String>> first, List<Key<String>> all) {
        return all.subList(first.size(), all.size());
    }

    private static void add(List<Problem> problems, LayeredConfiguration configuration, Key<?> key, String message) {
        Optional<Setting> setting = configuration.find(key.name());
        setting.ifPresent(found -> problems.add(Problem.of(found, "'" + found.text() + "' will not do: " + message)));
    }
}
