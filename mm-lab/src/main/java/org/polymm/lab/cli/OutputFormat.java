package org.polymm.lab.cli;

/** How a command prints its result. */
enum OutputFormat {
    /** Aligned columns for people. */
    table,
    /** One JSON document. */
    json,
    /** Comma-separated values with a header line. */
    csv
}
