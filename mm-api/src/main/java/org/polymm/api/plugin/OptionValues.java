package org.polymm.api.plugin;

import org.polymm.api.OrderSet;

/**
 * A checked value for every option a policy declared. Asking for an option that was not declared, or by another type, is a mistake of the
 * plugin and throws {@link IllegalArgumentException}. Open: methods may be added.
 */
public interface OptionValues {

    /**
     * A {@link Option.Type#BOOLEAN}.
     *
     * @param name the option
     * @return its value
     */
    boolean isTrue(String name);

    /**
     * A {@link Option.Type#NUMBER}.
     *
     * @param name the option
     * @return its value, within the declared range
     */
    long number(String name);

    /**
     * A {@link Option.Type#BYTES}.
     *
     * @param name the option
     * @return its value in bytes, within the declared range
     */
    long bytes(String name);

    /**
     * A {@link Option.Type#ORDERS}.
     *
     * @param name the option
     * @return its value
     */
    OrderSet orders(String name);

    /**
     * A {@link Option.Type#CHOICE}.
     *
     * @param name the option
     * @return one of the declared words
     */
    String choice(String name);
}
