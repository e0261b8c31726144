package org.polymm.linux;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How fast the host answers. Prints; there is no limit to fail, because the host has other work. */
@Tag("long")
class HostThroughputTest {

    @Test
    void measure() {
        try (HostKernel kernel = HostKernel.start(HostOptions.DEFAULT)) {
            RandomProgram program = new RandomProgram(kernel);
            for (int every : new int[] {1, 3, 20}) {
                int operations = every == 20 ? 40_000 : 10_000;
                for (int round = 0; round < 4; round++) {
                    long start = System.nanoTime();
                    int answers = program.run(round, operations, every).length;
                    double seconds = (System.nanoTime() - start) / 1e9;
                    System.out.printf("snapshot every %d: %.0f operations/s%n", every, operations / seconds);
                    assertTrue(answers > operations);
                    kernel.reset().next();
                }
            }
        } catch (HostUnavailableException e) {
            abort(e.getMessage());
        }
    }
}
