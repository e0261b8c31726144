package org.polymm.lab.scenario.syntax;

import org.jspecify.annotations.Nullable;

/**
 * One operation of a process.
 *
 * @param at where it was written
 * @param process who does it
 * @param name what its result is called; null if it has none
 * @param call what is done
 * @param result how it is to end; null for success
 */
public record Step(
        Position at,
        Word process,
        @Nullable Word name,
        Call call,
        @Nullable Result result) {}
