package org.polymm.lab.cost;

import java.util.Locale;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.frame.Work;

/**
 * The counters of a finished run by name: {@code work.NAME} for {@link Work}, {@code vmstat.NAME} for
 * {@code /proc/vmstat}, and {@code replay.calls} and {@code replay.vma_calls} for system calls.
 *
 * @param vmstat the machine's counters
 * @param calls system calls that were replayed
 * @param vmaCalls those of them that changed the list of VMAs
 */
public record Counters(Vmstat vmstat, long calls, long vmaCalls) {

    /**
     * A counter.
     *
     * @throws IllegalArgumentException when there is none of that name
     */
    public long get(String name) {
        int dot = name.indexOf('.');
        String last = name.substring(dot + 1).toUpperCase(Locale.ROOT);
        return switch (name.substring(0, Math.max(dot, 0))) {
            case "work" -> vmstat.get(Work.valueOf(last));
            case "vmstat" -> vmstat.get(VmstatItem.valueOf(last));
            case "replay" -> replay(name);
            default -> throw new IllegalArgumentException("no counter " + name);
        };
    }

    private long replay(String name) {
        return switch (name) {
            case "replay.calls" -> calls;
            case "replay.vma_calls" -> vmaCalls;
            default -> throw new IllegalArgumentException("no counter " + name);
        };
    }
}
