package org.polymm.lab.scenario;

import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Window;

/**
 * A range of addresses of a process.
 *
 * @param process its number
 * @param start the first address in bytes
 * @param bytes how many
 */
record Span(int process, long start, long bytes) {

    long end() {
        return start + bytes;
    }

    /** How many pages it touches. */
    int pages() {
        long first = start / Operation.PAGE;
        return (int) ((end() + Operation.PAGE - 1) / Operation.PAGE - first);
    }

    /** The index in the window of its first page. */
    int firstIn(Window window) {
        return (int) ((start - window.base()) / Operation.PAGE);
    }

    /** The first address of one of its pages. */
    long page(int index) {
        return (start / Operation.PAGE + index) * Operation.PAGE;
    }
}
