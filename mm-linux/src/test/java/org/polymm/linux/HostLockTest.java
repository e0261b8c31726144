package org.polymm.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostLockTest {
    @TempDir
    Path place;

    @Test
    void theSecondRunSaysThatItWaitsAndGoesOnWhenTheFirstHasEnded() throws Exception {
        Path file = place.resolve("lock");
        List<String> said = new CopyOnWriteArrayList<>();
        CountDownLatch waits = new CountDownLatch(1);
        HostLock first = HostLock.take(file, said::add);
        CompletableFuture<HostLock> second = CompletableFuture.supplyAsync(() -> {
            try {
                return HostLock.take(file, message -> {
                    said.add(message);
                    waits.countDown();
                });
            } catch (HostUnavailableException e) {
                throw new IllegalStateException(e);
            }
        });
        assertTrue(waits.await(20, TimeUnit.SECONDS));
        assertFalse(second.isDone());
        first.close();
        second.get(20, TimeUnit.SECONDS).close();
        assertEquals(List.of("another run on this host's kernel holds " + file + "; waiting for it to end"), said);
    }

    @Test
    void theLockOfAProcessThatWasKilledIsFree() throws Exception {
        Path file = place.resolve("lock");
        Process holder = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertEquals('1', holder.getInputStream().read());
        List<String> said = new CopyOnWriteArrayList<>();
        HostLock.take(file, message -> {
                    said.add(message);
                    holder.destroyForcibly();
                })
                .close();
        assertEquals(1, said.size());
    }

    static final class Holder {
        private Holder() {}

        public static void main(String[] args) throws Exception {
            try (HostLock lock = HostLock.take(Path.of(args[0]), message -> {})) {
                System.out.print(lock == null ? '0' : '1');
                System.out.flush();
                Thread.sleep(60_000);
            }
        }
    }

    @Test
    void aPlaceThatDoesNotExistIsAnErrorThatNamesIt() throws IOException {
        Path file = place.resolve("nowhere/lock");
        HostUnavailableException error =
                assertThrows(HostUnavailableException.class, () -> HostLock.take(file, message -> {}));
        assertTrue(String.valueOf(error.getMessage()).contains(file.toString()));
    }
}
