package org.polymm.lab.replay;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a replay did and what it could not do.
 *
 * <p>Used by one thread.
 */
public final class ReplayReport {
    private final SortedMap<String, Long> notReplayed = new TreeMap<>();
    private final SortedMap<String, Long> diverged = new TreeMap<>();
    private long calls;
    private long vmaCalls;
    private long accesses;
    private long refused;
    private long outOfMemory;
    private long firstOutOfMemory;

    void call(boolean changesVmas) {
        calls++;
        if (changesVmas) {
            vmaCalls++;
        }
    }

    void access() {
        accesses++;
    }

    void refused() {
        refused++;
    }

    void outOfMemory(long event) {
        if (outOfMemory++ == 0) {
            firstOutOfMemory = event;
        }
    }

    void leftOut(String reason) {
        notReplayed.merge(reason, 1L, Long::sum);
    }

    void divergence(String what) {
        diverged.merge(what, 1L, Long::sum);
    }

    /** System calls that were carried out. */
    public long calls() {
        return calls;
    }

    /** Those of them that changed the list of VMAs. */
    public long vmaCalls() {
        return vmaCalls;
    }

    /** Accesses made, one for each recorded fault. */
    public long accesses() {
        return accesses;
    }

    /** Accesses that the machine refused: the program gets SIGSEGV or SIGBUS. */
    public long refusedAccesses() {
        return refused;
    }

    /** Accesses for which the machine had no memory. A kernel would kill a process; here the program goes on without. */
    public long unbackedAccesses() {
        return outOfMemory;
    }

    /** Which event, counted from 1, was the first that found no memory; 0 if none. */
    public long firstOutOfMemory() {
        return firstOutOfMemory;
    }

    /** Events that were not carried out, by reason. */
    public SortedMap<String, Long> notReplayed() {
        return Collections.unmodifiableSortedMap(notReplayed);
    }

    /** Operations that succeeded when they were recorded and failed in the replay, by what failed and how. */
    public SortedMap<String, Long> diverged() {
        return Collections.unmodifiableSortedMap(diverged);
    }
}
