package org.polymm.lab.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.polymm.lab.program.Action;
import org.polymm.lab.program.Operation;
import org.polymm.lab.scenario.syntax.Call;
import org.polymm.lab.scenario.syntax.Word;

/** The words behind the calls of userfaultfd, both ways. */
final class UserfaultWords {

    private static final Map<String, Long> FEATURES = Map.of(
            "sigbus",
            Action.UFFD_SIGBUS,
            "wp-unpopulated",
            Action.UFFD_WP_UNPOPULATED,
            "wp-async",
            Action.UFFD_WP_ASYNC,
            "event-fork",
            Action.UFFD_EVENT_FORK,
            "event-remap",
            Action.UFFD_EVENT_REMAP,
            "event-remove",
            Action.UFFD_EVENT_REMOVE,
            "event-unmap",
            Action.UFFD_EVENT_UNMAP);
    private static final List<String> EVENTS = List.of("event-fork", "event-remap", "event-remove", "event-unmap");
    private static final Map<String, Long> MODES = Map.of("missing", 1L, "wp", 2L, "minor", 4L);
    private static final Map<String, Long> FILLING = Map.of("dontwake", 1L, "wp", 2L);
    private static final Map<String, Long> BARE = Map.of("dontwake", 1L);
    private static final Map<String, Long> PROTECTING = Map.of("off", 1L, "dontwake", 2L);
    private static final Map<String, Long> NONE = Map.of();

    private UserfaultWords() {}

    /** The operation of a call; {@code span} is its place. */
    static Operation operation(Call.Userfault call, int process, @Nullable Span span) {
        Action action =
                Action.valueOf(call.verb().text().toUpperCase(Locale.ROOT).replace('-', '_'));
        long bits = bits(call, words(action));
        if (span == null) {
            return action == Action.UFFD_OPEN
                    ? Operation.of(action, process, Action.UFFD_ALLOWED | bits)
                    : Operation.of(action, process);
        }
        if (action == Action.UFFD_REGISTER && bits == 0) {
            throw new MistakeException(
                    call.verb().at(), "for what? uffd-register ends with missing, wp or minor, or several of them");
        }
        if (action == Action.UFFD_WRITEPROTECT) {
            bits ^= 1;
        }
        if (call.value() != null) {
            return Operation.of(
                    action,
                    process,
                    span.start(),
                    span.bytes(),
                    call.value().first(),
                    call.value().step(),
                    bits);
        }
        return Operation.of(action, process, span.start(), span.bytes(), bits);
    }

    /** The operation that reads a message and compares it with what it is to be. */
    static Operation message(Call.UserfaultMessage message, int process, @Nullable Span span, @Nullable Span to) {
        int event = EVENTS.indexOf(message.event().text());
        if (event < 0) {
            throw MistakeException.unknown("such message as", message.event(), EVENTS);
        }
        boolean moves = message.event().text().equals("event-remap");
        if ((event != 0) != (span != null) || moves != (to != null)) {
            throw new MistakeException(
                    message.event().at(),
                    "a message is 'event-fork', 'event-remap PLACE to PLACE', 'event-remove PLACE' or 'event-unmap PLACE'");
        }
        return Operation.of(
                Action.UFFD_READ,
                process,
                Action.UFFD_FIRST_EVENT + event,
                span == null ? 0 : span.start(),
                span == null ? 0 : span.bytes(),
                to == null ? 0 : to.start());
    }

    /** A message in words; empty if there are none for it. */
    static String message(Operation o, LongFunction<String> place) {
        long event = o.a() - Action.UFFD_FIRST_EVENT;
        if (event < 0
                || event >= EVENTS.size()
                || event == 0 && (o.b() | o.c() | o.d()) != 0
                || event != 1 && o.d() != 0) {
            return "";
        }
        String words = "uffd-read " + EVENTS.get((int) event);
        return event == 0 ? words : words + " " + place.apply(o.b()) + (event == 1 ? " to " + place.apply(o.d()) : "");
    }

    private static Map<String, Long> words(Action action) {
        return switch (action) {
            case UFFD_OPEN -> FEATURES;
            case UFFD_REGISTER -> MODES;
            case UFFD_COPY, UFFD_CONTINUE -> FILLING;
            case UFFD_ZEROPAGE, UFFD_POISON -> BARE;
            case UFFD_WRITEPROTECT -> PROTECTING;
            default -> NONE;
        };
    }

    private static long bits(Call.Userfault call, Map<String, Long> known) {
        long bits = 0;
        for (Word word : call.words()) {
            Long bit = known.get(word.text());
            if (bit == null) {
                throw MistakeException.unknown(
                        "such word of " + call.verb() + " as",
                        word,
                        known.keySet().stream().sorted().toList());
            }
            bits |= bit;
        }
        return bits;
    }

    /** Whether an operation can be written in words: {@code place} says what its place is then. */
    static boolean canSay(Operation o) {
        Map<String, Long> known = words(o.action());
        long bits = bitsOf(o);
        for (long bit : known.values()) {
            bits &= ~bit;
        }
        return bits == 0
                && (o.action() != Action.UFFD_OPEN || (o.a() & Action.UFFD_ALLOWED) == Action.UFFD_ALLOWED)
                && (o.action() != Action.UFFD_REGISTER || o.c() != 0)
                && (o.action() != Action.UFFD_COPY || o.d() == 0 || o.d() == 1);
    }

    /** The verb of an operation and the words at its end. */
    static String verb(Operation o) {
        return o.action().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static String ending(Operation o) {
        List<String> words = new ArrayList<>();
        new TreeMap<>(words(o.action())).forEach((word, bit) -> {
            if ((bitsOf(o) & bit) != 0) {
                words.add(word);
            }
        });
        return words.isEmpty() ? "" : " " + String.join(" ", words);
    }

    private static long bitsOf(Operation o) {
        return switch (o.action()) {
            case UFFD_OPEN -> o.a() & ~Action.UFFD_ALLOWED;
            case UFFD_COPY -> o.e();
            case UFFD_WRITEPROTECT -> o.c() ^ 1;
            default -> o.c();
        };
    }
}
