package org.polymm.lab.perf;

import org.jspecify.annotations.Nullable;
import org.polymm.lab.importing.LinuxAbi;
import org.polymm.lab.trace.AreaKind;
import org.polymm.lab.trace.TracedFile;

/**
 * A {@code PERF_RECORD_MMAP2} line.
 *
 * <pre>
 *   PERF_RECORD_MMAP2 PID/TID: [0xADDR(0xLEN) @ 0xPGOFF MAJ:MIN INODE GENERATION]: rwxp NAME
 *   PERF_RECORD_MMAP2 PID/TID: [0xADDR(0xLEN) @ 0xPGOFF &lt;BUILD-ID&gt;]: rwxp NAME
 * </pre>
 *
 * @param address first byte
 * @param length bytes
 * @param offset offset into the file, bytes
 * @param protection {@code PROT_*} bits
 * @param shared whether stores go to the file
 * @param area what it is
 * @param file its file, null for {@link AreaKind}s without one
 */
record MappingRecord(
        int process,
        int task,
        long address,
        long length,
        long offset,
        int protection,
        boolean shared,
        AreaKind area,
        @Nullable TracedFile file) {

    private static final String EXPECTED = "PID/TID: [0xADDR(0xLEN) @ 0xOFF MAJ:MIN INODE GENERATION]: rwxp NAME";

    static MappingRecord parse(String fields) throws PerfLine.Unreadable {
        try {
            return parseParts(fields);
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw new PerfLine.Unreadable(EXPECTED);
        }
    }

    private static MappingRecord parseParts(String fields) throws PerfLine.Unreadable {
        int slash = fields.indexOf('/');
        int open = fields.indexOf(": [0x");
        int paren = fields.indexOf("(0x", open);
        int at = fields.indexOf(") @ ", paren);
        int close = fields.indexOf("]: ", at);
        if (slash < 0 || open < slash || paren < 0 || at < 0 || close < 0) {
            throw new PerfLine.Unreadable(EXPECTED);
        }
        int process = Integer.parseInt(fields.substring(0, slash));
        int task = Integer.parseInt(fields.substring(slash + 1, open));
        long address = PerfLine.hex(fields, open + 3);
        long length = PerfLine.hex(fields, paren + 1);
        String[] identity = fields.substring(at + 4, close).split(" ");
        // perf prints an offset of zero without 0x.
        long offset = identity[0].equals("0") ? 0 : PerfLine.hex(identity[0], 0);
        String mode = fields.substring(close + 3, close + 7);
        String name = fields.substring(close + 7).strip();
        if (mode.charAt(3) != 'p' && mode.charAt(3) != 's') {
            throw new PerfLine.Unreadable(EXPECTED);
        }
        int protection = (mode.charAt(0) == 'r' ? LinuxAbi.PROT_READ : 0)
                | (mode.charAt(1) == 'w' ? LinuxAbi.PROT_WRITE : 0)
                | (mode.charAt(2) == 'x' ? LinuxAbi.PROT_EXEC : 0);
        AreaKind area = area(name);
        TracedFile file = area == AreaKind.FILE ? file(identity, name) : null;
        return new MappingRecord(
                process,
                task,
                address,
                length,
                area == AreaKind.FILE ? offset : 0,
                protection,
                mode.charAt(3) == 's',
                area,
                file);
    }

    private static TracedFile file(String[] identity, String name) {
        if (identity.length == 2) {
            return new TracedFile("build-id", 0, 0, name + " " + identity[1]);
        }
        return new TracedFile(
                identity[1], Long.parseUnsignedLong(identity[2]), Long.parseUnsignedLong(identity[3]), name);
    }

    private static AreaKind area(String name) {
        return switch (name) {
            case "[stack]" -> AreaKind.STACK;
            case "[heap]" -> AreaKind.HEAP;
            case "[vdso]", "[vvar]", "[vvar_vclock]", "[vsyscall]", "[uprobes]" -> AreaKind.KERNEL;
            case "//anon" -> AreaKind.ANON;
            default -> name.startsWith("[anon") || name.isEmpty() ? AreaKind.ANON : AreaKind.FILE;
        };
    }
}
