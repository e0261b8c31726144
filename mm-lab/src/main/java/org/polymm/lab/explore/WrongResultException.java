package org.polymm.lab.explore;

/** A call has ended otherwise than it should, or a condition has looked and knows more to say than that it does not hold. */
public final class WrongResultException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final FailureKind kind;

    /**
     * Something is not as it should be.
     *
     * @param message what was seen and what was expected
     */
    public WrongResultException(String message) {
        this(FailureKind.RESULT, message);
    }

    /**
     * Something of a kind is not as it should be.
     *
     * @param kind the kind; for {@link FailureKind#RESULT} it is that of the condition that looked
     * @param message what was seen and what was expected
     */
    public WrongResultException(FailureKind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** {@return the kind} */
    public FailureKind kind() {
        return kind;
    }
}
