package org.polymm.lab.program;

import java.util.List;

/** The fields of {@code /proc/PID} that scenarios may ask for, on either machine. */
public final class ProcFields {

    /** Of {@code smaps}, in kB there. */
    public static final List<String> SMAPS = List.of(
            "Size",
            "Rss",
            "Pss",
            "Shared",
            "Private",
            "Anonymous",
            "AnonHugePages",
            "ShmemPmdMapped",
            "FilePmdMapped",
            "Locked",
            "Swap");

    /** Of {@code status}, in kB there. */
    public static final List<String> STATUS = List.of("VmLck", "VmSwap");

    private ProcFields() {}
}
