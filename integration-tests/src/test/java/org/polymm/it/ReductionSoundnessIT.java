package org.polymm.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.engine.sync.Point;
import org.polymm.lab.explore.Exploration;
import org.polymm.lab.explore.Exploration.Coverage;
import org.polymm.lab.explore.ExploreOptions;
import org.polymm.lab.explore.ExploreOptions.Strategy;
import org.polymm.lab.explore.Explorer;
import org.polymm.lab.scenario.Scenario;
import org.polymm.lab.scenario.ScenarioExploration;
import org.polymm.lab.scenario.ScenarioFiles;
import org.polymm.lab.scenario.ScenarioReader;
import org.polymm.lab.scenario.SimulatorBench;
import org.polymm.runtime.Laboratory;

/**
 * The reduction leaves nothing out, held against enumeration on the engine: whatever two calls can end in, with every counter of the machine,
 * the reduced exploration ends in, too. Where all interleavings are too many to enumerate, it is all with so many preemptions.
 *
 * <p>A state that is missing means that a step of the engine touches something and does not say so.
 */
class ReductionSoundnessIT {

    private static final int MOST_REDUCED = 5_000;
    private static final int MOST_PLAIN = 30_000;

    static Laboratory laboratory;

    @BeforeAll
    static void openPlugins() {
        laboratory = Plugins.open();
    }

    @AfterAll
    static void closePlugins() {
        laboratory.close();
    }

    /** What stands before the tasks: the processes, what they have mapped, and which calls make sense there. */
    private enum Start {
        SMALL_PAGES("""
                entries 8
                swap    256KiB
                thp     32KiB=madvise khugepaged/max_ptes_none=7
                A = process
                A: buf = mmap 32KiB rw private anon align 32KiB
                m = range 32KiB align 32KiB
                A: write buf[0:6] 1+
                """, "A", ANONYMOUS),
        LARGE_FOLIOS("""
                entries 8
                swap    256KiB
                thp     16KiB=always
                A = process
                A: buf = mmap 32KiB rw private anon align 32KiB
                m = range 32KiB align 32KiB
                A: write buf[0] 1
                """, "A", ANONYMOUS),
        HUGE_PAGE("""
                entries 8
                swap    256KiB
                thp     32KiB=always
                A = process
                A: buf = mmap 32KiB rw private anon align 32KiB
                m = range 32KiB align 32KiB
                A: write buf 1+
                """, "A", ANONYMOUS),
        SWAPPED("""
                entries 8
                swap    256KiB
                A = process
                A: buf = mmap 32KiB rw private anon align 32KiB
                m = range 32KiB align 32KiB
                A: write buf[0:4] 1+
                A: madvise buf[0:3] pageout
                """, "A", ANONYMOUS),
        FORKED("""
                entries 8
                A = process
                A: buf = mmap 32KiB rw private anon align 32KiB
                m = range 32KiB align 32KiB
                A: write buf[0:4] 1+
                B = fork A
                """, "AB", ANONYMOUS),
        FORKED_LARGE("""
                entries 8
                swap    256KiB
                thp     16KiB=always
                A = process
                A: buf = mmap 32KiB rw private anon align 32KiB
                m = range 32KiB align 32KiB
                A: write buf[0:4] 1+
                B = fork A
                """, "AB", ANONYMOUS),
        FORKED_HUGE("""
                entries 8
                thp     32KiB=always
                A = process
                A: buf = mmap 32KiB rw private anon align 32KiB
                m = range 32KiB align 32KiB
                A: write buf 1+
                B = fork A
                """, "AB", ANONYMOUS),
        SHARED_FILE("""
                entries 8
                thp     shmem_enabled=advise khugepaged/max_ptes_none=7
                F = memfd 32KiB
                A = process
                B = process
                m = range 32KiB align 32KiB
                buf = range 32KiB align 32KiB
                A: mmap buf rw shared file F
                B: mmap buf rw shared file F
                A: write buf[0:2] 1+
                B: read buf[0] = 1
                A: madvise buf hugepage
                B: madvise buf hugepage
                """, "AB", FILE),
        PRIVATE_FILE("""
                entries 8
                thp     shmem_enabled=advise khugepaged/max_ptes_none=7
                F = memfd 32KiB
                A = process
                B = process
                m = range 32KiB align 32KiB
                buf = range 32KiB align 32KiB
                A: mmap buf rw shared file F
                B: mmap buf rw private file F
                A: write buf[0:2] 1+
                B: read buf[0] = 1
                A: madvise buf hugepage
                B: madvise buf hugepage
                """, "AB", FILE),
        HUGE_FILE("""
                entries 8
                F = memfd 32KiB
                A = process
                B = process
                m = range 32KiB align 32KiB
                buf = range 32KiB align 32KiB
                A: mmap buf rw shared file F
                B: mmap buf rw private file F
                A: write buf[0:2] 1+
                A: madvise buf collapse
                B: read buf[0] = 1
                """, "AB", FILE),
        BREAKPOINT(
                """
                entries 8
                F = memfd 32KiB
                A = process
                B = process
                m = range 32KiB align 32KiB
                buf = range 32KiB align 32KiB
                A: mmap buf rw shared file F
                B: mmap buf r private file F
                A: write buf[0:2] 1+
                uprobe F[0]
                """,
                "AB",
                "uprobe F[1]; uprobe-remove F[0]; uprobe F[0]; mmap m r private file F; mprotect buf[1:3] none; C = fork; munmap buf;"
                        + " madvise buf dontneed; read buf[0]; read buf[1]; write buf[0] 9; mremap buf to m; exit; madvise buf collapse;"
                        + " truncate F 1 page; punch-hole F[0]; P = pin buf[0] read-only"),
        USERFAULT(
                """
                entries 8
                A = process
                A: buf = mmap 32KiB rw private anon align 32KiB
                m = range 32KiB align 32KiB
                A: write buf[0:2] 1+
                A: uffd-register buf missing wp
                """,
                "A",
                "write buf[0] 9; read buf[1]; uffd-copy buf[3] 7; uffd-copy buf[3] 8 wp; uffd-zeropage buf[4]; uffd-writeprotect buf[0:2];"
                        + " uffd-writeprotect buf[0] off; uffd-unregister buf; uffd-close; madvise buf[0:4] dontneed; munmap buf[0:4];"
                        + " mprotect buf r; uffd-wake buf; B = fork; madvise buf collapse; uffd-poison buf[5]"),
        USERFAULT_OF_A_FILE(
                """
                entries 8
                F = memfd 32KiB
                A = process
                B = process
                m = range 32KiB align 32KiB
                buf = range 32KiB align 32KiB
                A: mmap buf rw shared file F
                B: mmap buf rw shared file F
                A: write buf[0:2] 1+
                B: read buf[0] = 1
                B: uffd-register buf missing wp
                """,
                "AB",
                "write buf[0] 9; read buf[1]; madvise buf[0:4] dontneed; munmap buf[0:4]; madvise buf collapse; mprotect buf r; mremap buf to m");

        private final String text;
        private final String processes;
        private final List<String> calls;

        Start(String text, String processes, String calls) {
            this.text = text;
            this.processes = processes;
            this.calls = List.of(calls.split("; *"));
        }
    }

    private static final String ANONYMOUS =
            "write buf[0] 9; write buf[1] 10; write buf[7] 11; read buf[6]; read buf[0]; madvise buf[0:2] dontneed;"
                    + " madvise buf dontneed; munmap buf[0:4]; munmap buf; mprotect buf[0:4] r; mprotect buf r; mlock buf[0:2]; mlock buf;"
                    + " mlock2 buf[0:4] onfault; munlock buf; mremap buf to m; mremap buf[0:4] to m[0:4]; C = fork; madvise buf collapse;"
                    + " khugepaged; madvise buf pageout; madvise buf[0] pageout; madvise buf cold; madvise buf free; P = pin buf[0] writable;"
                    + " Q = pin buf[1] read-only longterm; reclaim 4; shrink; mlockall current future; exit; madvise buf hugepage;"
                    + " madvise buf dontfork; madvise buf populate_write; R = vmsplice buf[0]; madvise buf[0:2] guard_install";
    private static final String FILE =
            "write buf[0] 9; write buf[5] 10; read buf[1]; read buf[6]; madvise buf[0:2] dontneed; madvise buf dontneed;"
                    + " munmap buf[0:4]; munmap buf; mprotect buf[0:4] r; mlock buf[0:2]; munlock buf; mremap buf to m; C = fork;"
                    + " madvise buf collapse; khugepaged; madvise buf populate_read; P = pin buf[0] writable; exit; madvise buf[5] guard_install;"
                    + " madvise buf cold";

    private static Exploration explore(Scenario text, ExploreOptions options, Set<String> ends) {
        SimulatorBench bench = SimulatorBench.forExploring(laboratory);
        SimulatorBench.Machine machine = bench.machine(text);
        Scenario scenario = bench.asConfigured(text);
        Exploration exploration = machine.composition()
                .run(() -> new ScenarioExploration(machine).explore(scenario, options, subject -> {
                    List<Integer> mms = new ArrayList<>();
                    subject.machine().spaces().mms().forEachLive(mms::add);
                    ends.add(EngineState.withCounters(subject.machine(), mms));
                }))
                .exploration();
        if (exploration == null) {
            throw new IllegalStateException("the tasks did not run");
        }
        return exploration;
    }

    private static String task(String name, char process, String call) {
        boolean cannotFail = call.startsWith("shrink") || call.startsWith("reclaim") || call.equals("khugepaged");
        return "  task " + name + " in " + process + ": " + call + (cannotFail ? "" : " -> any") + "\n";
    }

    private static String parallel(Start start, char first, String one, char second, String other) {
        // A name is given once.
        String renamed = other.replaceFirst("^([A-Z]) =", "$1$1 =");
        return start.text + "parallel\n" + task("left", first, one) + task("right", second, renamed) + "end\n";
    }

    /** What enumeration ends in and the reduction does not; null if there are too many interleavings to tell, or one of them fails. */
    private static @Nullable Set<String> leftOut(Scenario scenario, ExploreOptions plain) {
        return leftOut(scenario, plain, MOST_REDUCED);
    }

    private static @Nullable Set<String> leftOut(Scenario scenario, ExploreOptions plain, int mostReduced) {
        Set<String> reduced = new TreeSet<>();
        ExploreOptions all = ExploreOptions.DEFAULT.withMinimise(false);
        Exploration less = explore(scenario, all.withRuns(mostReduced), reduced);
        if (less.coverage() != Coverage.COMPLETE) {
            return null;
        }
        Set<String> each = new TreeSet<>();
        Exploration more = explore(scenario, plain.withMinimise(false), each);
        assertTrue(
                more.counterexample() == null, () -> "enumeration fails and the reduction does not: " + more.verdict());
        if (more.coverage() == Coverage.COMPLETE) {
            assertTrue(each.containsAll(reduced), "the reduction ends where enumeration does not");
        }
        each.removeAll(reduced);
        return each;
    }

    /** Calls of so few points that all their interleavings can be enumerated. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SMALL_PAGES | A | write buf[0] 9 | A | write buf[1] 10",
                "SMALL_PAGES | A | write buf[7] 11 | A | write buf[7] 12",
                "SMALL_PAGES | A | write buf[0] 9 | A | munmap buf",
                "SMALL_PAGES | A | read buf[0] | A | munmap buf[0:4]",
                "SMALL_PAGES | A | mlock buf[0:2] | A | write buf[0] 9",
                "SMALL_PAGES | A | C = fork | A | write buf[0] 9",
                "FORKED | A | write buf[0] 9 | B | read buf[0]",
                "SMALL_PAGES | A | madvise buf collapse | A | write buf[0] 9",
                "SMALL_PAGES | A | khugepaged | A | read buf[0]",
                "USERFAULT | A | uffd-copy buf[3] 7 | A | read buf[0]",
                "USERFAULT | A | uffd-writeprotect buf[0] | A | read buf[1]",
                "USERFAULT | A | uffd-copy buf[3] 7 | A | uffd-wake buf",
                "SHARED_FILE | A | write buf[0] 9 | B | madvise buf[0:2] dontneed",
                "SWAPPED | A | read buf[3] | A | madvise buf[0:2] dontneed",
                "HUGE_PAGE | A | write buf[0] 9 | A | madvise buf[0:2] dontneed",
                "SMALL_PAGES | A | read buf[7] | A | madvise buf cold"
            })
    void theStatesOfTheReductionAreThoseOfPlainEnumeration(
            Start start, char first, String one, char second, String other) throws Exception {
        Scenario scenario = ScenarioReader.read("pair.mms", parallel(start, first, one, second, other));
        Set<String> each = new TreeSet<>();
        Exploration plain = explore(scenario, ExploreOptions.DEFAULT.with(Strategy.WITHOUT_REDUCTION), each);
        Set<String> reduced = new TreeSet<>();
        Exploration less = explore(scenario, ExploreOptions.DEFAULT, reduced);

        assertEquals(Coverage.COMPLETE, plain.coverage(), plain::verdict);
        assertEquals(Coverage.COMPLETE, less.coverage(), less::verdict);
        assertEquals(each, reduced);
        assertTrue(less.interleavings() <= plain.interleavings(), less::verdict);
    }

    /** Pairs that random ones have shown to need more said: who is on an LRU list, and flags of VMAs that a walk from a folio looks at. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SMALL_PAGES | A | madvise buf collapse | A | reclaim 4",
                "FORKED_LARGE | B | mlock2 buf[0:4] onfault | A | reclaim 4"
            })
    void reclaimEndsNowhereWithTwoPreemptionsWhereTheReductionHasNotBeen(
            Start start, char first, String one, char second, String other) throws Exception {
        Set<String> leftOut = leftOut(
                ScenarioReader.read("pair.mms", parallel(start, first, one, second, other)),
                ExploreOptions.DEFAULT.withEach(2).withRuns(MOST_PLAIN),
                50_000);
        assertEquals(Set.of(), leftOut);
    }

    /** {@code -Dprograms=N -Dprograms.seed=S} tries more. */
    @Test
    void twoCallsEndNowhereWithTwoPreemptionsWhereTheReductionHasNotBeen() throws Exception {
        long seed = Long.getLong("programs.seed", 6);
        int programs = Integer.getInteger("programs", 60);
        Random random = new Random(seed);
        int compared = 0;
        for (int program = 0; program < programs; program++) {
            Start start = Start.values()[random.nextInt(Start.values().length)];
            String one = start.calls.get(random.nextInt(start.calls.size()));
            String other = start.calls.get(random.nextInt(start.calls.size()));
            char first = start.processes.charAt(random.nextInt(start.processes.length()));
            char second = start.processes.charAt(random.nextInt(start.processes.length()));
            if (first == second && (one.equals("exit") || other.equals("exit"))) {
                continue; // a process ends when its last thread does
            }
            String text = parallel(start, first, one, second, other);
            Set<String> leftOut = leftOut(
                    ScenarioReader.read("pair.mms", text),
                    ExploreOptions.DEFAULT.withEach(2).withRuns(MOST_PLAIN));
            if (leftOut != null) {
                assertEquals(Set.of(), leftOut, () -> "seed " + seed + ":\n" + text);
                compared++;
            }
        }
        assertTrue(compared > programs / 2, compared + " programs were small enough to compare, seed " + seed);
    }

    private static Set<String> ends(EngineProgram program, int forgotten, ExploreOptions options) {
        Set<String> ends = new TreeSet<>();
        Exploration exploration =
                Explorer.explore(program.build(laboratory, ends::add, forgotten), options.withMinimise(false));
        assertTrue(exploration.holds(), exploration::verdict);
        return ends;
    }

    /** The planted bug: the engine touches something and does not say so, and the reduction leaves out what depends on it. */
    @ParameterizedTest
    @CsvSource({
        "FAULT_AGAINST_DONTNEED, 2, write pte",
        "WRITE_PROTECT_FAULTS, 6, write count",
        "MREMAP_OF_A_TABLE_AGAINST_FAULT, 4, write pmd",
        "MREMAP_AGAINST_FAULT, 12, write vma"
    })
    void aStepThatDoesNotSayWhatItTouchesIsFoundOut(EngineProgram program, int family, String name) {
        assertEquals(name, Point.name(family));
        Set<String> each = ends(program, -1, ExploreOptions.DEFAULT.withEach(2));
        Set<String> reduced = ends(program, -1, ExploreOptions.DEFAULT);
        assertTrue(reduced.containsAll(each), "with everything said, nothing is left out");

        each.removeAll(ends(program, family, ExploreOptions.DEFAULT));

        assertFalse(each.isEmpty(), "the comparison does not notice that '" + name + "' is not said");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "races/filling-against-fork",
                "races/gup-fast-against-collapse",
                "races/gup-fast-against-swap-out",
                "races/huge-split-against-zap",
                "races/mprotect-against-fault",
                "races/referenced-walk-against-dontneed",
                "retract/r01-marker-during-retraction",
                "retract/r02-copied-page-during-retraction",
                "retract/r03-fault-in-a-hole",
                "retract/r04-table-move-during-retraction",
                "retract/r05-table-freed-during-retraction",
                "retract/r06-guard-region-during-retraction",
                "retract/r07-a-busy-mmap-lock",
                "retract/r10-cow-between-the-passes"
            })
    void racesEndNowhereWithTwoPreemptionsWhereTheReductionHasNotBeen(String race) throws Exception {
        Scenario scenario = ScenarioFiles.read(Path.of("..", "scenarios", race + ".mms"));
        Set<String> leftOut =
                leftOut(scenario, ExploreOptions.DEFAULT.withEach(2).withRuns(MOST_PLAIN));
        assertEquals(Set.of(), leftOut);
    }
}
