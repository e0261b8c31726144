package org.polymm.lab.cli;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * One run of the command line in this process.
 *
 * @param code the exit code
 * @param out what went to standard output
 * @param err what went to standard error
 */
record Invocation(int code, String out, String err) {

    static Invocation of(String... arguments) {
        return withInput(new byte[0], arguments);
    }

    static Invocation withInput(byte[] input, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(
                new ByteArrayInputStream(input), new PrintWriter(out, true), new PrintWriter(err, true), arguments);
        return new Invocation(code, out.toString(), err.toString());
    }
}
