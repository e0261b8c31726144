package org.polymm.testkit.junit;

import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.polymm.api.plugin.PolicyPlugin;
import org.polymm.testkit.Contract;
import org.polymm.testkit.ContractRunner;
import org.polymm.testkit.Contracts;
import org.polymm.testkit.PluginContract;
import org.polymm.testkit.PolicyUnderTest;

/**
 * Makes tests of the contracts: a container for each policy and setting, a test for each contract.
 *
 * <p>A policy that is faulty on purpose names the contract that it breaks, and then must break it: an exception that is
 * not needed fails.
 */
public final class ContractTests {

    private final PolicyPlugin plugin;
    private final Map<String, Set<Contract>> faulty;

    private ContractTests(PolicyPlugin plugin, Map<String, Set<Contract>> faulty) {
        this.plugin = plugin;
        this.faulty = faulty;
    }

    /**
     * The contracts of every policy of a plugin.
     *
     * @param plugin the plugin
     * @return the tests to make
     */
    public static ContractTests of(PolicyPlugin plugin) {
        return new ContractTests(plugin, Map.of());
    }

    /**
     * Expects a policy to break a contract.
     *
     * @param policyId the policy; or, stronger than that, the policy with options, as the tests are named: {@code "retract/x {option=value}"}
     * @param contracts what it breaks; none for options that mend it
     * @return the tests with this exception
     */
    public ContractTests exceptThatBreaks(String policyId, Contract... contracts) {
        Map<String, Set<Contract>> more = new HashMap<>(faulty);
        more.put(policyId, Set.of(contracts));
        return new ContractTests(plugin, Map.copyOf(more));
    }

    /** {@return the tests} */
    public Stream<DynamicNode> tests() {
        DynamicNode whole = dynamicTest(
                PluginContract.ID, () -> Assertions.assertEquals(List.of(), PluginContract.breaches(plugin)));
        return Stream.concat(
                Stream.of(whole), PolicyUnderTest.allOf(plugin).stream().map(this::container));
    }

    private DynamicNode container(PolicyUnderTest policy) {
        return dynamicContainer(
                policy.toString(), Contracts.of(policy.slot()).stream().map(contract -> test(policy, contract)));
    }

    private DynamicTest test(PolicyUnderTest policy, Contract contract) {
        boolean breaks = faulty.getOrDefault(policy.toString(), faulty.getOrDefault(policy.id(), Set.of()))
                .contains(contract);
        String name = breaks ? "is known to break: " + contract.id() : contract.id() + ": " + contract.sentence();
        return dynamicTest(name, () -> {
            Optional<String> breach = contract.breach(policy, ContractRunner.DEFAULT_SEED);
            if (breaks) {
                Assertions.assertTrue(breach.isPresent(), () -> policy + " was expected to break " + contract.id());
            } else {
                Assertions.assertNull(breach.orElse(null), () -> policy + " breaks " + contract.id());
            }
        });
    }
}
