package org.polymm.lab.scenario;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.polymm.api.plugin.Slot;
import org.polymm.engine.frame.ThpShmem;
import org.polymm.engine.frame.ThpTunable;
import org.polymm.lab.program.Settings;
import org.polymm.lab.scenario.syntax.Statement;
import org.polymm.lab.scenario.syntax.Word;
import org.polymm.runtime.compose.StandardKeys;
import org.polymm.runtime.config.Sizes;

/** Gathers what the machine must be like. */
final class SettingsResolver {

    static final String SWITCHES = "mechanism.";

    private static final String SHMEM_ENABLED = "shmem_enabled";

    private static final String ENABLED = "enabled";
    private static final String SIZES = "hugepages-";
    private static final List<String> MODES = List.of("always", "madvise", "never");
    private static final List<String> SIZE_MODES = List.of("always", "inherit", "madvise", "never");

    private final TreeMap<String, String> thp = new TreeMap<>();
    private final SequencedMap<String, String> configuration = new LinkedHashMap<>();
    private long swap;
    private long hugetlb;
    private boolean privileged = true;
    private boolean small;

    boolean isSmall() {
        return small;
    }

    SequencedMap<String, String> configuration() {
        return configuration;
    }

    Settings settings() {
        // As after boot: the largest size follows the general file unless it is set itself.
        if (thp.containsKey(ENABLED)) {
            thp.putIfAbsent(size(small ? 32 : 2048), "inherit");
        }
        return new Settings(thp, swap, privileged, (int) hugetlb);
    }

    private static String size(long kilobytes) {
        return "hugepages-" + kilobytes + "kB/enabled";
    }

    /** The directory of the counters of a folio size. */
    static String counters(Word size) {
        long bytes = bytes(size);
        if (Long.bitCount(bytes) != 1 || bytes < 8 << 10 || bytes > 2 << 20) {
            throw new MistakeException(
                    size.at(), "no folios of " + size + ": a size is a power of two from 8KiB to 2MiB");
        }
        return "hugepages-" + (bytes >> 10) + "kB/stats/";
    }

    void thp(Statement.Thp statement) {
        Word file = statement.file();
        String value = statement.value().text();
        if (Character.isDigit(file.text().charAt(0))) {
            long bytes = bytes(file);
            long most = small ? 32 << 10 : 2 << 20;
            if (Long.bitCount(bytes) != 1 || bytes < 16 << 10 || bytes > most) {
                throw new MistakeException(
                        file.at(),
                        "no folios of " + file + ": a size is a power of two from 16KiB to " + Sizes.show(most)
                                + (small ? " (entries 8)" : ""));
            }
            oneOf(statement.value(), SIZE_MODES);
            thp.put(size(bytes >> 10), value);
            return;
        }
        if (file.text().startsWith("hugepages-") && file.text().endsWith("/enabled")) {
            String kilobytes =
                    file.text().substring("hugepages-".length(), file.text().length() - "/enabled".length());
            thp(new Statement.Thp(statement.at(), new Word(file.at(), kilobytes), statement.value()));
            return;
        }
        if (file.text().startsWith(SIZES) && file.text().endsWith("/" + SHMEM_ENABLED)) {
            shmemOfSize(file, statement.value());
            return;
        }
        List<String> known = new ArrayList<>(
                List.of(ENABLED, SHMEM_ENABLED, "defrag", "hugepages-64kB/enabled", "hugepages-64kB/" + SHMEM_ENABLED));
        Arrays.stream(ThpTunable.values()).forEach(tunable -> known.add(tunable.path()));
        if (!known.contains(file.text())) {
            throw MistakeException.unknown("setting of transparent huge pages", file, known);
        }
        if (file.text().equals(ENABLED)) {
            oneOf(statement.value(), MODES);
        } else if (file.text().equals(SHMEM_ENABLED)) {
            oneOf(statement.value(), shmemModes(false));
        }
        thp.put(file.text(), value);
    }

    /** Folios of files begin at two pages. */
    private void shmemOfSize(Word file, Word value) {
        String size = file.text().substring(SIZES.length(), file.text().indexOf('/'));
        long bytes = bytes(new Word(file.at(), size));
        long most = small ? 32 << 10 : 2 << 20;
        if (Long.bitCount(bytes) != 1 || bytes < 8 << 10 || bytes > most) {
            throw new MistakeException(
                    file.at(),
                    "no folios of " + size + ": a size of shared memory is a power of two from 8KiB to "
                            + Sizes.show(most) + (small ? " (entries 8)" : ""));
        }
        oneOf(value, shmemModes(true));
        thp.put(SIZES + (bytes >> 10) + "kB/" + SHMEM_ENABLED, value.text());
    }

    private static List<String> shmemModes(boolean size) {
        return Arrays.stream(ThpShmem.values())
                .filter(mode -> mode.isFor(size))
                .map(ThpShmem::word)
                .toList();
    }

    private static long bytes(Word size) {
        try {
            return Sizes.parse(size.text());
        } catch (IllegalArgumentException e) {
            throw new MistakeException(size.at(), String.valueOf(e.getMessage()));
        }
    }

    private static void oneOf(Word word, List<String> known) {
        if (!known.contains(word.text())) {
            throw MistakeException.unknown("such state as", word, known);
        }
    }

    void machine(Statement.Machine statement) {
        long number = statement.number();
        switch (statement.which()) {
            case SWAP -> swap = number;
            case MEMORY -> configuration.put(StandardKeys.MEMORY.name(), Sizes.show(number));
            case ENTRIES -> {
                if (number != 8 && number != 512) {
                    throw new MistakeException(statement.at(), "a page table has 8 or 512 entries, not " + number);
                }
                small = number == 8;
                configuration.put(StandardKeys.PAGE_TABLE_ENTRIES.name(), Long.toString(number));
            }
            case HUGETLB -> {
                if (number > 1024) {
                    throw new MistakeException(statement.at(), "at most 1024 huge pages are reserved, not " + number);
                }
                hugetlb = number;
            }
            case UNPRIVILEGED -> privileged = false;
        }
    }

    void choice(Statement.Choice choice) {
        String name = choice.name().text();
        if (!choice.policy()) {
            configuration.put(SWITCHES + name, choice.choice().text());
            return;
        }
        requireSlot(choice.name());
        configuration.put("policy." + name + ".use", choice.choice().text());
        choice.options().forEach((option, value) -> configuration.put("policy." + name + "." + option, value));
    }

    static void requireSlot(Word name) {
        List<String> slots = Arrays.stream(Slot.values()).map(Slot::key).toList();
        if (!slots.contains(name.text())) {
            throw MistakeException.unknown("slot for policies", name, slots);
        }
    }

    /** The switches that the text sets, by name. */
    List<String> switches() {
        return configuration.keySet().stream()
                .filter(key -> key.startsWith(SWITCHES))
                .map(key -> key.substring(SWITCHES.length()))
                .toList();
    }
}
