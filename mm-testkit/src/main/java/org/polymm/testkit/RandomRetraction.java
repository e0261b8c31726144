package org.polymm.testkit;

import java.util.List;
import java.util.Random;
import org.polymm.api.collapse.CollapsePolicy;
import org.polymm.api.collapse.RetractionSteps.PmdState;
import org.polymm.testkit.fake.FakeFileMapping;
import org.polymm.testkit.fake.FakeRetractionSteps;

/**
 * A retraction over a few random mappings, with other tasks in between that do at random whatever the procedure's locks
 * let them.
 */
final class RandomRetraction {

    private final Random random;

    RandomRetraction(Random random) {
        this.random = random;
    }

    /** Runs a procedure, and its retry if it deferred something; what it did wrong is in the steps. */
    FakeRetractionSteps run(CollapsePolicy.Retraction policy) {
        FakeFileMapping[] mappings = new FakeFileMapping[1 + random.nextInt(3)];
        boolean khugepaged = random.nextBoolean();
        for (int i = 0; i < mappings.length; i++) {
            mappings[i] = new FakeFileMapping()
                    .fitsPmd(random.nextInt(8) != 0)
                    .anonVma(random.nextInt(8) == 0)
                    .uffdWriteProtect(random.nextInt(8) == 0)
                    .exiting(random.nextInt(16) == 0)
                    .mmapLockBusy(random.nextBoolean())
                    .notifierUser(random.nextInt(4) == 0)
                    .pmd(random.nextInt(8) == 0 ? PmdState.HUGE : PmdState.TABLE)
                    .target(!khugepaged && i == 0);
        }
        int pace = 1 + random.nextInt(8);
        FakeRetractionSteps steps = new FakeRetractionSteps(mappings)
                .khugepaged(khugepaged)
                .enforcing(random.nextInt(4) == 0)
                .racer((step, mapping) -> race(mapping, pace));
        steps.run(policy);
        if (List.of(mappings).stream().anyMatch(FakeFileMapping::wasDeferred)) {
            steps.runRetry(policy);
        }
        return steps;
    }

    private void race(FakeFileMapping mapping, int pace) {
        while (random.nextInt(pace) == 0 && random.nextBoolean()) {
            switch (random.nextInt(9)) {
                case 0 -> mapping.registerUffdWriteProtect();
                case 1, 2 -> mapping.placeMarker();
                case 3 -> mapping.prepareAnonVma();
                case 4, 5 -> mapping.placeAnonPage();
                case 6 -> mapping.freeEmptyTable();
                case 7 -> mapping.allocateTable();
                default -> {
                    if (random.nextInt(16) == 0) {
                        mapping.beginExit();
                    }
                }
            }
        }
    }
}
