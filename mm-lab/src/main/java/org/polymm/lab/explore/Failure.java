package org.polymm.lab.explore;

import org.jspecify.annotations.Nullable;

/**
 * What went wrong in a run.
 *
 * @param kind what kind of thing
 * @param task the task in which it did; -1 if in none
 * @param text what, in a sentence or several lines
 * @param cause the exception, if there was one
 */
record Failure(
        FailureKind kind, int task, String text, @Nullable Throwable cause) {}
