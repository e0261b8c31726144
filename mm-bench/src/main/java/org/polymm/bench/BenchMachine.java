package org.polymm.bench;

import java.nio.file.Path;
import java.util.Map;
import org.polymm.engine.machine.Machine;
import org.polymm.runtime.Laboratory;
import org.polymm.runtime.Polymm;
import org.polymm.runtime.config.ConfigSources;

/** A machine with the mainline policies, loaded as plugins from the folder that the system property {@code polymm.plugins} names. */
final class BenchMachine implements AutoCloseable {

    static final long PAGE = 4096;
    /** Read and write. */
    static final int PROT = 3;
    /** Private and anonymous. */
    static final int FLAGS = 0x22;

    private final Laboratory laboratory;
    final Machine machine;

    BenchMachine(Map<String, String> settings) {
        String plugins = System.getProperty("polymm.plugins", "target/plugins");
        laboratory = Polymm.open(ConfigSources.builder()
                .set("plugins.directory=" + Path.of(plugins).toAbsolutePath())
                .build());
        machine = laboratory.compose(settings, "bench").blueprint().create();
    }

    /** Maps private anonymous memory where the machine likes. */
    long map(int mm, long bytes) {
        long address = machine.mmap(mm, 0, bytes, PROT, FLAGS, 0, 0);
        if (address < 0) {
            throw new IllegalStateException("mmap of " + bytes + " bytes failed with " + address);
        }
        return address;
    }

    /** Writes every page of a range once. */
    void touch(int mm, long address, long pages) {
        for (long page = 0; page < pages; page++) {
            if (machine.touch(mm, address + page * PAGE, 1) < 0) {
                throw new IllegalStateException("no memory at page " + page);
            }
        }
    }

    @Override
    public void close() {
        laboratory.close();
    }
}
