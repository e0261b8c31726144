package org.polymm.lab.workload;

/** A workload cannot run on the machine that was configured. The message says why, and what to set. */
public final class UnfitMachineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * With what is wrong.
     *
     * @param message for the person who configured the machine
     */
    public UnfitMachineException(String message) {
        super(message);
    }
}
