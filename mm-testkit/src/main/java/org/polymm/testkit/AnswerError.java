package org.polymm.testkit;

/** A policy gave an answer that its role does not allow. The message says which rule, and what was asked. */
public final class AnswerError extends IllegalStateException {

    private static final long serialVersionUID = 1;

    AnswerError(String message) {
        super(message);
    }
}
