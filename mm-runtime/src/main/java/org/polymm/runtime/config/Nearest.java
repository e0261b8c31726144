package org.polymm.runtime.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds what a misspelt word was meant to be, by edit distance: insertions, deletions, replacements and swaps of neighbours cost one each.
 */
public final class Nearest {

    private Nearest() {}

    /**
     * The candidate nearest to a word.
     *
     * @param word what was typed
     * @param candidates what is known
     * @return the nearest; the first of several; nothing if none is near enough to have been meant
     */
    public static Optional<String> to(String word, Collection<String> candidates) {
        String typed = word.toLowerCase(Locale.ROOT);
        String best = null;
        int bestDistance = Math.max(2, word.length() / 3) + 1;
        for (String candidate : candidates) {
            int distance = distance(typed, candidate.toLowerCase(Locale.ROOT));
            if (distance < bestDistance && distance < Math.max(word.length(), candidate.length())) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return Optional.ofNullable(best);
    }

    /**
     * A question to put behind an error message.
     *
     * @param word what was typed
     * @param candidates what is known
     * @return {@code "; did you mean X?"}, or nothing
     */
    public static String hint(String word, Collection<String> candidates) {
        return to(word, candidates)
                .map(candidate -> "; did you mean " + candidate + "?")
                .orElse("");
    }

    /**
     * How many edits turn one word into another.
     *
     * @param from a word
     * @param to another
     * @return insertions, deletions, replacements and swaps of neighbouring characters
     */
    static int distance(String from, String to) {
        int[][] cost = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int replace = cost[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                int best = Math.min(replace, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
                if (i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1)) {
                    best = Math.min(best, cost[i - 2][j - 2] + 1);
                }
                cost[i][j] = best;
            }
        }
        return cost[from.length()][to.length()];
    }
}
