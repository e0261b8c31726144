package org.polymm.runtime.config;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** Writes declared keys as a commented YAML file: every key, its meaning, what may be written, its default. */
public final class ReferenceText {

    private static final int WIDTH = 118;
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9 ./_+,-]*");

    private static final List<String> HEADER = List.of(
            "Every key of the configuration with its default. Copy what you want to change into a file of your own and name it with"
                    + " --config; what is not in it stays as it is here.",
            "Stronger than this file, in this order: --config FILE (YAML or .properties), the environment, --set KEY=VALUE. The"
                    + " variable of a key is POLYMM_ and the key in capitals, with _ for dots and dashes: machine.memory is"
                    + " POLYMM_MACHINE_MEMORY.",
            "Every value is read as it is typed, by the type of its key. Sizes are powers of 1,024: 64kB and 64KiB are equal.");

    private final KeyRegistry registry;
    private final StringBuilder text = new StringBuilder();
    private List<String> open = List.of();

    private ReferenceText(KeyRegistry registry) {
        this.registry = registry;
    }

    /**
     * Writes all keys of a registry, in their order.
     *
     * @param registry the keys
     * @return YAML that sets every key to its default
     */
    public static String of(KeyRegistry registry) {
        ReferenceText reference = new ReferenceText(registry);
        for (String paragraph : HEADER) {
            if (!reference.text.isEmpty()) {
                reference.text.append("#\n");
            }
            reference.comment("", paragraph);
        }
        for (Key<?> key : registry.keys()) {
            reference.key(key);
        }
        return reference.text.toString();
    }

    private void key(Key<?> key) {
        List<String> path = Arrays.asList(key.name().split("\\."));
        int depth = path.size() - 1;
        int common = 0;
        while (common < Math.min(depth, open.size()) && open.get(common).equals(path.get(common))) {
            common++;
        }
        if (common == 0) {
            text.append('\n');
        }
        for (int level = common; level < depth; level++) {
            String indent = "  ".repeat(level);
            if (level == 0) {
                comment(indent, registry.groupHelp(path.getFirst()));
            }
            text.append(indent).append(path.get(level)).append(":\n");
        }
        open = path.subList(0, depth);
        String indent = "  ".repeat(depth);
        comment(indent, key.help());
        comment(indent, "Takes " + key.type().expects() + ".");
        text.append(indent).append(path.getLast()).append(": ").append(scalar(key.defaultText()));
        text.append('\n');
    }

    private void comment(String indent, String words) {
        StringBuilder line = new StringBuilder();
        for (String word : words.split(" ")) {
            if (!line.isEmpty() && indent.length() + 2 + line.length() + 1 + word.length() > WIDTH) {
                text.append(indent).append("# ").append(line).append('\n');
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        if (!line.isEmpty()) {
            text.append(indent).append("# ").append(line).append('\n');
        }
    }

    private static String scalar(String value) {
        return PLAIN.matcher(value).matches() ? value : "'" + value.replace("'", "''") + "'";
    }
}
