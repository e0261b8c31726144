package org.polymm.it;

import static org.polymm.engine.mm.Mman.MAP_ANONYMOUS;
import static org.polymm.engine.mm.Mman.MAP_FIXED;
import static org.polymm.engine.mm.Mman.MAP_PRIVATE;
import static org.polymm.engine.mm.Mman.PROT_READ;
import static org.polymm.engine.mm.Mman.PROT_WRITE;

import java.util.LinkedHashMap;
import java.util.Map;
import org.polymm.engine.fault.MemoryAccess;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.mm.Mman;
import org.polymm.lab.explore.MachineWorld;
import org.polymm.lab.explore.Program;
import org.polymm.runtime.Laboratory;

/** Two or three system calls and accesses side by side on a machine with tables of eight entries. */
enum EngineProgram {
    FIRST_TOUCH_OF_ONE_PAGE("two tasks touch the same page first") {
        @Override
        Program.Builder program() {
            return start().task("A")
                    .call("write 0 = 11", () -> write(0, 11))
                    .task("B")
                    .call("write 0 = 22", () -> write(0, 22))
                    .atEnd(
                            "the page holds what was written last",
                            r -> machine.read(mm, BASE) == 11 || machine.read(mm, BASE) == 22);
        }
    },
    FIRST_TOUCH_OF_ONE_BLOCK(
            "two tasks touch different pages of one block of four first", "thp.hugepages-16kB=always") {
        @Override
        Program.Builder program() {
            return start().task("A")
                    .call("write 0 = 11", () -> write(0, 11))
                    .task("B")
                    .call("write 2 = 22", () -> write(2, 22))
                    .atEnd(
                            "nothing written is lost",
                            r -> machine.read(mm, BASE) == 11 && machine.read(mm, BASE + 2 * PAGE) == 22);
        }
    },
    FIRST_READ_AGAINST_FIRST_WRITE("one task reads, another writes the same page first") {
        @Override
        Program.Builder program() {
            return start().task("A")
                    .call("read 0", () -> read(0))
                    .task("B")
                    .call("write 0 = 22", () -> write(0, 22))
                    .atEnd("nothing written is lost", r -> machine.read(mm, BASE) == 22)
                    .atEnd("the reader sees zero or what was written", r -> r.of(0, 0) == 0 || r.of(0, 0) == 22);
        }
    },
    WRITE_PROTECT_FAULTS("parent and child write a page that a fork left shared") {
        @Override
        Program.Builder program() {
            Program.Builder builder = start();
            write(0, 7);
            child = machine.fork(mm);
            return builder.task("parent")
                    .call("write 0 = 11", () -> write(0, 11))
                    .task("child")
                    .call("child write 0 = 22", () -> Math.min(0, machine.write(child, BASE, 22)))
                    .atEnd("each reads its own", r -> machine.read(mm, BASE) == 11 && machine.read(child, BASE) == 22);
        }
    },
    WRITE_PROTECT_FAULTS_ON_A_LARGE_FOLIO(
            "parent and child write a large folio that a fork left shared", "thp.hugepages-16kB=always") {
        @Override
        Program.Builder program() {
            Program.Builder builder = start();
            write(0, 7);
            child = machine.fork(mm);
            return builder.task("parent")
                    .call("write 0 = 11", () -> write(0, 11))
                    .task("child")
                    .call("child write 0 = 22", () -> Math.min(0, machine.write(child, BASE, 22)))
                    .atEnd("each reads its own", r -> machine.read(mm, BASE) == 11 && machine.read(child, BASE) == 22);
        }
    },
    FAULT_AGAINST_DONTNEED("a write fault against madvise(MADV_DONTNEED)") {
        @Override
        Program.Builder program() {
            Program.Builder builder = start();
            write(0, 7);
            return builder.task("A")
                    .call("write 0 = 11", () -> write(0, 11))
                    .task("B")
                    .call("madvise 0 DONTNEED", () -> machine.madvise(mm, BASE, PAGE, Mman.MADV_DONTNEED))
                    .atEnd(
                            "the page holds zero or what was written",
                            r -> machine.read(mm, BASE) == 0 || machine.read(mm, BASE) == 11);
        }
    },
    FAULT_AGAINST_MUNMAP("a write fault against munmap") {
        @Override
        Program.Builder program() {
            Program.Builder builder = start();
            write(1, 7);
            return builder.task("A")
                    .call("write 0 = 11", () -> write(0, 11))
                    .task("B")
                    .call("munmap 0..2", () -> machine.munmap(mm, BASE, 2 * PAGE))
                    .atEnd(
                            "nothing is mapped",
                            r -> machine.inspect().entry(mm, BASE) == 0
                                    && machine.inspect().vmaCount(mm) == 1);
        }
    },
    MLOCK_AGAINST_DONTNEED_LOCKED("mlock against madvise(MADV_DONTNEED_LOCKED)") {
        @Override
        Program.Builder program() {
            Program.Builder builder = start();
            write(0, 7);
            return builder.task("A")
                    .call("mlock 0", () -> machine.mlock(mm, BASE, PAGE))
                    .task("B")
                    .call("madvise 0 DONTNEED_LOCKED", () -> machine.madvise(mm, BASE, PAGE, Mman.MADV_DONTNEED_LOCKED))
                    .atEnd("mlock succeeds", r -> r.of(0, 0) == 0);
        }
    },
    FORK_AGAINST_FAULT("fork against a write fault in the parent") {
        @Override
        Program.Builder program() {
            Program.Builder builder = start();
            write(0, 7);
            return builder.task("A")
                    .call("fork", () -> machine.fork(mm))
                    .task("B")
                    .call("write 0 = 11", () -> write(0, 11))
                    .atEnd("the parent reads what it wrote", r -> machine.read(mm, BASE) == 11)
                    .atEnd("the child reads one of both", r -> {
                        long seen = machine.read((int) r.of(0, 0), BASE);
                        return seen == 7 || seen == 11;
                    });
        }
    },
    MPROTECT_AGAINST_FAULT("mprotect against a write fault") {
        @Override
        Program.Builder program() {
            Program.Builder builder = start();
            write(1, 7);
            return builder.task("A")
                    .call("mprotect 0..2 r", () -> machine.mprotect(mm, BASE, 2 * PAGE, PROT_READ))
                    .task("B")
                    .call("write 0 = 11", () -> write(0, 11))
                    .atEnd("the page is not writable any more", r -> machine.touch(mm, BASE, MemoryAccess.WRITE) < 0)
                    .atEnd(
                            "what the writer could write is there",
                            r -> machine.read(mm, BASE) == (r.of(1, 0) < 0 ? 0 : 11));
        }
    },
    MREMAP_AGAINST_FAULT("mremap against a write fault") {
        @Override
        Program.Builder program() {
            Program.Builder builder = start();
            write(0, 7);
            return builder.task("A")
                    .call(
                            "mremap 0..2 to 24",
                            () -> machine.mremap(
                                    mm,
                                    BASE,
                                    2 * PAGE,
                                    2 * PAGE,
                                    Mman.MREMAP_MAYMOVE | Mman.MREMAP_FIXED,
                                    BASE + 24 * PAGE))
                    .task("B")
                    .call("write 0 = 11", () -> write(0, 11))
                    .atEnd(
                            "the moved page holds what it held, or what was written before it moved",
                            r -> machine.read(mm, BASE + 24 * PAGE) == (r.of(1, 0) < 0 ? 7 : 11));
        }
    };

    static final long BASE = 0x100000;
    static final long PAGE = 4096;
    static final int PAGES = 16;

    private final String title;
    private final Map<String, String> settings = new LinkedHashMap<>();
    Machine machine;
    int mm;
    int child;
    /** Is told the state and the results at the end of each interleaving. */
    java.util.function.Consumer<String> recorder = state -> {};

    EngineProgram(String title, String... settings) {
        this.title = title;
        this.settings.put("machine.page-table-entries", "8");
        this.settings.put("machine.memory", "256KiB");
        this.settings.put("machine.contents", "true");
        this.settings.put("thp.enabled", "always");
        this.settings.put("thp.hugepages-32kB", "never");
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            this.settings.put(setting.substring(0, equals), setting.substring(equals + 1));
        }
    }

    abstract Program.Builder program();

    /** Sets a machine up. */
    Program build(Laboratory laboratory) {
        machine = laboratory.compose(settings, "exploration").blueprint().create();
        mm = machine.spawn();
        child = 0;
        return program().build();
    }

    Program.Builder start() {
        long at = machine.mmap(
                mm, BASE, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0, 0);
        if (at != BASE) {
            throw new IllegalStateException("mmap answered " + at);
        }
        return Program.on(new MachineWorld(machine)).atEnd("recorded", results -> {
            if (recorder == null) return true;
            java.util.stream.IntStream.Builder mms = java.util.stream.IntStream.builder();
            machine.spaces().mms().forEachLive(mms::add);
            recorder.accept(EngineState.of(machine, mms.build().toArray()) + results.of(0, 0) + " " + results.of(1, 0));
            return true;
        });
    }

    int write(int page, int token) {
        return Math.min(0, machine.write(mm, BASE + page * PAGE, token));
    }

    long read(int page) {
        return machine.read(mm, BASE + page * PAGE);
    }

    @Override
    public String toString() {
        return title;
    }
}
