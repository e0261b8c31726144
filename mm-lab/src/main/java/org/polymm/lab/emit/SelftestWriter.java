package org.polymm.lab.emit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.polymm.engine.mm.Mman;
import org.polymm.lab.program.Action;
import org.polymm.lab.program.FileKind;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Settings;

/**
 * Writes a C program, operation by operation. Used by one thread, for one program.
 *
 * <p>Files are opened before any process exists, so that every process has them. What the host can neither do nor show from inside a process
 * (pins, plain references, proactive reclaim, what only a simulator knows) is not emitted: {@link NotEmittableException} says so.
 */
public final class SelftestWriter {

    /** However it ends. */
    public static final int ANY = -1;

    private static final String HOW_TO_BUILD = """
            * Build: cc -O2 -Wall -Wextra -o test FILE.c; run as root. Prints TAP; exits with 0 if all
            * is as expected, 1 if not, 4 if this machine cannot show it.
            */
            """.indent(1);

    private final String title;
    private final String source;
    private final Settings settings;
    private final List<String> processes;
    private final StringBuilder files = new StringBuilder();
    private final StringBuilder body = new StringBuilder();
    private int tests;

    /**
     * Begins a program.
     *
     * @param title what it shows, one line
     * @param source where the claim comes from; may be empty
     * @param settings what it needs
     * @param processes the names of the processes, by number
     */
    public SelftestWriter(String title, String source, Settings settings, List<String> processes) {
        this.title = title;
        this.source = source;
        this.settings = settings;
        this.processes = processes.stream().map(CNames::identifier).toList();
    }

    /**
     * Adds an operation.
     *
     * @param operation what is done
     * @param errno the error it must fail with; 0 if it must succeed; {@link #ANY}
     * @param signal the signal an access must raise; 0 for none; {@link #ANY}
     * @param text the operation in words, for the line of the result
     * @throws NotEmittableException if the C program cannot do it
     */
    public void operation(Operation operation, int errno, int signal, String text) throws NotEmittableException {
        String words = CNames.literal(text);
        String process = process(operation.process());
        switch (operation.action()) {
            case SPAWN -> {
                line("new_process(" + process + ");");
                if (!settings.privileged()) {
                    on(process, "drop_ipc_lock();");
                }
            }
            case FORK -> line("fork_process(" + process + ", " + process((int) operation.a()) + ");");
            case EXIT -> line("exit_process(" + process + ");");
            case FILE -> file(operation);
            case READ -> {
                on(
                        process,
                        "load(" + CNames.address(operation.a()) + ", " + operation.b() + ", " + CNames.signal(signal)
                                + ", " + words + ");");
                tests++;
            }
            case WRITE -> {
                on(
                        process,
                        "store(" + CNames.address(operation.a()) + ", " + operation.b() + ", " + operation.c() + ", "
                                + operation.d() + ", " + CNames.signal(signal) + ", " + words + ");");
                tests++;
            }
            case SHRINK ->
                line(
                        "if (getpid() == controller) {\n\t\tdrop_caches();\n\t\tstep_over();\n\t} else {\n\t\twait_for_step();\n\t}");
            default -> {
                on(process, "call(" + systemCall(operation) + ", " + CNames.errno(errno) + ", " + words + ");");
                tests++;
            }
        }
    }

    private static String systemCall(Operation operation) throws NotEmittableException {
        String range = "(void *)" + CNames.address(operation.a()) + ", " + CNames.length(operation.b());
        return switch (operation.action()) {
            case MMAP ->
                "(long)mmap(" + range + ", " + CNames.prot(operation.c()) + ", " + CNames.map(operation.d()) + ", "
                        + ((operation.d() & Mman.MAP_ANONYMOUS) != 0 || operation.e() < 0
                                ? "-1"
                                : "files[" + operation.e() + "]")
                        + ", " + CNames.length(operation.f()) + ")";
            case TRUNCATE -> "ftruncate(files[" + operation.a() + "], " + CNames.length(operation.b()) + ")";
            case PUNCH_HOLE, FALLOCATE ->
                "fallocate(files[" + operation.a() + "], "
                        + (operation.action() == Action.PUNCH_HOLE
                                ? "FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, "
                                : "0, ")
                        + CNames.length(operation.b()) + ", " + CNames.length(operation.c()) + ")";
            case MUNMAP -> "munmap(" + range + ")";
            case MPROTECT -> "mprotect(" + range + ", " + CNames.prot(operation.c()) + ")";
            case MADVISE -> "madvise(" + range + ", " + CNames.advice(operation.c()) + ")";
            case MREMAP ->
                "(long)mremap(" + range + ", " + CNames.length(operation.c()) + ", " + CNames.mremap(operation.d())
                        + ", (void *)" + CNames.address(operation.e()) + ")";
            case MLOCK -> "mlock(" + range + ")";
            case MLOCK2 -> "mlock2(" + range + ", " + (operation.c() == 1 ? "MLOCK_ONFAULT" : operation.c()) + ")";
            case MUNLOCK -> "munlock(" + range + ")";
            case MLOCKALL -> "mlockall(" + CNames.mlockall(operation.a()) + ")";
            case MUNLOCKALL -> "munlockall()";
            case LIMIT_MEMLOCK -> "limit_memlock(" + operation.a() + "UL)";
            default -> throw new NotEmittableException(reason(operation.action()));
        };
    }

    private static String reason(Action action) {
        return switch (action) {
            case PIN, UNPIN, DEVICE_READ, DEVICE_WRITE ->
                "a pin needs a device, which a stand-alone program does not bring along";
            case REFERENCE, REFERENCE_READ, RELEASE ->
                "a plain reference is held by a pipe, whose pages can be read once only";
            case FAIL -> "allocations fail on demand on a simulator only";
            case KHUGEPAGED ->
                "khugepaged goes its own ways on a kernel: only a simulator can be told when it scans what";
            case UPROBE, UPROBE_REMOVE -> "a breakpoint is set by perf, for which the C program has no part";
            case RECLAIM -> "reclaim of a number of pages can be asked of a simulator only";
            default ->
                action.isUserfault()
                        ? "a userfaultfd needs a thread that takes the faults, which the C program does not have"
                        : action + " has no counterpart in C";
        };
    }

    private void file(Operation operation) throws NotEmittableException {
        FileKind kind = FileKind.values()[(int) operation.c()];
        if (kind == FileKind.HUGETLB) {
            throw new NotEmittableException(
                    "a hugetlb file needs reserved huge pages, which the C program does not set up");
        }
        files.append("\topen_file(")
                .append(operation.a())
                .append(", ")
                .append(operation.b())
                .append(", ")
                .append(kind == FileKind.MEMFD ? 1 : 0)
                .append(");\n");
    }

    /**
     * Adds a check that one process makes of itself.
     *
     * @param process the number of the process
     * @param condition an expression of C over the functions of the prologue, such as {@code mapcount(0x1000) == 2}
     * @param text the check in words
     */
    public void check(int process, String condition, String text) {
        on(process(process), "result(" + condition + ", " + CNames.literal(text) + ");");
        tests++;
    }

    /**
     * Adds a check of two processes: what each sees must be the same, or must differ.
     *
     * @param first the number of the one process
     * @param seenByFirst an expression of C
     * @param second the number of the other
     * @param seenBySecond an expression of C
     * @param same whether both must be the same
     * @param text the check in words
     */
    public void compare(int first, String seenByFirst, int second, String seenBySecond, boolean same, String text) {
        on(process(first), "shared->note[0] = " + seenByFirst + ";");
        check(second, "shared->note[0] " + (same ? "==" : "!=") + " " + seenBySecond, text);
    }

    private String process(int number) {
        if (number < 0 || number >= processes.size()) {
            throw new IllegalArgumentException("process " + number + " has no name: there are " + processes);
        }
        return processes.get(number);
    }

    private void on(String process, String statement) {
        line("ON(" + process + ") " + statement);
    }

    private void line(String text) {
        body.append('\t').append(text).append('\n');
    }

    /**
     * Adds a check of two processes: whether a range of the one has the same pages, or folios, as a range of the other.
     *
     * @param first the number of the one process
     * @param firstAddress where its range begins
     * @param second the number of the other
     * @param secondAddress where its range begins
     * @param pages how many pages both have, at most 4,096
     * @param folios whether folios are compared, not pages
     * @param same whether all must be the same; else none may be
     * @param text the check in words
     */
    public void compareRanges(
            int first,
            long firstAddress,
            int second,
            long secondAddress,
            int pages,
            boolean folios,
            boolean same,
            String text) {
        String what = folios ? "folio" : "pfn";
        on(process(first), "note(" + what + ", " + CNames.address(firstAddress) + ", " + pages + ");");
        check(
                second,
                "as_noted(" + what + ", " + CNames.address(secondAddress) + ", " + pages + ") == " + (same ? pages : 0),
                text);
    }

    /**
     * Adds a remark.
     *
     * @param text what it says, one line
     */
    public void remark(String text) {
        line("/* " + comment(text) + " */");
    }

    /** {@return the whole program} */
    public String text() {
        StringBuilder text = new StringBuilder("// SPDX-License-Identifier: Apache-2.0\n/*\n * ");
        text.append(comment(title)).append("\n *\n");
        if (!source.isEmpty()) {
            text.append(" * The claim: ").append(comment(source)).append("\n *\n");
        }
        text.append(HOW_TO_BUILD);
        text.append(prologue()).append('\n');
        text.append("enum { ").append(String.join(", ", processes)).append(" };\n\nint main(void)\n{\n");
        text.append("\tbegin(").append(CNames.literal(title)).append(");\n");
        text.append("\tset(THP \"enabled\", \"never\");\n\tset_all_sizes(\"never\");\n");
        for (Map.Entry<String, String> setting : settings.thp().entrySet()) {
            text.append("\tset(THP ")
                    .append(CNames.literal(setting.getKey()))
                    .append(", ")
                    .append(CNames.literal(setting.getValue()))
                    .append(");\n");
        }
        text.append(files);
        text.append("\tprintf(\"1..").append(tests).append("\\n\");\n\tfflush(stdout);\n\n");
        text.append(body);
        return text.append("\n\treturn finish(").append(tests).append(");\n}\n").toString();
    }

    private static String comment(String text) {
        return text.replace("*/", "* /").replace('\n', ' ');
    }

    private static String prologue() {
        try (InputStream in = Objects.requireNonNull(
                SelftestWriter.class.getResourceAsStream("selftest.c"), "selftest.c is missing from this jar")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
