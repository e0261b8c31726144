package org.polymm.policy.khugepaged;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.polymm.testkit.junit.ContractTests;

class KhugepagedPluginTest {

    @TestFactory
    Stream<DynamicNode> policies_keep_the_contracts() {
        return ContractTests.of(new KhugepagedPlugin()).tests();
    }
}
