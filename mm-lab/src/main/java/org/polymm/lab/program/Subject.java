package org.polymm.lab.program;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A machine that carries out programs: the simulator, or the host's kernel.
 *
 * <p>Belongs to one thread at a time. A subject runs any number of programs, one after the other; {@link #begin} ends the processes of the one
 * before.
 */
public interface Subject extends AutoCloseable {

    /** {@return what it is, for people: {@code simulator} or {@code linux 6.18.44}} */
    String name();

    /**
     * Gets ready for a program: no processes, no files, no pins, and the settings in force.
     *
     * @param settings what the program needs
     * @param window what will be read back
     * @throws UnmetException if this machine cannot give what the program needs
     */
    void begin(Settings settings, Window window) throws UnmetException;

    /**
     * Carries out one operation, to its end.
     *
     * @param operation what to do
     * @return how it ended
     * @throws UnmetException if this machine has no such operation
     */
    Outcome perform(Operation operation) throws UnmetException;

    /**
     * Reads back the state.
     *
     * @param contents whether the contents of pages are read too
     * @return what is in the window now, normalised
     */
    MachineImage image(boolean contents);

    /**
     * Carries out many operations. A machine behind a pipe keeps it full; the observer sees the same as if each was done alone.
     *
     * @param operations what to do
     * @param imageEvery after how many operations the state is read back; 0 for never; it is read back after the last one in any case but that
     * @param contents whether images hold contents
     * @param observer sees every outcome in order and may end the run
     * @throws UnmetException if this machine has no such operation
     */
    default void run(List<Operation> operations, int imageEvery, boolean contents, Observer observer)
            throws UnmetException {
        int last = operations.size() - 1;
        for (int index = 0; index <= last; index++) {
            Operation operation = operations.get(index);
            Outcome outcome = perform(operation);
            boolean due = imageEvery > 0 && ((index + 1) % imageEvery == 0 || index == last);
            if (!observer.after(index, operation, outcome, due ? image(contents) : null)) {
                return;
            }
        }
    }

    /**
     * Reads a line of {@code /proc/PID/smaps} of every VMA that overlaps a range, and adds up.
     *
     * @param process its number
     * @param start the first address in bytes
     * @param end the address after the last
     * @param field its name, such as {@code Rss}; {@code Shared} and {@code Private} for the sums of clean and dirty
     * @return the sum in bytes
     * @throws UnmetException if this machine cannot tell
     */
    default long smaps(int process, long start, long end, String field) throws UnmetException {
        throw new UnmetException(name() + " does not show " + field + " of smaps");
    }

    /**
     * Reads a line of {@code /proc/PID/status}.
     *
     * @param process its number
     * @param field its name, such as {@code VmLck}
     * @return its value in bytes
     * @throws UnmetException if this machine cannot tell
     */
    default long status(int process, String field) throws UnmetException {
        throw new UnmetException(name() + " does not show " + field + " of status");
    }

    /**
     * Reads a counter of {@code /proc/vmstat}, or one of a folio size by its file below {@code transparent_hugepage}, such as
     * {@code hugepages-64kB/stats/anon_fault_alloc}, or one of {@link KhugepagedCounters}. On a machine that runs other programs too, they move it as well.
     *
     * @param counter its name, such as {@code nr_mlock}
     * @return its value
     * @throws UnmetException if this machine cannot tell
     */
    default long vmstat(String counter) throws UnmetException {
        throw new UnmetException(name() + " does not show " + counter + " of vmstat");
    }

    /** Ends the processes and gives back what was set. */
    @Override
    void close();

    /** Sees what operations do. */
    @FunctionalInterface
    interface Observer {
        /**
         * Sees one.
         *
         * @param index its index
         * @param operation what was done
         * @param outcome how it ended
         * @param image the state afterwards, if it was read back; valid during the call only
         * @return whether to go on
         */
        boolean after(int index, Operation operation, Outcome outcome, @Nullable MachineImage image);
    }
}
