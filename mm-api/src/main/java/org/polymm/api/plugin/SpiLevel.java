package org.polymm.api.plugin;

/**
 * A level of the SPI. A plugin that asks for a level loads on a host of the same major number and a minor number at least as large.
 *
 * @param major grows when a plugin must be changed; 0 until all five families are implemented
 * @param minor grows when something was added
 */
public record SpiLevel(int major, int minor) {

    /** The level of this copy of the SPI. */
    public static final SpiLevel CURRENT = new SpiLevel(0, 1);

    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if a number is negative
     */
    public SpiLevel {
        if (major < 0 || minor < 0) {
            throw new IllegalArgumentException("SPI level " + major + "." + minor + " is negative");
        }
    }

    /**
     * Tells whether a host of this level loads a plugin that asks for another.
     *
     * @param wanted what the plugin asks for
     * @return whether the majors are equal and the wanted minor is not above this one
     */
    public boolean supports(SpiLevel wanted) {
        return major == wanted.major && minor >= wanted.minor;
    }

    /** {@return such as {@code 0.1}} */
    @Override
    public String toString() {
        return major + "." + minor;
    }
}
