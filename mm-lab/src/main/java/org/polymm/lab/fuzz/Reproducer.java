package org.polymm.lab.fuzz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.polymm.engine.check.Invariant;
import org.polymm.lab.program.Settings;
import org.polymm.lab.scenario.ScenarioText;
import org.polymm.runtime.config.Sizes;

/** Writes failing programs down. */
public final class Reproducer {

    private Reproducer() {}

    /**
     * What was found, in a few lines.
     *
     * @param failure the failing program
     * @param against what it was held against
     * @return lines, each with its end
     */
    public static String summary(FuzzReport.Failure failure, String against) {
        return String.format(
                Locale.ROOT,
                "program %d fails: %s%nshrunk from %d operations to %d in %d trials%n%n%s%n",
                failure.program(),
                failure.finding().kind(),
                failure.length(),
                failure.operations().size(),
                failure.trials(),
                failure.finding().detail().stripTrailing());
    }

    /**
     * The program as a scenario: what it needs, what it does, and what must not be.
     *
     * @param seed of the run
     * @param failure the failing program
     * @param against what it was held against
     * @param options further options of the command that finds it again, each with a blank before it
     * @return the text of the file
     */
    public static String scenario(long seed, FuzzReport.Failure failure, String against, String options) {
        boolean limited = ProgramGenerator.isLimited(failure.operations());
        SortedMap<String, String> thp = new TreeMap<>();
        Map<String, String> configuration = new LinkedHashMap<>();
        String swap = failure.settings().getOrDefault("machine.swap", "0");
        failure.settings().forEach((key, value) -> {
            if (key.startsWith("thp.hugepages-")) {
                thp.put(key.substring("thp.".length()) + "/enabled", value);
            } else if (key.startsWith("thp.shmem.")) {
                thp.put(key.substring("thp.shmem.".length()) + "/shmem_enabled", value);
            } else if (key.equals("thp.enabled") || key.equals("thp.shmem_enabled")) {
                thp.put(key.substring("thp.".length()), value);
            } else if (!key.equals("machine.swap")) {
                configuration.put(key, value);
            }
        });
        List<String> comments = new ArrayList<>();
        comments.add("polymm fuzz --against " + against + " --seed " + seed + " --from " + failure.program()
                + " --programs 1" + options);
        comments.add("fails: " + failure.finding().kind());
        String text = ScenarioText.write(
                "program " + failure.program() + " of seed " + seed,
                comments,
                new Settings(thp, Sizes.parse(swap), !limited, 0),
                configuration,
                failure.window(),
                failure.operations(),
                List.of());
        return isInvariant(failure.finding().kind())
                ? text + "expect violation " + failure.finding().kind() + "\n"
                : text;
    }

    private static boolean isInvariant(String kind) {
        return Arrays.stream(Invariant.values())
                .anyMatch(invariant -> invariant.id().equals(kind));
    }
}
