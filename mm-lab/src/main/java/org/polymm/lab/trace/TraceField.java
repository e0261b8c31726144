package org.polymm.lab.trace;

/**
 * A value that events of some {@linkplain TraceEventKind kinds} carry. Addresses and lengths are bytes; {@code PROT},
 * {@code FLAGS}, {@code ADVICE} and {@code ERROR_CODE} are the numbers of the x86-64 Linux ABI.
 */
public enum TraceField {
    /** A virtual address in bytes: of a range, of a fault, the hint of {@code mmap}, the request of {@code brk}. */
    ADDRESS(Codec.ADDRESS),
    /** Length in bytes as it was asked for, not rounded to pages. */
    LENGTH(Codec.UNSIGNED),
    /** {@code PROT_*} bits. */
    PROT(Codec.UNSIGNED),
    /** The flags argument of the call: {@code MAP_*}, {@code MREMAP_*}, {@code MLOCK_*}, {@code MCL_*}, {@code CLONE_*}, {@code MS_*}. */
    FLAGS(Codec.UNSIGNED),
    /** Which file, an index into the trace's files; 0 for none or unknown. */
    FILE(Codec.UNSIGNED),
    /** Offset into a file, bytes. */
    OFFSET(Codec.UNSIGNED),
    /** The call's result: 0 or a number, or a negative errno. */
    RESULT(Codec.SIGNED),
    /** The call's result where success is an address; a failure is a negative errno. */
    RESULT_ADDRESS(Codec.ADDRESS),
    /** Where {@code mremap} was asked to move to, bytes; meaningful with {@code MREMAP_FIXED} or {@code MREMAP_DONTUNMAP}. */
    NEW_ADDRESS(Codec.ADDRESS),
    /** The length {@code mremap} was asked for, bytes. */
    NEW_LENGTH(Codec.UNSIGNED),
    /** {@code MADV_*}. */
    ADVICE(Codec.UNSIGNED),
    /** Protection key of {@code pkey_mprotect}; -1 for {@code mprotect}. */
    PKEY(Codec.SIGNED),
    /** What kind of area a mapping without a system call is: an ordinal of {@link AreaKind}. */
    AREA(Codec.UNSIGNED),
    /** TID of a new thread or of a new process's first thread. */
    CHILD(Codec.UNSIGNED),
    /** A name, an index into the trace's names. */
    NAME(Codec.UNSIGNED),
    /** x86 page-fault error code; the {@code FAULT_*} constants of {@link TraceEvent}. */
    ERROR_CODE(Codec.UNSIGNED),
    /** How a recorded access touched memory: 0 read, 1 write, 2 instruction fetch, 3 read and write. */
    ACCESS(Codec.UNSIGNED),
    /** A file descriptor number. */
    FD(Codec.UNSIGNED),
    /** Exit status. */
    STATUS(Codec.UNSIGNED),
    /** First argument of a system call that the model keeps as it was. */
    ARG0(Codec.SIGNED),
    /** Second argument. */
    ARG1(Codec.SIGNED),
    /** Third argument. */
    ARG2(Codec.SIGNED),
    /** Fourth argument. */
    ARG3(Codec.SIGNED),
    /** Fifth argument. */
    ARG4(Codec.SIGNED),
    /** Sixth argument. */
    ARG5(Codec.SIGNED);

    /** How a field's number is written. */
    enum Codec {
        /** A varint of the 64 bits taken as unsigned. */
        UNSIGNED,
        /** Zig-zag, so that small negative numbers are short. */
        SIGNED,
        /** Zig-zagged difference from the last address of the same task. */
        ADDRESS
    }

    private final Codec codec;

    TraceField(Codec codec) {
        this.codec = codec;
    }

    Codec codec() {
        return codec;
    }
}
