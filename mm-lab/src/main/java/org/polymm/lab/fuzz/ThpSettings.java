package org.polymm.lab.fuzz;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Which of a machine's huge page settings a host gets: where folios of which size are used. */
final class ThpSettings {

    private ThpSettings() {}

    static SortedMap<String, String> ofHost(Map<String, String> files) {
        SortedMap<String, String> wanted = new TreeMap<>();
        files.forEach((file, value) -> {
            if (file.endsWith("enabled")) {
                wanted.put(file, value);
            }
        });
        return wanted;
    }
}
