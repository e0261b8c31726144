package org.polymm.runtime.config;

import java.util.Locale;

/** Variables of the environment and the keys they stand for. */
final class EnvironmentNames {

    /** What the name of every variable begins with. */
    static final String PREFIX = "POLYMM_";

    private EnvironmentNames() {}

    /**
     * The variable that sets a key.
     *
     * @param key such as {@code policy.cow-sizing.copy.use}
     * @return such as {@code POLYMM_POLICY_COW_SIZING_COPY_USE}
     */
    static String of(String key) {
        return PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }
}
