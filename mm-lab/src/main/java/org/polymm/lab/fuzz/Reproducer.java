package org.polymm.lab.fuzz;

import java.util.Locale;

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
     * The program as a scenario.
     *
     * @param seed of the run
     * @param failure the failing program
     * @param against what it was held against
     * @return the text of the file
     */
    public static String scenario(long seed, FuzzReport.Failure failure, String against) {
        StringBuilder text = new StringBuilder();
        text.append("# polymm fuzz --against ").append(against).append(" --seed ").append(seed);
        text.append(" --from ").append(failure.program()).append(" --programs 1\n");
        failure.settings().forEach((key, value) -> text.append("# --set ")
                .append(key)
                .append('=')
                .append(value)
                .append('\n'));
        text.append("# ").append(failure.finding().kind()).append('\n');
        return text.append(Listing.of(failure.operations(), failure.window())).toString();
    }
}
