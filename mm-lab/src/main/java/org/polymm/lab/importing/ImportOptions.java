package org.polymm.lab.importing;

/**
 * What the importer cannot read from the recording. Empty text means: take it from the recording if it is there.
 *
 * @param program short name of the recorded program
 * @param command the command line that was recorded
 * @param kernel release of the recorded kernel
 * @param tool the recording tool and its version
 * @param howRecorded how it was recorded, in a sentence
 * @param allowLost accept a recording in which the kernel reports lost events
 */
public record ImportOptions(
        String program, String command, String kernel, String tool, String howRecorded, boolean allowLost) {

    /** Nothing known beforehand, lost events refused. */
    public static final ImportOptions DEFAULT = new ImportOptions("", "", "", "", "", false);
}
