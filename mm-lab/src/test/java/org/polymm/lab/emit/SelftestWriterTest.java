package org.polymm.lab.emit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.polymm.engine.mm.Mman;
import org.polymm.lab.program.Action;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Settings;
import org.polymm.lab.program.Window;

class SelftestWriterTest {

    private static final long BUF = Window.BASE;
    private static final long PAGE = Operation.PAGE;
    private static final int FIXED = Mman.MAP_PRIVATE | Mman.MAP_ANONYMOUS | Mman.MAP_FIXED;

    @TempDir
    private Path folder;

    private static SelftestWriter writer(Settings settings) {
        return new SelftestWriter("a child's write copies one page", "a test", settings, List.of("A", "B"));
    }

    @Test
    void operations_are_written_with_the_constants_of_the_headers() throws NotEmittableException {
        SelftestWriter writer = writer(Settings.PLAIN);
        writer.operation(Operation.of(Action.SPAWN, 0), 0, 0, "A = process");
        writer.operation(Operation.of(Action.MMAP, 0, BUF, 16 * PAGE, 3, FIXED, -1, 0), 0, 0, "A: buf = mmap 64KiB");
        writer.operation(
                Operation.of(Action.MADVISE, 0, BUF, PAGE, Mman.MADV_COLLAPSE), 22, 0, "A: madvise buf[0] COLLAPSE");

        String text = writer.text();

        assertTrue(text.contains("\tnew_process(A);\n"), text);
        assertTrue(
                text.contains("\tON(A) call((long)mmap((void *)0x100000000000, 16 * PAGE, PROT_READ | PROT_WRITE, "
                        + "MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0), 0, \"A: buf = mmap 64KiB\");\n"),
                text);
        assertTrue(text.contains("madvise((void *)0x100000000000, 1 * PAGE, MADV_COLLAPSE), EINVAL"), text);
        assertTrue(text.contains("printf(\"1..2\\n\")") && text.contains("return finish(2);"), text);
    }

    @Test
    void what_a_host_cannot_do_is_refused_with_the_reason() {
        NotEmittableException refused = assertThrows(
                NotEmittableException.class,
                () -> writer(Settings.PLAIN).operation(Operation.of(Action.PIN, 0, BUF, PAGE, 0), 0, 0, "A: pin buf"));

        assertTrue(refused.getMessage().contains("device"), refused.getMessage());
    }

    @Test
    void a_title_cannot_end_the_comment_or_the_string_it_stands_in() {
        SelftestWriter writer = new SelftestWriter("ends */ here, \"quoted\" and é", "", Settings.PLAIN, List.of("A"));

        String text = writer.text();

        assertTrue(text.contains(" * ends * / here"), text);
        assertTrue(text.contains("begin(\"ends */ here, \\\"quoted\\\" and \\303\\251\")"), text);
    }

    @Test
    void the_program_compiles_without_warnings_passes_here_and_fails_when_its_claim_is_false()
            throws IOException, InterruptedException, NotEmittableException {
        assumeTrue(run("cc", "--version").exit() == 0, "no C compiler: cc");
        String passing = forkedCopy(2);
        String failing = forkedCopy(3);

        Outcome passed = buildAndRun("passing", passing);
        assumeTrue(passed.exit() != 4, "this machine cannot show it: " + passed.output());
        assertEquals(0, passed.exit(), passed.output());
        assertTrue(passed.output().contains("ok 8 - B: buf[0] differs"), passed.output());

        Outcome failed = buildAndRun("failing", failing);
        assertEquals(1, failed.exit(), failed.output());
        assertTrue(failed.output().contains("not ok 5 - B: mapcount"), failed.output());
    }

    /** A child shares a folio of 16 pages and writes one of them. */
    private static String forkedCopy(int mapcount) throws NotEmittableException {
        SelftestWriter writer = writer(Settings.PLAIN.withThp(Map.of("hugepages-64kB/enabled", "always")));
        writer.operation(Operation.of(Action.SPAWN, 0), 0, 0, "A = process");
        writer.operation(Operation.of(Action.MMAP, 0, BUF, 16 * PAGE, 3, FIXED, -1, 0), 0, 0, "A: buf = mmap 64KiB");
        writer.operation(Operation.of(Action.WRITE, 0, BUF, 1, 1), 0, 0, "A: write buf[0] 1");
        writer.check(0, "folio_pages(0x100000000000) == 16", "A: folio of 16 pages");
        writer.operation(Operation.of(Action.FORK, 0, 1), 0, 0, "B = fork A");
        writer.compare(0, "pfn(0x100000000000)", 1, "pfn(0x100000000000)", true, "B: buf[0] is A's");
        writer.check(1, "mapcount(0x100000000000) == " + mapcount, "B: mapcount");
        writer.operation(Operation.of(Action.WRITE, 1, BUF, 1, 2), 0, 0, "B: write buf[0] 2");
        writer.operation(Operation.of(Action.READ, 1, BUF + 99 * PAGE, 1), 0, 11, "B: read buf[99] -> SIGSEGV");
        writer.compare(0, "pfn(0x100000000000)", 1, "pfn(0x100000000000)", false, "B: buf[0] differs");
        writer.operation(Operation.of(Action.EXIT, 1), 0, 0, "exit B");
        writer.check(0, "mapcount(0x100000000000 + PAGE) == 1", "A: mapped once again");
        writer.operation(Operation.of(Action.EXIT, 0), 0, 0, "exit A");
        return writer.text();
    }

    private Outcome buildAndRun(String name, String text) throws IOException, InterruptedException {
        Path source = folder.resolve(name + ".c");
        Files.writeString(source, text);
        Path program = folder.resolve(name);
        Outcome built = run("cc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", program.toString(), source.toString());
        assertEquals(0, built.exit(), built.output());
        return run(program.toString());
    }

    private record Outcome(int exit, String output) {}

    private static Outcome run(String... command) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), output);
        } catch (IOException e) {
            return new Outcome(127, String.valueOf(e.getMessage()));
        }
    }
}
