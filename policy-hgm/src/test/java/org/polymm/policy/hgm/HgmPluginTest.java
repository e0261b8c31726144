package org.polymm.policy.hgm;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.polymm.testkit.Contracts;
import org.polymm.testkit.junit.ContractTests;

class HgmPluginTest {

    @TestFactory
    Stream<DynamicNode> policies_keep_the_contracts() {
        return ContractTests.of(new HgmPlugin())
                .exceptThatBreaks("mapcount/page-mapcount", Contracts.SHARING_NEVER_DENIED)
                .tests();
    }
}
