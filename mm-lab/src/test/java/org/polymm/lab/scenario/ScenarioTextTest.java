package org.polymm.lab.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.lab.program.Action;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Outcome;
import org.polymm.lab.program.Settings;
import org.polymm.lab.program.Window;

/** What is written as a scenario reads back as the same operations. */
class ScenarioTextTest {

    private static final Window WINDOW = new Window(Window.BASE, 192);
    private static final long[] ADVICE = {0, 4, 8, 10, 11, 14, 15, 18, 22, 23, 24, 25, 77, 102, 103};

    private static String write(List<Operation> operations) {
        return ScenarioText.write("a program", List.of(), Settings.PLAIN, Map.of(), WINDOW, operations, List.of());
    }

    private static List<Operation> readBack(String text) throws Exception {
        return ScenarioReader.read("t.mms", text).operations();
    }

    /** Arguments of every kind: mostly slices of the window, sometimes what no kernel takes. */
    private static final class Programs {
        private final Random random;
        private int pins;

        private static final Action[] UFFD = {
            Action.UFFD_ZEROPAGE, Action.UFFD_CONTINUE, Action.UFFD_POISON,
        };

        Programs(long seed) {
            random = new Random(seed);
        }

        List<Operation> program() {
            List<Operation> all = new ArrayList<>();
            all.add(Operation.of(Action.SPAWN, 0));
            all.add(Operation.of(Action.FILE, 0, 0, 12, 0));
            all.add(Operation.of(Action.FORK, 0, 1));
            for (int i = 0; i < 40; i++) {
                all.add(step());
            }
            all.add(Operation.of(Action.EXIT, 1));
            all.add(Operation.of(Action.FORK, 0, 1));
            return all;
        }

        private long address() {
            long page = Window.BASE + random.nextInt(192) * Operation.PAGE;
            return switch (random.nextInt(12)) {
                case 0 -> page + random.nextInt(4096);
                case 1 -> random.nextLong();
                default -> page;
            };
        }

        private long length() {
            return switch (random.nextInt(12)) {
                case 0 -> random.nextInt(9000);
                case 1 -> -1;
                default -> random.nextInt(20) * Operation.PAGE;
            };
        }

        private Operation failing() {
            return switch (random.nextInt(4)) {
                case 0 -> Operation.of(Action.FAIL, 0, Action.NOTHING);
                case 1 -> Operation.of(Action.FAIL, 0, Action.PAGE_TABLES, 0, random.nextInt(3), random.nextInt(3) - 1);
                case 2 ->
                    Operation.of(Action.FAIL, 0, random.nextInt(9), Action.ANY_ORDER, 0, random.nextBoolean() ? -1 : 4);
                default -> Operation.of(Action.FAIL, 0, 4, 4, random.nextInt(3), -1);
            };
        }

        private Operation step() {
            int process = random.nextInt(2);
            long a = address();
            long b = length();
            return switch (random.nextInt(32)) {
                case 0 ->
                    Operation.of(Action.MMAP, process, a, b, random.nextInt(8), 0x32 | random.nextInt(16) << 12, -1, 0);
                case 1 ->
                    Operation.of(
                            Action.MMAP, process, a, b, random.nextInt(9), 0x11, 0, random.nextInt(3) * Operation.PAGE);
                case 2 -> Operation.of(Action.MUNMAP, process, a, b);
                case 3 -> Operation.of(Action.MPROTECT, process, a, b, random.nextInt(10));
                case 4 -> Operation.of(Action.MADVISE, process, a, b, ADVICE[random.nextInt(ADVICE.length)]);
                case 5 ->
                    Operation.of(
                            Action.MREMAP,
                            process,
                            a,
                            b,
                            length(),
                            random.nextInt(9),
                            random.nextBoolean() ? 0 : address());
                case 6 -> Operation.of(Action.MLOCK, process, a, b);
                case 7 -> Operation.of(Action.MLOCK2, process, a, b, random.nextInt(3));
                case 8 -> Operation.of(Action.MUNLOCK, process, a, b);
                case 9 -> Operation.of(Action.MLOCKALL, process, random.nextInt(10));
                case 10 -> Operation.of(Action.MUNLOCKALL, process);
                case 11 -> Operation.of(Action.LIMIT_MEMLOCK, process, random.nextInt(5) * 1000L - 1000);
                case 12 -> Operation.of(Action.READ, process, a, random.nextInt(6));
                case 13 ->
                    Operation.of(Action.WRITE, process, a, 1 + random.nextInt(6), random.nextLong(), random.nextInt(3));
                case 14 -> Operation.of(Action.PIN, process, a, b, pins++, random.nextInt(4));
                case 15 -> Operation.of(Action.REFERENCE, process, a, b, pins++);
                case 16 -> Operation.of(Action.SHRINK, 0);
                case 27 -> Operation.of(Action.TRUNCATE, process, 0, length());
                case 31 ->
                    Operation.of(
                            Action.UFFD_READ, process, Action.UFFD_FIRST_EVENT + random.nextInt(4), a, b, address());
                case 29 -> Operation.of(Action.UPROBE, process, 0, random.nextInt(9));
                case 30 -> Operation.of(Action.UPROBE_REMOVE, process, 0, random.nextInt(9));
                case 28 -> Operation.of(Action.PUNCH_HOLE, process, 0, length(), length());
                case 17 -> Operation.of(Action.UFFD_REGISTER, process, a, b, random.nextInt(9));
                case 18 ->
                    Operation.of(
                            Action.UFFD_COPY, process, a, b, random.nextLong(), random.nextInt(3), random.nextInt(5));
                case 19 -> Operation.of(Action.UFFD_WRITEPROTECT, process, a, b, random.nextInt(5));
                case 20 -> Operation.of(UFFD[random.nextInt(UFFD.length)], process, a, b, random.nextInt(4));
                case 21 ->
                    Operation.of(
                            Action.UFFD_OPEN, process, random.nextInt(5) * Action.UFFD_SIGBUS | Action.UFFD_ALLOWED);
                case 22 -> Operation.of(random.nextBoolean() ? Action.UFFD_CLOSE : Action.MUNLOCKALL, process);
                case 23 -> failing();
                case 24 -> Operation.of(Action.KHUGEPAGED, process, random.nextInt(9));
                case 25 -> Operation.of(Action.KHUGEPAGED, 0, random.nextInt(9), 1);
                default -> Operation.of(Action.RECLAIM, 0, 1 + random.nextInt(9));
            };
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void randomProgramsReadBackAsTheyWere(long seed) throws Exception {
        List<Operation> program = new Programs(seed).program();

        String text = write(program);

        assertEquals(listed(program), listed(readBack(text)), () -> "seed " + seed + "\n" + text);
    }

    /** Raw pins have no name, so that those after them have lower numbers; they are left out of the comparison. */
    private static String listed(List<Operation> operations) {
        StringBuilder text = new StringBuilder();
        for (Operation o : operations) {
            boolean holds = o.action() == Action.PIN || o.action() == Action.REFERENCE;
            text.append(o.action()).append(' ').append(o.process()).append(' ');
            text.append(o.a()).append(' ').append(o.b()).append(' ');
            text.append(holds ? "-" : Long.toString(o.c())).append(' ');
            text.append(o.d())
                    .append(' ')
                    .append(o.e())
                    .append(' ')
                    .append(o.f())
                    .append('\n');
        }
        return text.toString();
    }

    @Test
    void pinsAreUsedAndReleasedUnderTheirNames() throws Exception {
        List<Operation> program = List.of(
                Operation.of(Action.SPAWN, 0),
                Operation.of(Action.PIN, 0, Window.BASE, 8192, 0, 3),
                Operation.of(Action.DEVICE_WRITE, 0, 0, 1, 7),
                Operation.of(Action.DEVICE_READ, 0, 0, 1),
                Operation.of(Action.UNPIN, 0, 0),
                Operation.of(Action.REFERENCE, 0, Window.BASE, 4096, 1),
                Operation.of(Action.REFERENCE_READ, 0, 1, 0),
                Operation.of(Action.RELEASE, 0, 1));

        assertEquals(program, readBack(write(program)));
    }

    @Test
    void itReadsAsAPersonWouldWriteIt() {
        Settings settings = new Settings(new TreeMap<>(Map.of("hugepages-64kB/enabled", "always")), 0, false, 0);
        List<Operation> program = List.of(
                Operation.of(Action.SPAWN, 0),
                Operation.of(Action.MMAP, 0, Window.BASE + 3 * Operation.PAGE, 6 * Operation.PAGE, 3, 0x32, -1, 0),
                Operation.of(Action.WRITE, 0, Window.BASE + 3 * Operation.PAGE, 1, 7, 0),
                Operation.of(Action.MADVISE, 0, Window.BASE + 3 * Operation.PAGE, 8192, 4),
                Operation.of(Action.MUNMAP, 0, Window.BASE + 100, 4096));
        List<Outcome> outcomes =
                List.of(Outcome.DONE, Outcome.DONE, Outcome.DONE, Outcome.DONE, new Outcome(0, 22, 0, 0));

        assertEquals(
                """
                title   found by chance
                # seed 7
                thp     hugepages-64kB/enabled=always
                unprivileged
                policy  cow-sizing.copy = copy/wide

                m = range 192
                A = process
                A: mmap m[3:9] rw private anon
                A: write m[3] 7
                A: madvise m[3:5] dontneed
                A: munmap m[0] plus 100 bytes length 4096 bytes -> EINVAL
                """,
                ScenarioText.write(
                        "found by chance",
                        List.of("seed 7"),
                        settings,
                        Map.of("policy.cow-sizing.copy.use", "copy/wide"),
                        WINDOW,
                        program,
                        outcomes));
    }

    @Test
    void settingsReadBackAsTheyWere() throws Exception {
        Settings settings = new Settings(
                new TreeMap<>(Map.of("hugepages-64kB/enabled", "always", "khugepaged/max_ptes_none", "0")),
                1 << 20,
                false,
                4);
        Map<String, String> configuration =
                new TreeMap<>(Map.of("machine.memory", "128MiB", "policy.cow-sizing.copy.use", "copy/wide"));

        Scenario scenario = ScenarioReader.read(
                "t.mms",
                ScenarioText.write(
                        "t",
                        List.of(),
                        settings,
                        configuration,
                        WINDOW,
                        List.of(Operation.of(Action.SPAWN, 0)),
                        List.of()));

        assertEquals(settings, scenario.settings());
        assertEquals(configuration, new TreeMap<>(scenario.configuration()));
        assertEquals(WINDOW, scenario.window());
    }

    @Test
    void aWindowThatNoScenarioHasIsRefused() {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> ScenarioText.write(
                        "t", List.of(), Settings.PLAIN, Map.of(), new Window(4096, 4), List.of(), List.of()));
        assertTrue(String.valueOf(refused.getMessage()).contains("begins at 0x100000000000"));
    }
}
