package org.polymm.lab.program;

import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/** Names of {@code madvise} advice. */
public final class Advice {

    private static final String PREFIX = "MADV_";
    private static final List<Named> ALL = List.of(
            new Named("NORMAL", 0),
            new Named("RANDOM", 1),
            new Named("SEQUENTIAL", 2),
            new Named("WILLNEED", 3),
            new Named("DONTNEED", 4),
            new Named("FREE", 8),
            new Named("REMOVE", 9),
            new Named("DONTFORK", 10),
            new Named("DOFORK", 11),
            new Named("MERGEABLE", 12),
            new Named("UNMERGEABLE", 13),
            new Named("HUGEPAGE", 14),
            new Named("NOHUGEPAGE", 15),
            new Named("DONTDUMP", 16),
            new Named("DODUMP", 17),
            new Named("WIPEONFORK", 18),
            new Named("KEEPONFORK", 19),
            new Named("COLD", 20),
            new Named("PAGEOUT", 21),
            new Named("POPULATE_READ", 22),
            new Named("POPULATE_WRITE", 23),
            new Named("DONTNEED_LOCKED", 24),
            new Named("COLLAPSE", 25),
            new Named("GUARD_INSTALL", 102),
            new Named("GUARD_REMOVE", 103));

    private static final SortedMap<String, Integer> NUMBERS = new TreeMap<>();

    static {
        ALL.forEach(one -> NUMBERS.put(PREFIX + one.name(), one.number()));
    }

    private record Named(String name, int number) {}

    private Advice() {}

    /**
     * The name of an advice.
     *
     * @param advice its number
     * @return such as {@code MADV_DONTNEED}; {@code advice 99} for one that is not known here
     */
    public static String name(int advice) {
        return ALL.stream()
                .filter(one -> one.number() == advice)
                .map(one -> PREFIX + one.name())
                .findFirst()
                .orElse("advice " + advice);
    }

    /**
     * The number of an advice.
     *
     * @param name such as {@code MADV_DONTNEED}, with or without the prefix, in capitals or not
     * @return its number; nothing if there is no such advice
     */
    public static OptionalInt number(String name) {
        String capitals = name.toUpperCase(Locale.ROOT);
        Integer number = NUMBERS.get(capitals.startsWith(PREFIX) ? capitals : PREFIX + capitals);
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    /** {@return all names, in alphabetical order} */
    public static List<String> names() {
        return List.copyOf(NUMBERS.keySet());
    }
}
