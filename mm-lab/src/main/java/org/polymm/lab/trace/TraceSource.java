package org.polymm.lab.trace;

import java.io.IOException;
import java.io.InputStream;

/** Where the bytes of a trace come from; every call begins at the first byte. */
@FunctionalInterface
interface TraceSource {
    InputStream open() throws IOException;
}
