package org.polymm.policy.khugepaged;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.polymm.testkit.Contracts;
import org.polymm.testkit.junit.ContractTests;

class KhugepagedPluginTest {

    @TestFactory
    Stream<DynamicNode> policies_keep_the_contracts() {
        return ContractTests.of(new KhugepagedPlugin())
                .exceptThatBreaks("retract/check-before-lock", Contracts.RETRACTION_LOSES_NOTHING)
                .exceptThatBreaks("retract/mmap-read", Contracts.RETRACTION_LOSES_NOTHING)
                .exceptThatBreaks("retract/mmap-read {anon-vma=if-empty}")
                .exceptThatBreaks("retract/recheck-under-ptl", Contracts.RETRACTION_LOSES_NOTHING)
                .exceptThatBreaks("table-move/unchecked", Contracts.NO_DANGEROUS_DECISION)
                .tests();
    }
}
