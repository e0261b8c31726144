package org.polymm.lab.report;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes JSON, indented by two spaces, members in the order of the calls.
 *
 * <pre>
 *   new JsonWriter().beginObject().name("a").value(1).endObject().text()
 * </pre>
 *
 * <p>Used by one thread.
 */
public final class JsonWriter {
    private final StringBuilder out = new StringBuilder();
    private final Deque<Character> open = new ArrayDeque<>();
    private boolean first = true;
    private boolean afterName;

    /** Begins an object. */
    public JsonWriter beginObject() {
        return begin('{', '}');
    }

    /** Ends the object begun last. */
    public JsonWriter endObject() {
        return end('}');
    }

    /** Begins an array. */
    public JsonWriter beginArray() {
        return begin('[', ']');
    }

    /** Ends the array begun last. */
    public JsonWriter endArray() {
        return end(']');
    }

    /** A member's name; its value follows. */
    public JsonWriter name(String name) {
        separate();
        quote(name);
        out.append(": ");
        afterName = true;
        return this;
    }

    /** A text. */
    public JsonWriter value(String text) {
        separate();
        quote(text);
        return this;
    }

    /** A whole number. */
    public JsonWriter value(long number) {
        separate();
        out.append(number);
        return this;
    }

    /** True or false. */
    public JsonWriter value(boolean flag) {
        separate();
        out.append(flag);
        return this;
    }

    /** A number that is written already, such as {@code 0.25}. */
    public JsonWriter number(String decimal) {
        separate();
        out.append(decimal);
        return this;
    }

    /** No value. */
    public JsonWriter nullValue() {
        separate();
        out.append("null");
        return this;
    }

    /**
     * The document, ending with a line feed.
     *
     * @throws IllegalStateException when an object or array is still open
     */
    public String text() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("not ended: " + open);
        }
        return out + "\n";
    }

    private JsonWriter begin(char bracket, char closing) {
        separate();
        out.append(bracket);
        open.push(closing);
        first = true;
        return this;
    }

    private JsonWriter end(char closing) {
        if (open.isEmpty() || open.pop() != closing) {
            throw new IllegalStateException("'" + closing + "' does not end what was begun last");
        }
        if (!first) {
            newLine();
        }
        out.append(closing);
        first = false;
        return this;
    }

    private void separate() {
        if (afterName) {
            afterName = false;
        } else if (!open.isEmpty()) {
            if (!first) {
                out.append(',');
            }
            newLine();
        }
        first = false;
    }

    private void newLine() {
        out.append('\n').append("  ".repeat(open.size()));
    }

    private void quote(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20 || c == 0x7F) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
