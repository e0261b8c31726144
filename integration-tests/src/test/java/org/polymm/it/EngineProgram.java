package org.polymm.it;

import static org.polymm.engine.mm.Mman.MAP_ANONYMOUS;
import static org.polymm.engine.mm.Mman.MAP_FIXED;
import static org.polymm.engine.mm.Mman.MAP_PRIVATE;
import static org.polymm.engine.mm.Mman.PROT_READ;
import static org.polymm.engine.mm.Mman.PROT_WRITE;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.polymm.engine.fault.MemoryAccess;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.mm.Mman;
import org.polymm.lab.explore.MachineWorld;
import org.polymm.lab.explore.Program;
import org.polymm.lab.explore.World;
import org.polymm.runtime.Laboratory;

/** A few system calls and accesses side by side, on a machine with tables of eight entries. */
enum EngineProgram {
    FIRST_TOUCH_OF_ONE_PAGE("two tasks touch the same page first") {
        @Override
        Program.Builder program() {
            return start().task("A")
                    .call("write 0 = 11", () -> write(0, 11))
                    .task("B")
                    .call("write 0 = 22", () -> write(0, 22))
                    .atEnd("the page holds what was written last", r -> read(0) == 11 || read(0) == 22);
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
                    .atEnd("nothing written is lost", r -> read(0) == 11 && read(2) == 22);
        }
    },
    FIRST_TOUCH_OF_ONE_HUGE_PAGE("two tasks touch one huge page first", "thp.hugepages-32kB=always") {
        @Override
        Program.Builder program() {
            return start().task("A")
                    .call("write 0 = 11", () -> write(0, 11))
                    .task("B")
                    .call("write 7 = 22", () -> write(7, 22))
                    .atEnd("nothing written is lost", r -> read(0) == 11 && read(7) == 22);
        }
    },
    FIRST_READ_AGAINST_FIRST_WRITE("one task reads, another writes the same page first") {
        @Override
        Program.Builder program() {
            return start().task("A")
                    .call("read 0", () -> read(0))
                    .task("B")
                    .call("write 0 = 22", () -> write(0, 22))
                    .atEnd("nothing written is lost", r -> read(0) == 22)
                    .atEnd("the reader sees zero or what was written", r -> r.of(0, 0) == 0 || r.of(0, 0) == 22);
        }
    },
    WRITE_PROTECT_FAULTS("parent and child write a page that a fork left shared") {
        @Override
        Program.Builder program() {
            return forkedWriters();
        }
    },
    WRITE_PROTECT_FAULTS_ON_A_LARGE_FOLIO(
            "parent and child write a large folio that a fork left shared", "thp.hugepages-16kB=always") {
        @Override
        Program.Builder program() {
            return forkedWriters();
        }
    },
    WRITE_PROTECT_FAULTS_ON_A_HUGE_PAGE(
            "parent and child write a huge page that a fork left shared", "thp.hugepages-32kB=always") {
        @Override
        Program.Builder program() {
            return forkedWriters();
        }
    },
    WRITE_PROTECT_FAULTS_OF_TWO_THREADS("two threads write a page that a fork left shared") {
        @Override
        Program.Builder program() {
            Program.Builder builder = start();
            write(0, 7);
            child = machine.fork(mm);
            return builder.task("A")
                    .call("write 0 = 11", () -> write(0, 11))
                    .task("B")
                    .call("write 0 = 22", () -> write(0, 22))
                    .atEnd("the parent reads what was written last", r -> read(0) == 11 || read(0) == 22)
                    .atEnd("the child reads the old contents", r -> machine.read(child, BASE) == 7);
        }
    },
    FAULT_AGAINST_DONTNEED("write faults against madvise(MADV_DONTNEED)") {
        @Override
        Program.Builder program() {
            Program.Builder builder = start();
            write(0, 7);
            return builder.task("A")
                    .call("write 0 = 11", () -> write(0, 11))
                    .call("write 1 = 12", () -> write(1, 12))
                    .task("B")
                    .call("madvise 0..2 DONTNEED", () -> machine.madvise(mm, BASE, 2 * PAGE, Mman.MADV_DONTNEED))
                    .atEnd(
                            "a page holds zero or what was written",
                            r -> (read(0) == 0 || read(0) == 11) && (read(1) == 0 || read(1) == 12));
        }
    },
    FAULT_AGAINST_DONTNEED_OF_A_LARGE_FOLIO(
            "a write fault against madvise(MADV_DONTNEED) of a block", "thp.hugepages-16kB=always") {
        @Override
        Program.Builder program() {
            Program.Builder builder = start();
            write(0, 7);
            return builder.task("A")
                    .call("write 1 = 11", () -> write(1, 11))
                    .task("B")
                    .call("madvise 0..4 DONTNEED", () -> machine.madvise(mm, BASE, 4 * PAGE, Mman.MADV_DONTNEED))
                    .atEnd(
                            "a page holds zero or what was written",
                            r -> read(0) == 0 && (read(1) == 0 || read(1) == 11));
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
                    .atEnd("nothing is mapped", r -> machine.inspect().entry(mm, BASE) == 0);
        }
    },
    MLOCK_AGAINST_DONTNEED_LOCKED("mlock against madvise(MADV_DONTNEED_LOCKED)") {
        @Override
        Program.Builder program() {
            Program.Builder builder = start();
            write(0, 7);
            return builder.task("A")
                    .call("mlock 0..2", () -> machine.mlock(mm, BASE, 2 * PAGE))
                    .task("B")
                    .call(
                            "madvise 0..2 DONTNEED_LOCKED",
                            () -> machine.madvise(mm, BASE, 2 * PAGE, Mman.MADV_DONTNEED_LOCKED))
                    .atEnd("mlock succeeds", r -> r.of(0, 0) == 0);
        }
    },
    FORK_AGAINST_FAULT("fork against write faults in the parent") {
        @Override
        Program.Builder program() {
            Program.Builder builder = start();
            write(0, 7);
            return builder.task("A")
                    .call("fork", () -> machine.fork(mm))
                    .task("B")
                    .call("write 0 = 11", () -> write(0, 11))
                    .call("write 1 = 12", () -> write(1, 12))
                    .atEnd("the parent reads what it wrote", r -> read(0) == 11 && read(1) == 12)
                    .atEnd("the child reads the pages of one moment", r -> {
                        int forked = (int) r.of(0, 0);
                        long first = machine.read(forked, BASE);
                        long second = machine.read(forked, BASE + PAGE);
                        return first == 7 && second == 0 || first == 11 && (second == 0 || second == 12);
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
                    .call("write 1 = 12", () -> write(1, 12))
                    .atEnd(
                            "no page is writable any more",
                            r -> machine.touch(mm, BASE, MemoryAccess.WRITE) < 0
                                    && machine.touch(mm, BASE + PAGE, MemoryAccess.WRITE) < 0)
                    .atEnd(
                            "what could be written is there",
                            r -> read(0) == (r.of(1, 0) < 0 ? 0 : 11) && read(1) == (r.of(1, 1) < 0 ? 7 : 12));
        }
    },
    MREMAP_AGAINST_FAULT("mremap against write faults") {
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
                    .call("write 1 = 12", () -> write(1, 12))
                    .atEnd(
                            "the moved pages hold what was written before they moved",
                            r -> read(24) == (r.of(1, 0) < 0 ? 7 : 11) && read(25) == (r.of(1, 1) < 0 ? 0 : 12));
        }
    },
    MREMAP_OF_A_TABLE_AGAINST_FAULT("mremap of a whole page table against a write fault") {
        @Override
        Program.Builder program() {
            Program.Builder builder = start();
            write(0, 7);
            return builder.task("A")
                    .call(
                            "mremap 0..8 to 24",
                            () -> machine.mremap(
                                    mm,
                                    BASE,
                                    8 * PAGE,
                                    8 * PAGE,
                                    Mman.MREMAP_MAYMOVE | Mman.MREMAP_FIXED,
                                    BASE + 24 * PAGE))
                    .task("B")
                    .call("write 1 = 12", () -> write(1, 12))
                    .atEnd(
                            "the moved pages hold what was written before they moved",
                            r -> read(24) == 7 && read(25) == (r.of(1, 0) < 0 ? 0 : 12));
        }
    },
    TWO_MREMAPS("two threads move the same pages to different places") {
        @Override
        Program.Builder program() {
            Program.Builder builder = start();
            write(0, 7);
            for (int to = 24; to <= 32; to += 8) {
                long target = BASE + to * PAGE;
                builder.task("to " + to)
                        .call(
                                "mremap 0..1 to " + to,
                                () -> machine.mremap(
                                        mm, BASE, PAGE, PAGE, Mman.MREMAP_MAYMOVE | Mman.MREMAP_FIXED, target));
            }
            return builder.atEnd(
                    "one of them moved it",
                    r -> r.of(0, 0) > 0 ? r.of(1, 0) < 0 && read(24) == 7 : r.of(1, 0) > 0 && read(32) == 7);
        }
    },
    EXIT_AGAINST_WRITE_PROTECT_FAULT("the child ends while the parent writes a page that both have") {
        @Override
        Program.Builder program() {
            Program.Builder builder = start();
            write(0, 7);
            child = machine.fork(mm);
            return builder.task("parent")
                    .call("write 0 = 11", () -> write(0, 11))
                    .task("child")
                    .call("exit", () -> machine.exit(child))
                    .atEnd("the parent reads what it wrote", r -> read(0) == 11);
        }
    },
    THREE_FIRST_TOUCHES("three tasks touch two pages first") {
        @Override
        Program.Builder program() {
            return start().task("A")
                    .call("write 0 = 11", () -> write(0, 11))
                    .task("B")
                    .call("write 1 = 22", () -> write(1, 22))
                    .task("C")
                    .call("madvise 0..2 DONTNEED", () -> machine.madvise(mm, BASE, 2 * PAGE, Mman.MADV_DONTNEED))
                    .atEnd(
                            "a page holds zero or what was written",
                            r -> (read(0) == 0 || read(0) == 11) && (read(1) == 0 || read(1) == 22));
        }
    };

    static final long BASE = 0x100000;
    static final long PAGE = 4096;
    static final int PAGES = 16;

    private final String title;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private Consumer<String> recorder = state -> {};
    private int forgottenFamily = -1;
    Machine machine;
    int mm;
    int child;

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

    /** Sets a machine up; at the end of each interleaving the recorder is told the state and the results. */
    Program build(Laboratory laboratory, Consumer<String> told) {
        return build(laboratory, told, -1);
    }

    /** The same in a {@link ForgetfulWorld}. */
    Program build(Laboratory laboratory, Consumer<String> told, int forgotten) {
        recorder = told;
        forgottenFamily = forgotten;
        machine = laboratory.compose(settings, "exploration").blueprint().create();
        mm = machine.spawn();
        child = 0;
        Program built = program().build();
        // Pages that wait in a batch for their LRU list have one reference more, and none would be freed.
        machine.memory().lru().drain();
        return built;
    }

    Program.Builder start() {
        long at = machine.mmap(
                mm, BASE, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0, 0);
        if (at != BASE) {
            throw new IllegalStateException("mmap answered " + at);
        }
        World world = new MachineWorld(machine);
        World told = forgottenFamily < 0 ? world : new ForgetfulWorld(world, forgottenFamily);
        return Program.on(told).atEnd("recorded", results -> {
            List<Integer> mms = new ArrayList<>();
            machine.spaces().mms().forEachLive(mms::add);
            recorder.accept(EngineState.of(machine, mms) + results.of(0, 0) + " " + results.of(1, 0));
            return true;
        });
    }

    Program.Builder forkedWriters() {
        Program.Builder builder = start();
        write(0, 7);
        child = machine.fork(mm);
        return builder.task("parent")
                .call("write 0 = 11", () -> write(0, 11))
                .task("child")
                .call("child: write 0 = 22", () -> Math.min(0, machine.write(child, BASE, 22)))
                .atEnd("each reads its own", r -> read(0) == 11 && machine.read(child, BASE) == 22);
    }

    /** 0, or the signal. */
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
