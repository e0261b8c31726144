package org.polymm.runtime.config;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.DocumentStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;
import org.yaml.snakeyaml.reader.ReaderException;

/**
 * Reads YAML as nested maps of text.
 *
 * <p>It works on the parser's events, below the level at which YAML would make {@code off} a boolean, {@code 6.10} the number 6.1 and
 * {@code 1:30} the number 90: a scalar stays what was typed. What would make the file mean more than what it says (anchors, aliases, tags,
 * merge keys, several documents) is refused.
 */
final class YamlText {

    private static final int MAX_DEPTH = 16;

    private final TextFile file;

    YamlText(TextFile file) {
        this.file = file;
    }

    void read(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(Integer.MAX_VALUE);
        try {
            Iterator<Event> events =
                    new Yaml(options).parse(new StringReader(text)).iterator();
            boolean seen = false;
            while (events.hasNext()) {
                Event event = events.next();
                if (event instanceof DocumentStartEvent) {
                    if (seen) {
                        problem(event, "a configuration file holds one YAML document, and here a second begins");
                        return;
                    }
                    seen = true;
                    root(events.next(), events);
                }
            }
        } catch (MarkedYAMLException e) {
            Mark mark = e.getProblemMark();
            String what = (e.getContext() == null ? "" : e.getContext() + ": ") + e.getProblem();
            if (mark == null) {
                file.problem(0, 0, "is not YAML: " + what);
            } else {
                file.problem(mark.getLine() + 1, mark.getColumn() + 1, "is not YAML: " + what);
            }
        } catch (ReaderException e) {
            int line = 1
                    + (int) text.codePoints()
                            .limit(e.getPosition())
                            .filter(point -> point == '\n')
                            .count();
            file.problem(
                    line,
                    0,
                    "holds a character that YAML does not allow: " + String.format("U+%04X", e.getCodePoint()));
        } catch (YAMLException e) {
            file.problem(0, 0, "is not YAML: " + e.getMessage());
        }
    }

    private void root(Event event, Iterator<Event> events) {
        refuse(event);
        if (event instanceof MappingStartEvent) {
            mapping("", 1, events);
        } else if (event instanceof ScalarEvent scalar && scalar.getValue().isEmpty()) {
            return;
        } else {
            problem(event, "a configuration file is a map of keys to values, such as machine: { memory: 4GiB }");
            skip(event, events);
        }
    }

    private void mapping(String prefix, int depth, Iterator<Event> events) {
        Map<String, Integer> lines = new HashMap<>();
        for (Event event = events.next(); !event.is(Event.ID.MappingEnd); event = events.next()) {
            String key = key(prefix, event, events);
            Event value = events.next();
            refuse(value);
            if (key == null || !isFirst(prefix, key, event, lines)) {
                skip(value, events);
            } else {
                value(prefix + key, event, value, depth, events);
            }
        }
    }

    /** Reads a key; what is no plain key is reported, skipped, and answered with null. */
    private @Nullable String key(String prefix, Event event, Iterator<Event> events) {
        boolean refused = refuse(event);
        if (!(event instanceof ScalarEvent scalar)) {
            if (!refused || event instanceof CollectionStartEvent) {
                problem(event, "a key is a word, not a list or a map");
            }
            skip(event, events);
            return null;
        }
        String key = scalar.getValue();
        if (key.equals("<<") && scalar.getScalarStyle() == DumperOptions.ScalarStyle.PLAIN) {
            problem(event, "merge keys are not used here: write the keys out");
            return null;
        }
        if (key.isBlank()) {
            problem(
                    event,
                    "a key is missing"
                            + (prefix.isEmpty() ? "" : " below " + prefix.substring(0, prefix.length() - 1)));
            return null;
        }
        return key;
    }

    private boolean isFirst(String prefix, String key, Event event, Map<String, Integer> lines) {
        int line = event.getStartMark().getLine() + 1;
        Integer before = lines.putIfAbsent(key, line);
        if (before != null) {
            problem(
                    event,
                    prefix + key + ": is given twice, in line " + before + " and in line " + line + ": keep one");
            return false;
        }
        return true;
    }

    private void value(String key, Event keyEvent, Event value, int depth, Iterator<Event> events) {
        int line = keyEvent.getStartMark().getLine() + 1;
        int column = keyEvent.getStartMark().getColumn() + 1;
        switch (value) {
            case ScalarEvent scalar -> file.setting(key, scalar.getValue(), line, column);
            case MappingStartEvent start -> {
                if (depth == MAX_DEPTH) {
                    problem(start, key + ": is nested deeper than any key");
                    skip(start, events);
                } else {
                    mapping(key + ".", depth + 1, events);
                }
            }
            case SequenceStartEvent start -> {
                String joined = sequence(key, events);
                if (joined != null) {
                    file.setting(key, joined, line, column);
                }
            }
            default -> skip(value, events);
        }
    }

    /** Reads a list of scalars as their text with commas between; null if something else is in it. */
    private @Nullable String sequence(String key, Iterator<Event> events) {
        List<String> items = new ArrayList<>();
        boolean plain = true;
        for (Event event = events.next(); !event.is(Event.ID.SequenceEnd); event = events.next()) {
            refuse(event);
            if (event instanceof ScalarEvent scalar) {
                items.add(scalar.getValue());
            } else {
                if (plain && !(event instanceof AliasEvent)) {
                    problem(event, key + ": a list holds words or numbers, not maps or lists");
                }
                plain = false;
                skip(event, events);
            }
        }
        return plain ? String.join(",", items) : null;
    }

    /** Reports what YAML offers beyond plain values, and tells whether there was something. */
    private boolean refuse(Event event) {
        if (event instanceof AliasEvent alias) {
            problem(event, "aliases are not used here (*" + alias.getAnchor() + "): write the value out");
            return true;
        }
        boolean refused = false;
        if (event instanceof NodeEvent node && node.getAnchor() != null) {
            problem(event, "anchors are not used here (&" + node.getAnchor() + ")");
            refused = true;
        }
        String tag = event instanceof ScalarEvent scalar
                ? scalar.getTag()
                : event instanceof CollectionStartEvent collection ? collection.getTag() : null;
        if (tag != null) {
            problem(event, "tags are not used here (" + tag + "): every value is read by the type of its key");
            refused = true;
        }
        return refused;
    }

    private static void skip(Event event, Iterator<Event> events) {
        int depth = event instanceof CollectionStartEvent ? 1 : 0;
        while (depth > 0) {
            Event next = events.next();
            if (next instanceof CollectionStartEvent) {
                depth++;
            } else if (next.is(Event.ID.MappingEnd) || next.is(Event.ID.SequenceEnd)) {
                depth--;
            }
        }
    }

    private void problem(Event event, String message) {
        Mark mark = event.getStartMark();
        file.problem(mark.getLine() + 1, mark.getColumn() + 1, message);
    }
}
