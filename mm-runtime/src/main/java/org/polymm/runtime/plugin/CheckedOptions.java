package org.polymm.runtime.plugin;

import java.util.LinkedHashMap;
import java.util.Map;
import org.polymm.api.OrderSet;
import org.polymm.api.plugin.Option;
import org.polymm.api.plugin.OptionValues;
import org.polymm.api.plugin.PolicyDescriptor;
import org.polymm.runtime.config.ValueType;

/** A value for every option of a policy, read and checked. Immutable. */
public final class CheckedOptions implements OptionValues {

    private record Value(Option.Type type, Object value) {}

    private final String policyId;
    private final Map<String, Value> values;

    private CheckedOptions(String policyId, Map<String, Value> values) {
        this.policyId = policyId;
        this.values = values;
    }

    /**
     * Reads texts.
     *
     * @param policy whose options
     * @param texts what is written for some of them; the others have their defaults
     * @return the values
     * @throws IllegalArgumentException if a text is not of its option's type or out of its range
     */
    public static CheckedOptions of(PolicyDescriptor policy, Map<String, String> texts) {
        Map<String, Value> values = new LinkedHashMap<>();
        for (Option option : policy.options()) {
            String text = texts.getOrDefault(option.name(), option.defaultText());
            values.put(
                    option.name(), new Value(option.type(), ValueType.of(option).parse(text)));
        }
        return new CheckedOptions(policy.id(), values);
    }

    @Override
    public boolean isTrue(String name) {
        return (Boolean) value(name, Option.Type.BOOLEAN);
    }

    @Override
    public long number(String name) {
        return (Long) value(name, Option.Type.NUMBER);
    }

    @Override
    public long bytes(String name) {
        return (Long) value(name, Option.Type.BYTES);
    }

    @Override
    public OrderSet orders(String name) {
        return (OrderSet) value(name, Option.Type.ORDERS);
    }

    @Override
    public String choice(String name) {
        return (String) value(name, Option.Type.CHOICE);
    }

    private Object value(String name, Option.Type type) {
        Value value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "policy " + policyId + " asks for option '" + name + "', and declared " + values.keySet());
        }
        if (value.type() != type) {
            throw new IllegalArgumentException("policy " + policyId + " asks for option '" + name + "' as " + type
                    + ", and declared it as " + value.type());
        }
        return value.value();
    }
}
