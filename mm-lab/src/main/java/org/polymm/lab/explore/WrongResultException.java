package org.polymm.lab.explore;

/** A call has ended otherwise than it should, or a condition has looked and knows more to say than that it does not hold. */
public final class WrongResultException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Something is not as it should be.
     *
     * @param message what was seen and what was expected
     */
    public WrongResultException(String message) {
        super(message);
    }
}
