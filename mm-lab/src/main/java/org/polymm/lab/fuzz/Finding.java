package org.polymm.lab.fuzz;

/**
 * Something that must not be.
 *
 * @param kind what sort of thing: two runs with the same kind show the same fault. An invariant's id, {@code exception NAME}, {@code policy ID},
 *     or what differs from the host's kernel, such as {@code differs: errno of MREMAP}
 * @param step the index of the operation after which it showed
 * @param detail what was seen, for people; several lines
 */
public record Finding(String kind, int step, String detail) {

    /** The beginning of the kinds that are differences between two machines. */
    static final String DIFFERENCE = "differs: ";

    /** The beginning of the kinds that are exceptions of the engine. */
    static final String EXCEPTION = "exception ";

    /** The beginning of the kinds that are failures of a policy. */
    static final String POLICY = "policy ";

    /** {@return whether a policy failed, and not the engine} */
    public boolean isPolicyFailure() {
        return kind.startsWith(POLICY);
    }
}
