package org.polymm.lab.fuzz;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.polymm.runtime.compose.Composition;

/** Which of a machine's settings a host gets and a scenario names: where folios of which size are used, and what is not the default. */
final class ThpSettings {

    private static final String NEVER = "never";
    private static final List<String> TOLD =
            List.of("machine.page-table-entries", "machine.swap", "machine.swap-device", "safety");

    private ThpSettings() {}

    /** The files that say where folios of which size are used. */
    static SortedMap<String, String> ofHost(Map<String, String> files) {
        SortedMap<String, String> wanted = new TreeMap<>();
        files.forEach((file, value) -> {
            if (file.endsWith("enabled")) {
                wanted.put(file, value);
            }
        });
        return wanted;
    }

    /** What has to be told of a machine so that another one like it can be made: folio sizes in use, policies, swap, the shape of page tables. */
    static SequencedMap<String, String> described(Composition composition) {
        SequencedMap<String, String> told = new LinkedHashMap<>();
        ofHost(composition.blueprint().thp()).forEach((file, value) -> {
            if (file.endsWith("/shmem_enabled")) {
                tellOfShmem(told, file.substring(0, file.indexOf('/')), value);
            } else if (!value.equals(NEVER)) {
                told.put("thp." + file.replace("/enabled", ""), value);
            }
        });
        composition.differences().forEach(difference -> {
            if (difference.key().startsWith("policy.") || TOLD.contains(difference.key())) {
                told.put(difference.key(), difference.text());
            }
        });
        return told;
    }

    /** Of shared memory the largest size inherits by default, the others never have any. */
    private static void tellOfShmem(Map<String, String> told, String size, String value) {
        boolean largest = size.equals("hugepages-2048kB") || size.equals("hugepages-32kB") && value.equals("inherit");
        if (!value.equals(largest ? "inherit" : NEVER)) {
            told.put("thp.shmem." + size, value);
        }
    }
}
