package org.polymm.policy.mlock;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.polymm.testkit.Contracts;
import org.polymm.testkit.junit.ContractTests;

class MlockPluginTest {

    @TestFactory
    Stream<DynamicNode> policies_keep_the_contracts() {
        return ContractTests.of(new MlockPlugin())
                .exceptThatBreaks("boundary/split-or-copy-unchecked", Contracts.NO_DANGEROUS_DECISION)
                .tests();
    }
}
