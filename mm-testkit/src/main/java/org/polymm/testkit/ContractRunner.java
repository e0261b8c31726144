package org.polymm.testkit;

import java.util.ArrayList;
import java.util.List;
import org.polymm.api.plugin.PolicyPlugin;

/** Holds every contract against every policy of a plugin, without a test framework. */
public final class ContractRunner {

    /** The seed that is used where none is given. */
    public static final long DEFAULT_SEED = 1;

    private ContractRunner() {}

    /**
     * Checks a plugin with the default seed.
     *
     * @param plugin the plugin
     * @return what was found
     */
    public static ContractReport check(PolicyPlugin plugin) {
        return check(plugin, DEFAULT_SEED);
    }

    /**
     * Checks a plugin.
     *
     * @param plugin the plugin
     * @param seed what random facts are drawn from
     * @return what was found
     */
    public static ContractReport check(PolicyPlugin plugin, long seed) {
        String id = plugin.describe().id();
        List<ContractReport.Result> results = new ArrayList<>();
        List<String> breaches = PluginContract.breaches(plugin);
        results.add(new ContractReport.Result(
                id, PluginContract.ID, Contract.Rank.RULE, breaches.isEmpty() ? null : String.join("; ", breaches)));
        if (!breaches.isEmpty()) {
            return new ContractReport(id, results);
        }
        for (PolicyUnderTest policy : PolicyUnderTest.allOf(plugin)) {
            for (Contract contract : Contracts.of(policy.slot())) {
                results.add(new ContractReport.Result(
                        policy.toString(),
                        contract.id(),
                        contract.rank(),
                        contract.breach(policy, seed).orElse(null)));
            }
        }
        return new ContractReport(id, results);
    }
}
