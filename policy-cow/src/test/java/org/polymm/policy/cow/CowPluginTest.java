package org.polymm.policy.cow;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.polymm.testkit.Contracts;
import org.polymm.testkit.junit.ContractTests;

class CowPluginTest {

    @TestFactory
    Stream<DynamicNode> policies_keep_the_contracts() {
        return ContractTests.of(new CowPlugin())
                .exceptThatBreaks("copy/wide-unchecked", Contracts.NO_DANGEROUS_DECISION)
                .tests();
    }
}
