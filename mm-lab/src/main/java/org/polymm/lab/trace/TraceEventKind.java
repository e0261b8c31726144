package org.polymm.lab.trace;

import static org.polymm.lab.trace.TraceField.ACCESS;
import static org.polymm.lab.trace.TraceField.ADDRESS;
import static org.polymm.lab.trace.TraceField.ADVICE;
import static org.polymm.lab.trace.TraceField.AREA;
import static org.polymm.lab.trace.TraceField.ARG0;
import static org.polymm.lab.trace.TraceField.ARG1;
import static org.polymm.lab.trace.TraceField.ARG2;
import static org.polymm.lab.trace.TraceField.ARG3;
import static org.polymm.lab.trace.TraceField.ARG4;
import static org.polymm.lab.trace.TraceField.ARG5;
import static org.polymm.lab.trace.TraceField.CHILD;
import static org.polymm.lab.trace.TraceField.ERROR_CODE;
import static org.polymm.lab.trace.TraceField.FD;
import static org.polymm.lab.trace.TraceField.FILE;
import static org.polymm.lab.trace.TraceField.FLAGS;
import static org.polymm.lab.trace.TraceField.LENGTH;
import static org.polymm.lab.trace.TraceField.NAME;
import static org.polymm.lab.trace.TraceField.NEW_ADDRESS;
import static org.polymm.lab.trace.TraceField.NEW_LENGTH;
import static org.polymm.lab.trace.TraceField.OFFSET;
import static org.polymm.lab.trace.TraceField.PKEY;
import static org.polymm.lab.trace.TraceField.PROT;
import static org.polymm.lab.trace.TraceField.RESULT;
import static org.polymm.lab.trace.TraceField.RESULT_ADDRESS;
import static org.polymm.lab.trace.TraceField.STATUS;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What happened. The position of a constant is its number in the file format: constants are only ever appended, and the
 * fields of a constant never change.
 *
 * <p>Where a name is a system call's, the event stands where the call took effect, with the arguments as they were passed
 * and the result the kernel gave.
 */
public enum TraceEventKind {
    /** A process that was there when the recording began. {@code NAME} is its command name. */
    PROCESS(NAME),
    /** The task has a new command name. */
    COMM(NAME),
    /**
     * {@code execve} passed its point of no return: the process has a new, empty address space; an address space shared
     * with a vfork parent stays with the parent. {@code NAME} is the new command name.
     */
    EXEC(NAME),
    /** A mapping that no system call of the program made: by {@code execve}, or older than the recording. */
    INITIAL_MAP(ADDRESS, LENGTH, PROT, FLAGS, FILE, OFFSET, AREA),
    /** {@code execve} is done; {@code NAME} is the path of the program. All its initial mappings are in place. */
    EXEC_DONE(NAME),
    /**
     * The task's process made a new process: {@code CHILD} is its PID (and the TID of its only task). {@code FLAGS} are
     * the clone flags: with {@code CLONE_VM} the child uses its parent's address space, else it has a copy.
     */
    FORK(CHILD, FLAGS),
    /** The process has one more task, {@code CHILD}. */
    THREAD(CHILD),
    /** This task is gone, its process goes on. */
    THREAD_EXIT(),
    /** The last task of the process is gone; unless somebody shares it, the address space goes too. */
    PROCESS_EXIT(),
    /** {@code exit_group}: every task of the process was told to exit. */
    EXIT_GROUP(STATUS),
    /** {@code mmap}; {@code ADDRESS} is the hint. */
    MMAP(ADDRESS, LENGTH, PROT, FLAGS, FILE, OFFSET, RESULT_ADDRESS),
    /** {@code munmap}. */
    MUNMAP(ADDRESS, LENGTH, RESULT),
    /** {@code mremap}. */
    MREMAP(ADDRESS, LENGTH, NEW_LENGTH, FLAGS, NEW_ADDRESS, RESULT_ADDRESS),
    /** {@code mprotect} or {@code pkey_mprotect}. */
    MPROTECT(ADDRESS, LENGTH, PROT, PKEY, RESULT),
    /** {@code madvise}. */
    MADVISE(ADDRESS, LENGTH, ADVICE, RESULT),
    /** {@code brk}: asked for {@code ADDRESS}, the end of the heap is now {@code RESULT_ADDRESS}. */
    BRK(ADDRESS, RESULT_ADDRESS),
    /** {@code mlock} (flags 0) or {@code mlock2}. */
    MLOCK(ADDRESS, LENGTH, FLAGS, RESULT),
    /** {@code munlock}. */
    MUNLOCK(ADDRESS, LENGTH, RESULT),
    /** {@code mlockall}. */
    MLOCKALL(FLAGS, RESULT),
    /** {@code munlockall}. */
    MUNLOCKALL(RESULT),
    /** {@code msync}. */
    MSYNC(ADDRESS, LENGTH, FLAGS, RESULT),
    /** {@code ftruncate} to {@code LENGTH} bytes; {@code FILE} is 0 where the recording cannot tell which file it was. */
    FTRUNCATE(FD, FILE, LENGTH, RESULT),
    /** {@code fallocate} with mode {@code FLAGS}; {@code FILE} as for {@link #FTRUNCATE}. */
    FALLOCATE(FD, FILE, FLAGS, OFFSET, LENGTH, RESULT),
    /** Another call about memory, kept as it was. {@code NAME} is the system call. */
    OTHER(NAME, ARG0, ARG1, ARG2, ARG3, ARG4, ARG5, RESULT),
    /** A page fault at {@code ADDRESS}, with the processor's error code. */
    FAULT(ADDRESS, ERROR_CODE),
    /** The program accessed {@code LENGTH} bytes at {@code ADDRESS}; only in traces of every access. */
    ACCESSED(ADDRESS, LENGTH, ACCESS),
    /** A device pinned pages for long, for writing, as {@code io_uring_register} with fixed buffers has it done. */
    PIN(ADDRESS, LENGTH, RESULT),
    /** The device released what the last {@link #PIN} at that address pinned. */
    UNPIN(ADDRESS, RESULT);

    private final TraceField[] fields;
    private final long mask;
    private final boolean refersToDictionary;

    TraceEventKind(TraceField... fields) {
        this.fields = fields;
        long bits = 0;
        for (TraceField field : fields) {
            bits |= 1L << field.ordinal();
        }
        this.mask = bits;
        this.refersToDictionary = has(NAME) || has(FILE);
    }

    /** The fields of an event of this kind, in the order in which they are written. */
    public List<TraceField> fields() {
        return List.of(fields);
    }

    /** Whether events of this kind carry that field. */
    public boolean has(TraceField field) {
        return (mask >>> field.ordinal() & 1) != 0;
    }

    /** The kinds that are system calls. */
    public static Set<TraceEventKind> systemCalls() {
        return EnumSet.range(EXIT_GROUP, OTHER);
    }

    /** Whether an event of this kind names something by its number in the trace's names or files. */
    boolean refersToDictionary() {
        return refersToDictionary;
    }

    TraceField[] layout() {
        return fields;
    }
}
