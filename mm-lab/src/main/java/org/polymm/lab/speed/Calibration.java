package org.polymm.lab.speed;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.cost.CostModel;
import org.polymm.lab.cost.UnitCost;
import org.polymm.linux.HostBenchmark;

/**
 * The unit costs of estimated kernel time, as the kernel of this host has them.
 *
 * <p>What can be timed is whole operations. A unit cost is what is left of one when the others are taken away, such as an entry into the kernel:
 * a fault of a page minus the same page populated by a system call. Two sizes of folios tell zeroing from the rest of a fault: a fault of 2 MiB
 * and one of 4 KiB differ by 511 pages that are zeroed; clearing 512 entries of a huge page and 512 of base pages differ by the folios that are
 * freed. The fastest rounds are used, because a difference of medians is mostly noise.
 *
 * <p>Units that need a swap device, or a second processor, are not measured and keep their defaults.
 */
public final class Calibration {

    private static final int HUGE_PAGES = 512;

    private final Map<String, Double> figures = new LinkedHashMap<>();
    private final SequencedMap<String, Long> costs = new LinkedHashMap<>();
    private final Map<String, String> derivations = new LinkedHashMap<>();

    /**
     * Works the costs out.
     *
     * @param benchmark what the host's kernel took
     */
    public Calibration(HostBenchmark benchmark) {
        benchmark.figures().forEach(figure -> figures.put(figure.operation(), figure.minimum()));
        Double trap = difference("first-touch", "populate-write");
        Double zero = zeroing();
        Double copy = figures.get("memcpy");
        put("cost.trap", trap, "first-touch minus populate-write");
        put("cost.anon-fault", minus("first-touch", trap, zero), "first-touch minus trap and zeroing");
        put("cost.zero-page-map", minus("zero-page-fault", trap, 0.0), "zero-page-fault minus trap");
        put("cost.cow-copy", minus("cow-copy", trap, copy), "cow-copy minus trap and copying");
        put("cost.cow-reuse", minus("cow-reuse", trap, 0.0), "cow-reuse minus trap");
        put(
                "cost.zero-page",
                zero,
                figures.containsKey("thp-fault")
                        ? "(thp-fault minus first-touch) / 511"
                        : "memset: no huge page was to be had");
        put("cost.copy-page", copy, "memcpy");
        put("cost.fork-pte", figures.get("fork"), "fork");
        put("cost.fork-pmd", figures.get("fork-thp"), "fork-thp");
        put("cost.zap-pte", figures.get("munmap-split"), "munmap-split");
        Double free = difference("munmap", "munmap-split");
        put("cost.free-folio", free, "munmap minus munmap-split");
        put("cost.zap-pmd", minus("munmap-thp", free, 0.0), "munmap-thp minus freeing the folio");
        put("cost.mlock-entry", mean("mlock", "munlock"), "mean of mlock and munlock");
        put("cost.protect-pte", figures.get("mprotect"), "mprotect");
        put("cost.move-pte", figures.get("mremap"), "mremap");
        Double call = figures.get("system-call");
        put("cost.system-call", call, "system-call");
        Double pair = minus("mmap-munmap", call, call);
        put("cost.vma-change", pair == null ? null : pair / 2, "half of mmap-munmap minus two system calls");
    }

    private @Nullable Double zeroing() {
        Double page = figures.get("first-touch");
        Double huge = figures.get("thp-fault");
        return page == null || huge == null
                ? figures.get("memset")
                : Double.valueOf(Math.max(0, (huge - page) / (HUGE_PAGES - 1)));
    }

    private @Nullable Double difference(String whole, String part) {
        return minus(whole, figures.get(part), 0.0);
    }

    private @Nullable Double minus(String whole, @Nullable Double one, @Nullable Double other) {
        Double time = figures.get(whole);
        return time == null || one == null || other == null ? null : Double.valueOf(time - one - other);
    }

    private @Nullable Double mean(String one, String other) {
        Double first = figures.get(one);
        Double second = figures.get(other);
        return first == null || second == null ? null : Double.valueOf((first + second) / 2);
    }

    private void put(String key, @Nullable Double nanos, String derivation) {
        if (nanos != null) {
            costs.put(key, Math.max(0, Math.round(nanos)));
            derivations.put(key, derivation + (nanos < 0 ? "; came out below nothing" : ""));
        }
    }

    /** {@return nanoseconds by configuration key, in the order of the model, of what could be measured} */
    public SequencedMap<String, Long> costs() {
        return Collections.unmodifiableSequencedMap(costs);
    }

    /**
     * The costs as a configuration file.
     *
     * @param host the kernel that was measured
     * @param command what measures it again
     * @return the text of a {@code .properties} file
     */
    public String properties(String host, String command) {
        StringBuilder text = new StringBuilder();
        text.append("# Unit costs of ")
                .append(host)
                .append(", in nanoseconds of thread CPU time, the fastest rounds.\n");
        text.append("# ").append(command).append("\n\n");
        List<String> kept = new ArrayList<>();
        for (UnitCost cost : CostModel.defaults().costs()) {
            Long nanos = costs.get(cost.key());
            if (nanos == null) {
                kept.add(cost.key());
                continue;
            }
            text.append("# ").append(cost.help()).append(": ").append(derivations.get(cost.key()));
            text.append(String.format(Locale.ROOT, "; default %d%n", cost.nanos()));
            text.append(cost.key()).append(" = ").append(nanos).append('\n');
        }
        text.append("\n# Not measured, and left as they are: ")
                .append(String.join(", ", kept))
                .append('\n');
        return text.toString();
    }

    /** {@return the costs beside the defaults, a line each} */
    public String table() {
        StringBuilder text = new StringBuilder(
                String.format(Locale.ROOT, "%-20s %10s %10s  %s%n", "key", "default", "here", "from"));
        for (UnitCost cost : CostModel.defaults().costs()) {
            Long nanos = costs.get(cost.key());
            text.append(String.format(
                    Locale.ROOT,
                    "%-20s %10d %10s  %s%n",
                    cost.key(),
                    cost.nanos(),
                    nanos == null ? "-" : nanos,
                    derivations.getOrDefault(cost.key(), "not measured")));
        }
        return text.toString();
    }
}
