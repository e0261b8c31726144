package org.polymm.lab.scenario;

import org.polymm.lab.program.Operation;

/**
 * A named range of addresses.
 *
 * @param name its name
 * @param start its first address in bytes
 * @param bytes its length in bytes
 */
public record Region(String name, long start, long bytes) {

    /** {@return the address after the last} */
    public long end() {
        return start + bytes;
    }

    /** {@return its length in pages, the last perhaps begun} */
    public long pages() {
        return (bytes + Operation.PAGE - 1) / Operation.PAGE;
    }
}
