package org.polymm.lab.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads {@code --vary} and {@code --add}: the ways to say on a command line which columns a comparison has.
 *
 * <p>{@code --vary KEY=A,B} gives a column for A and one for B; several of them give every combination, the last varying
 * fastest. A comma that belongs to a value is written {@code \,}.
 *
 * <p>{@code --add NAME:KEY=VALUE;KEY=VALUE} gives one column.
 */
public final class Variations {
    private Variations() {}

    /** The values of one key. */
    private record Axis(String key, List<String> values) {}

    /**
     * Every combination.
     *
     * @param options at least one, each {@code KEY=A,B}
     * @throws IllegalArgumentException when one is malformed; the message says which and what is expected
     */
    public static List<PolicySetSpec> product(List<String> options) {
        List<Axis> axes = new ArrayList<>();
        Set<String> keys = new LinkedHashSet<>();
        for (String option : options) {
            Axis axis = axis(option);
            if (!keys.add(axis.key())) {
                throw new IllegalArgumentException("--vary " + option + ": " + axis.key()
                        + " is varied twice; give all its values in one --vary KEY=A,B");
            }
            axes.add(axis);
        }
        List<SequencedMap<String, String>> combinations = new ArrayList<>();
        combinations.add(new LinkedHashMap<>());
        for (Axis axis : axes) {
            List<SequencedMap<String, String>> longer = new ArrayList<>();
            for (SequencedMap<String, String> combination : combinations) {
                for (String value : axis.values()) {
                    SequencedMap<String, String> one = new LinkedHashMap<>(combination);
                    one.put(axis.key(), value);
                    longer.add(one);
                }
            }
            combinations = longer;
        }
        return combinations.stream()
                .map(combination -> new PolicySetSpec(name(combination), "", combination))
                .toList();
    }

    private static Axis axis(String option) {
        int equals = option.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException("--vary " + option + ": expected KEY=A,B");
        }
        List<String> values = new ArrayList<>();
        StringBuilder value = new StringBuilder();
        for (int i = equals + 1; i < option.length(); i++) {
            char c = option.charAt(i);
            if (c == '\\' && i + 1 < option.length() && option.charAt(i + 1) == ',') {
                value.append(',');
                i++;
            } else if (c == ',') {
                values.add(value.toString());
                value.setLength(0);
            } else {
                value.append(c);
            }
        }
        values.add(value.toString());
        if (values.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("--vary " + option + ": a value is missing; expected KEY=A,B");
        }
        if (new LinkedHashSet<>(values).size() != values.size()) {
            throw new IllegalArgumentException("--vary " + option + ": a value is there twice");
        }
        return new Axis(option.substring(0, equals).strip(), values);
    }

    /** The values, which are enough where one key is varied. Of several, those that are no policies say what they belong to. */
    private static String name(SequencedMap<String, String> combination) {
        boolean several = combination.size() > 1;
        return combination.entrySet().stream()
                .map(one -> several && one.getValue().indexOf('/') < 0
                        ? one.getKey().substring(one.getKey().lastIndexOf('.') + 1) + '=' + one.getValue()
                        : one.getValue())
                .collect(Collectors.joining(" "));
    }

    /**
     * One column.
     *
     * @param option {@code NAME:KEY=VALUE;KEY=VALUE}
     * @throws IllegalArgumentException when it is malformed; the message says what is expected
     */
    public static PolicySetSpec added(String option) {
        int colon = option.indexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("--add " + option + ": expected NAME:KEY=VALUE;KEY=VALUE");
        }
        SequencedMap<String, String> overrides = new LinkedHashMap<>();
        for (String assignment : option.substring(colon + 1).split(";", -1)) {
            int equals = assignment.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException(
                        "--add " + option + ": \"" + assignment + "\" is not of the form KEY=VALUE");
            }
            String key = assignment.substring(0, equals).strip();
            if (overrides.put(key, assignment.substring(equals + 1).strip()) != null) {
                throw new IllegalArgumentException("--add " + option + ": " + key + " is set twice");
            }
        }
        return new PolicySetSpec(option.substring(0, colon).strip(), "", overrides);
    }
}
