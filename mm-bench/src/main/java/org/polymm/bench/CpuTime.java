package org.polymm.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * The CPU time of the benchmark's thread, in nanoseconds per page or whatever else is counted.
 *
 * <p>JMH adds the values of all measured iterations up: divide the printed score by the count beside it.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class CpuTime {

    /** Nanoseconds of thread CPU time for each thing that was done. */
    public double cpu;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private long started;

    void start() {
        started = threads.getCurrentThreadCpuTime();
    }

    void stop(long things) {
        cpu = (double) (threads.getCurrentThreadCpuTime() - started) / things;
    }
}
