package org.polymm.lab.scenario;

import java.util.Arrays;

/** How two numbers are compared. */
enum Comparison {
    EQUAL("="),
    UNEQUAL("!="),
    AT_MOST("<="),
    AT_LEAST(">="),
    LESS("<"),
    MORE(">");

    private final String sign;

    Comparison(String sign) {
        this.sign = sign;
    }

    static Comparison of(String sign) {
        return Arrays.stream(values())
                .filter(one -> one.sign.equals(sign))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no comparison " + sign));
    }

    boolean holds(long seen, long expected) {
        return switch (this) {
            case EQUAL -> seen == expected;
            case UNEQUAL -> seen != expected;
            case AT_MOST -> seen <= expected;
            case AT_LEAST -> seen >= expected;
            case LESS -> seen < expected;
            case MORE -> seen > expected;
        };
    }

    @Override
    public String toString() {
        return sign;
    }
}
