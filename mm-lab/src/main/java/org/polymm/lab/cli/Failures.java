package org.polymm.lab.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.polymm.engine.machine.InvariantViolatedException;
import org.polymm.engine.policy.PolicyFailure;
import org.polymm.lab.compare.CheckFailedException;
import org.polymm.linux.HostUnavailableException;
import org.polymm.runtime.config.ConfigurationException;

/** What an exception means for the exit code and for the message. */
final class Failures {
    /** Everything went well. */
    static final int OK = 0;
    /** An expectation, an invariant or a comparison with the recorded machine failed. */
    static final int CHECK_FAILED = 1;
    /** The command line, the configuration or an input file is wrong. */
    static final int INPUT = 2;
    /** A policy threw, or answered out of range. */
    static final int POLICY = 3;

    private Failures() {}

    static int exitCode(Throwable failure) {
        if (failure instanceof PolicyFailure) {
            return POLICY;
        }
        return isUsers(failure) ? INPUT : CHECK_FAILED;
    }

    private static boolean isCheck(Throwable failure) {
        return failure instanceof CheckFailedException || failure instanceof InvariantViolatedException;
    }

    private static boolean isUsers(Throwable failure) {
        return failure instanceof IOException
                || failure instanceof UserError
                || failure instanceof HostUnavailableException
                || failure instanceof ConfigurationException;
    }

    static String message(Throwable failure) {
        String text = failure.getMessage();
        if (failure instanceof AccessDeniedException denied) {
            return denied.getFile() + ": permission denied";
        }
        if (failure instanceof NoSuchFileException missing && missing.getReason() == null) {
            return missing.getFile() + ": no such file";
        }
        if (failure instanceof FileSystemException file && file.getReason() != null) {
            return file.getFile() + ": " + file.getReason();
        }
        if (isUsers(failure) || failure instanceof PolicyFailure || isCheck(failure)) {
            return text == null ? failure.getClass().getSimpleName() : text;
        }
        return "internal error, please report it (with --debug for the details): " + failure;
    }
}
