package org.polymm.testkit;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the contracts found out about a plugin. Immutable.
 *
 * @param pluginId the plugin
 * @param results one for each policy (with each setting of its options tried) and contract, in the order of the
 *     plugin's description
 */
public record ContractReport(String pluginId, List<Result> results) {

    /**
     * One contract held against one policy.
     *
     * @param subject the policy with its options, or the plugin
     * @param contract the contract's id
     * @param rank how binding it is
     * @param breach what was found, null if nothing
     */
    public record Result(
            String subject,
            String contract,
            Contract.Rank rank,
            @Nullable String breach) {

        /** {@return whether the contract was kept, as far as was seen} */
        public boolean isKept() {
            return breach == null;
        }
    }

    /** Copies the list. */
    public ContractReport {
        results = List.copyOf(results);
    }

    /** {@return the breaches of rules and of safety} */
    public List<Result> breaches() {
        return results.stream().filter(result -> !result.isKept()).toList();
    }

    /** {@return whether every rule was kept; what breaks safety can still be run} */
    public boolean isUsable() {
        return breaches().stream().noneMatch(result -> result.rank() == Contract.Rank.RULE);
    }

    /** {@return the report in words: a line for each breach, and a count} */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (Result result : breaches()) {
            text.append(result.rank() == Contract.Rank.RULE ? "BROKEN  " : "UNSAFE  ")
                    .append(result.subject())
                    .append("  ")
                    .append(result.contract())
                    .append(": ")
                    .append(result.breach())
                    .append('\n');
        }
        long kept = results.stream().filter(Result::isKept).count();
        return text.append(pluginId)
                .append(": ")
                .append(kept)
                .append(" of ")
                .append(results.size())
                .append(" contracts kept\n")
                .toString();
    }
}
