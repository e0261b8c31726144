package org.polymm.lab.scenario;

import java.util.List;
import java.util.Locale;
import org.polymm.lab.program.Operation;

/**
 * What numbers are called in a scenario, for messages and pictures.
 *
 * @param processes the names of processes by their numbers
 * @param files the names of files by their numbers
 * @param regions every region, in the order of the text
 */
public record Names(List<String> processes, List<String> files, List<Region> regions) {

    /** Copies the lists. */
    public Names {
        processes = List.copyOf(processes);
        files = List.copyOf(files);
        regions = List.copyOf(regions);
    }

    /**
     * The name of a process.
     *
     * @param number its number
     * @return its name; {@code process N} if it has none
     */
    public String process(int number) {
        return number < processes.size() ? processes.get(number) : "process " + number;
    }

    /**
     * An address by the region it lies in, the smallest if there are several.
     *
     * @param address in bytes
     * @return such as {@code buf[3]}; the number if it lies in none
     */
    public String page(long address) {
        Region best = null;
        for (Region region : regions) {
            if (address >= region.start()
                    && address < region.end()
                    && (best == null || region.bytes() <= best.bytes())) {
                best = region;
            }
        }
        return best == null
                ? String.format(Locale.ROOT, "0x%x", address)
                : best.name() + "[" + (address - best.start()) / Operation.PAGE + "]";
    }
}
