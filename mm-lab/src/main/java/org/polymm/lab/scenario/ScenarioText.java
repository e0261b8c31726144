package org.polymm.lab.scenario;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.polymm.engine.mm.Mman;
import org.polymm.lab.program.Action;
import org.polymm.lab.program.Advice;
import org.polymm.lab.program.FileKind;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Outcome;
import org.polymm.lab.program.Settings;
import org.polymm.lab.program.Window;
import org.polymm.runtime.config.Sizes;

/**
 * Writes operations as a scenario, so that what a machine found can be read, kept and run again.
 *
 * <p>All addresses are slices of one range, {@code m}, which is the window. Reading the text back gives the same operations; processes, files
 * and pins are numbered by order of first appearance. What no other form can say is written {@code raw}.
 */
public final class ScenarioText {

    private static final long PAGE = Operation.PAGE;
    private static final String RANGE = "m";

    private final Window window;
    private final StringBuilder out = new StringBuilder();
    private final Map<Integer, String> processes = new LinkedHashMap<>();
    private final Map<Long, String> files = new LinkedHashMap<>();
    private final Map<Long, String> holders = new LinkedHashMap<>();
    private int held;
    private int opened;

    private ScenarioText(Window window) {
        this.window = window;
    }

    /**
     * Writes a scenario.
     *
     * @param title what it is about, one line
     * @param comments lines of comment behind it
     * @param settings what it needs
     * @param configuration what the simulator must be like besides: keys of policies, memory, entries a table
     * @param window the addresses; its base is where {@link Window#BASE} or a machine with small page tables has it
     * @param operations what is done
     * @param outcomes how each is to end; empty if that does not matter
     * @return the text
     * @throws IllegalArgumentException if the window begins elsewhere, or there are more than 16 processes
     */
    public static String write(
            String title,
            List<String> comments,
            Settings settings,
            Map<String, String> configuration,
            Window window,
            List<Operation> operations,
            List<Outcome> outcomes) {
        if (window.base() != Window.BASE && window.base() != Window.SMALL_BASE) {
            throw new IllegalArgumentException("a scenario's window begins at 0x" + Long.toHexString(Window.BASE)
                    + ", not at 0x" + Long.toHexString(window.base()));
        }
        ScenarioText text = new ScenarioText(window);
        text.out.append("title   ").append(title).append('\n');
        comments.forEach(comment -> text.out.append("# ").append(comment).append('\n'));
        text.settings(settings, configuration);
        text.out
                .append('\n')
                .append(RANGE)
                .append(" = range ")
                .append(window.pages())
                .append('\n');
        for (int i = 0; i < operations.size(); i++) {
            text.operation(operations.get(i));
            if (!operations.get(i).action().equals(Action.SPAWN)
                    && !operations.get(i).action().equals(Action.FILE)
                    && !text.isGlobal(operations.get(i))) {
                text.out.append(outcomes.isEmpty() ? " -> any" : result(outcomes.get(i)));
            }
            text.out.append('\n');
        }
        return text.out.toString();
    }

    private boolean isGlobal(Operation o) {
        return o.action() == Action.SHRINK
                || o.action() == Action.RECLAIM
                || o.action() == Action.FAIL
                || o.action() == Action.KHUGEPAGED && o.b() == 1;
    }

    private static String result(Outcome outcome) {
        if (outcome.isSuccess()) {
            return "";
        }
        return " -> "
                + (outcome.signal() != 0
                        ? ErrnoNames.signal(outcome.signal())
                        : ErrnoNames.errno(ErrnoNames.name(outcome.errno())).isPresent()
                                ? ErrnoNames.name(outcome.errno())
                                : "any");
    }

    private void settings(Settings settings, Map<String, String> configuration) {
        settings.thp()
                .forEach((file, value) -> out.append("thp     ")
                        .append(file)
                        .append('=')
                        .append(value)
                        .append('\n'));
        if (settings.swapBytes() > 0) {
            out.append("swap    ").append(size(settings.swapBytes())).append('\n');
        }
        if (settings.hugetlbPages() > 0) {
            out.append("hugetlb ").append(settings.hugetlbPages()).append('\n');
        }
        if (!settings.privileged()) {
            out.append("unprivileged\n");
        }
        configuration.forEach(this::configured);
    }

    /** A key of the configuration; one that no line of the language can set is a comment. */
    private void configured(String key, String value) {
        String slot = key.startsWith("policy.") ? key.substring("policy.".length()) : "";
        if (slot.endsWith(".use")) {
            out.append("policy  ").append(slot, 0, slot.length() - ".use".length());
            out.append(" = ").append(value).append('\n');
        } else if (key.equals("machine.page-table-entries")) {
            out.append("entries ").append(value).append('\n');
        } else if (key.equals("machine.memory")) {
            out.append("memory  ").append(size(Sizes.parse(value))).append('\n');
        } else if (key.startsWith(SettingsResolver.SWITCHES)) {
            out.append("switch  ").append(key.substring(SettingsResolver.SWITCHES.length()));
            out.append(" = ").append(value).append('\n');
        } else {
            out.append("# --set ").append(key).append('=').append(value).append('\n');
        }
    }

    private static String size(long bytes) {
        return bytes % PAGE == 0 && bytes / PAGE < 16 ? bytes / PAGE + " pages" : Sizes.show(bytes);
    }

    // ---------------------------------------------------------------- names

    private String process(long number) {
        return processes.computeIfAbsent((int) number, _ -> {
            if (processes.size() == Scope.MOST_PROCESSES) {
                throw new IllegalArgumentException("a scenario has at most " + Scope.MOST_PROCESSES + " processes");
            }
            return String.valueOf((char) ('A' + processes.size()));
        });
    }

    private String holder(long number) {
        return holders.getOrDefault(number, "P" + number);
    }

    // ---------------------------------------------------------------- operations

    private void operation(Operation o) {
        switch (o.action()) {
            case SPAWN -> out.append(process(o.process())).append(" = process");
            case FORK -> {
                String parent = process(o.process());
                out.append(process(o.a())).append(" = fork ").append(parent);
            }
            case FILE -> {
                String name = "F" + ++opened;
                files.put(o.a(), name);
                String kind = o.c() == FileKind.REGULAR.ordinal()
                        ? "file"
                        : o.c() == FileKind.MEMFD.ordinal() ? "memfd" : "hugetlb";
                out.append(name)
                        .append(" = ")
                        .append(kind)
                        .append(' ')
                        .append(o.b())
                        .append(" pages");
            }
            case SHRINK -> out.append("shrink");
            case RECLAIM -> out.append("reclaim ").append(o.a());
            case FAIL -> out.append(FailingWords.of(o));
            case KHUGEPAGED -> {
                if (!isGlobal(o)) {
                    out.append(process(o.process())).append(": ");
                }
                out.append(o.a() == 0 ? "khugepaged" : "khugepaged " + o.a());
            }
            default -> out.append(process(o.process())).append(": ").append(call(o));
        }
    }

    private String call(Operation o) {
        String words = isPlace(o.a(), o.b()) || !isRanged(o.action()) ? words(o) : "";
        return words.isEmpty() ? raw(o) : words;
    }

    private static boolean isRanged(Action action) {
        return switch (action) {
            case MMAP, MUNMAP, MPROTECT, MADVISE, MREMAP, MLOCK, MLOCK2, MUNLOCK, PIN, REFERENCE -> true;
            case UFFD_REGISTER,
                    UFFD_UNREGISTER,
                    UFFD_COPY,
                    UFFD_ZEROPAGE,
                    UFFD_CONTINUE,
                    UFFD_WRITEPROTECT,
                    UFFD_POISON,
                    UFFD_WAKE -> true;
            default -> false;
        };
    }

    /** An operation in words; empty if there are none for it. */
    private String words(Operation o) {
        return switch (o.action()) {
            case EXIT -> "exit";
            case TRUNCATE ->
                files.containsKey(o.a()) && o.b() >= 0 && o.b() % PAGE == 0
                        ? "truncate " + files.get(o.a()) + " " + o.b() / PAGE + " pages"
                        : "";
            case PUNCH_HOLE, FALLOCATE ->
                files.containsKey(o.a()) && o.b() >= 0 && o.c() > 0 && (o.b() | o.c()) % PAGE == 0
                        ? (o.action() == Action.PUNCH_HOLE ? "punch-hole " : "fallocate ") + files.get(o.a()) + "["
                                + o.b() / PAGE + ":" + (o.b() + o.c()) / PAGE + "]"
                        : "";
            case UPROBE, UPROBE_REMOVE ->
                files.containsKey(o.a()) && o.b() >= 0
                        ? (o.action() == Action.UPROBE ? "uprobe " : "uprobe-remove ") + files.get(o.a()) + "[" + o.b()
                                + "]"
                        : "";
            case MMAP -> mmap(o);
            case MUNMAP -> "munmap " + place(o.a(), o.b());
            case MPROTECT -> o.c() < 0 || o.c() > 7 ? "" : "mprotect " + place(o.a(), o.b()) + " " + protection(o.c());
            case MADVISE -> {
                String name = Advice.name((int) o.c());
                yield Advice.number(name).isEmpty()
                        ? ""
                        : "madvise " + place(o.a(), o.b()) + " "
                                + name.substring(5).toLowerCase(Locale.ROOT);
            }
            case MREMAP -> mremap(o);
            case MLOCK -> "mlock " + place(o.a(), o.b());
            case MLOCK2 ->
                o.c() == 0 || o.c() == Mman.MLOCK_ONFAULT
                        ? "mlock2 " + place(o.a(), o.b()) + (o.c() == 0 ? "" : " onfault")
                        : "";
            case MUNLOCK -> "munlock " + place(o.a(), o.b());
            case MLOCKALL -> lockAll(o.a());
            case MUNLOCKALL -> "munlockall";
            case LIMIT_MEMLOCK ->
                o.a() < 0 ? o.a() == -1 ? "limit memlock unlimited" : "" : "limit memlock " + o.a() + " bytes";
            case READ -> arePages(o) ? "read " + place(o.a(), o.b() * PAGE) : "";
            case WRITE ->
                arePages(o) && (o.d() == 0 || o.d() == 1)
                        ? "write " + place(o.a(), o.b() * PAGE) + " " + value(o.c()) + (o.d() == 1 ? "+" : "")
                        : "";
            case PIN -> pin(o);
            case REFERENCE -> hold(o.c()) + " = vmsplice " + place(o.a(), o.b());
            case UNPIN -> "unpin " + holder(o.a());
            case RELEASE -> "pipe close " + holder(o.a());
            case DEVICE_READ -> "device read " + holder(o.a()) + "[" + o.b() + "]";
            case REFERENCE_READ -> "pipe read " + holder(o.a()) + "[" + o.b() + "]";
            case DEVICE_WRITE -> "device write " + holder(o.a()) + "[" + o.b() + "] " + value(o.c());
            case FINISH -> o.a() % PAGE == 0 && isPlace(o.a(), PAGE) ? "finish " + place(o.a(), PAGE) : "";
            case UFFD_READ ->
                o.a() == Action.UFFD_FIRST_EVENT || isPlace(o.b(), o.c()) && (o.d() == 0 || isPlace(o.d(), o.c()))
                        ? UserfaultWords.message(o, start -> place(start, o.c()))
                        : "";
            case UFFD_OPEN, UFFD_CLOSE ->
                UserfaultWords.canSay(o) ? UserfaultWords.verb(o) + UserfaultWords.ending(o) : "";
            case UFFD_REGISTER,
                    UFFD_UNREGISTER,
                    UFFD_COPY,
                    UFFD_ZEROPAGE,
                    UFFD_CONTINUE,
                    UFFD_WRITEPROTECT,
                    UFFD_POISON,
                    UFFD_WAKE -> UserfaultWords.canSay(o) ? userfault(o) : "";
            case SPAWN, FORK, FILE, SHRINK, RECLAIM, FAIL, KHUGEPAGED ->
                throw new IllegalStateException(o.action() + " is no call");
        };
    }

    private String userfault(Operation o) {
        String value = o.action() == Action.UFFD_COPY ? " " + value(o.c()) + (o.d() == 1 ? "+" : "") : "";
        return UserfaultWords.verb(o) + " " + place(o.a(), o.b()) + value + UserfaultWords.ending(o);
    }

    private String mmap(Operation o) {
        long known = Mman.MAP_TYPE
                | Mman.MAP_FIXED
                | Mman.MAP_ANONYMOUS
                | Mman.MAP_POPULATE
                | Mman.MAP_LOCKED
                | Mman.MAP_NORESERVE;
        boolean anon = (o.d() & Mman.MAP_ANONYMOUS) != 0;
        long type = o.d() & Mman.MAP_TYPE;
        boolean said = (o.d() & ~known) == 0
                && (o.d() & Mman.MAP_FIXED) != 0
                && (type == Mman.MAP_SHARED || type == Mman.MAP_PRIVATE)
                && o.c() >= 0
                && o.c() <= 7
                && (anon ? o.e() == -1 && o.f() == 0 : files.containsKey(o.e()) && o.f() >= 0);
        if (!said) {
            return "";
        }
        StringJoiner text = new StringJoiner(" ");
        text.add("mmap").add(place(o.a(), o.b())).add(protection(o.c()));
        text.add(type == Mman.MAP_SHARED ? "shared" : "private");
        text.add(anon ? "anon" : "file " + files.get(o.e()));
        if (!anon && o.f() != 0) {
            text.add("offset " + (o.f() % PAGE == 0 ? Long.toString(o.f() / PAGE) : o.f() + " bytes"));
        }
        if ((o.d() & Mman.MAP_POPULATE) != 0) {
            text.add("populate");
        }
        if ((o.d() & Mman.MAP_LOCKED) != 0) {
            text.add("locked");
        }
        if ((o.d() & Mman.MAP_NORESERVE) != 0) {
            text.add("noreserve");
        }
        return text.toString();
    }

    private String mremap(Operation o) {
        long move = Mman.MREMAP_MAYMOVE | Mman.MREMAP_FIXED;
        String from = "mremap " + place(o.a(), o.b()) + " to ";
        if ((o.d() & ~Mman.MREMAP_DONTUNMAP) == move && o.e() != o.a() && isPlace(o.e(), o.c())) {
            return from + place(o.e(), o.c()) + ((o.d() & Mman.MREMAP_DONTUNMAP) != 0 ? " dontunmap" : "");
        }
        if ((o.d() & Mman.MREMAP_FIXED) == 0 && o.d() >= 0 && o.d() <= 7 && o.e() == 0 && o.c() >= 0) {
            return from
                    + (o.c() % PAGE == 0 ? o.c() / PAGE + " pages" : o.c() + " bytes")
                    + ((o.d() & Mman.MREMAP_MAYMOVE) != 0 ? " maymove" : "")
                    + ((o.d() & Mman.MREMAP_DONTUNMAP) != 0 ? " dontunmap" : "");
        }
        return "";
    }

    private static String lockAll(long flags) {
        if (flags < 1 || flags > 7) {
            return "";
        }
        return "mlockall"
                + ((flags & Mman.MCL_CURRENT) != 0 ? " current" : "")
                + ((flags & Mman.MCL_FUTURE) != 0 ? " future" : "")
                + ((flags & Mman.MCL_ONFAULT) != 0 ? " onfault" : "");
    }

    private String pin(Operation o) {
        if (o.d() < 0 || o.d() > 3) {
            return "";
        }
        return hold(o.c()) + " = pin " + place(o.a(), o.b())
                + ((o.d() & Action.PIN_WRITE) != 0 ? " writable" : " read-only")
                + ((o.d() & Action.PIN_LONGTERM) != 0 ? " longterm" : "");
    }

    private String hold(long number) {
        String name = "P" + held++;
        holders.put(number, name);
        return name;
    }

    private static String raw(Operation o) {
        StringJoiner text = new StringJoiner(" ");
        text.add("raw").add(o.action().name().toLowerCase(Locale.ROOT));
        for (long argument : new long[] {o.a(), o.b(), o.c(), o.d(), o.e(), o.f()}) {
            text.add(value(argument));
        }
        return text.toString();
    }

    private static String value(long number) {
        return number == Long.MIN_VALUE || Math.abs(number) >= PAGE
                ? "0x" + Long.toHexString(number)
                : Long.toString(number);
    }

    // ---------------------------------------------------------------- places

    private boolean isPlace(long start, long length) {
        return start >= window.base()
                && start < window.end()
                && length >= 0
                && (start + length <= window.end() || length != roundUp(length) || start % PAGE != 0)
                && start + length >= start;
    }

    private boolean arePages(Operation o) {
        return o.a() % PAGE == 0 && o.b() > 0 && o.b() <= window.pages() && isPlace(o.a(), o.b() * PAGE);
    }

    private String place(long start, long length) {
        long first = (start - window.base()) / PAGE;
        if (start % PAGE == 0 && length % PAGE == 0 && length > 0) {
            long pages = length / PAGE;
            return RANGE + "[" + first + (pages == 1 ? "" : ":" + (first + pages)) + "]";
        }
        return RANGE + "[" + first + "]"
                + (start % PAGE == 0 ? "" : " plus " + start % PAGE + " bytes")
                + " length " + length + " bytes";
    }

    private static long roundUp(long length) {
        return (length + PAGE - 1) / PAGE * PAGE;
    }

    private static String protection(long bits) {
        return bits == 0
                ? "none"
                : ((bits & 1) != 0 ? "r" : "") + ((bits & 2) != 0 ? "w" : "") + ((bits & 4) != 0 ? "x" : "");
    }
}
