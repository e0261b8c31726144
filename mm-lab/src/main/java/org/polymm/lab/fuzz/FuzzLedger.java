package org.polymm.lab.fuzz;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who runs which programs, and what has become of them: one book for all threads of a run.
 *
 * <pre>
 *   program   0   1   2   3 | 4   5   6   7 | 8   9  ...       turns of 4
 *             done........... done............ done.           counted, in order
 *                     A           B                            two threads, each in a turn of its own
 *                             ^ programs that ran ahead of the first one that has not: kept until it has
 * </pre>
 *
 * <p>Programs count in the order of their numbers, whoever ran them and whenever it was. So a run that is bounded by operations or programs
 * comes to the same end, and to the same failure, on any number of threads.
 */
final class FuzzLedger {

    /** What became of a program. */
    private record Result(
            int operations,
            SequencedMap<String, Long> refused,
            @Nullable Finding finding) {}

    private final long from;
    private final Bounds bounds;
    private final int turn;
    private final long begin = System.nanoTime();
    private final TreeMap<Long, Result> ahead = new TreeMap<>();
    private final SequencedMap<String, Long> refused = new LinkedHashMap<>();
    private long unclaimed;
    private long next;
    private long operations;
    private long firstFailed = Long.MAX_VALUE;
    private @Nullable Finding finding;
    private boolean stopped;

    /**
     * A book with nothing in it.
     *
     * @param from the number of the first program
     * @param bounds when the run ends
     * @param turn how many programs, from a multiple of it on, go to one thread together
     */
    FuzzLedger(long from, Bounds bounds, int turn) {
        this.from = from;
        this.bounds = bounds;
        this.turn = turn;
        unclaimed = from;
        next = from;
    }

    /** {@return the number of the first program of a turn that nobody has run; the turn is the caller's} */
    synchronized long claim() {
        long first = unclaimed;
        unclaimed = endOfTurn(first);
        return first;
    }

    /**
     * Where a turn ends.
     *
     * @param program one of it
     * @return the number behind the last
     */
    long endOfTurn(long program) {
        return (program / turn + 1) * turn;
    }

    /**
     * Whether a program is to be run: not if the run is over, nor if one before it failed.
     *
     * @param program its number
     * @return whether
     */
    synchronized boolean wants(long program) {
        stopped |= bounds.isTimeUp(nanos());
        return !isOver() && program < firstFailed;
    }

    private boolean isOver() {
        return stopped || finding != null || bounds.reached(operations, next - from);
    }

    /** Ends the run before its time. */
    synchronized void stop() {
        stopped = true;
    }

    /**
     * Notes what became of a program.
     *
     * @param program its number
     * @param length how many operations it had
     * @param refusals how many decisions were refused in it, by rule
     * @param found what went wrong; null if nothing did
     */
    synchronized void ran(long program, int length, SequencedMap<String, Long> refusals, @Nullable Finding found) {
        if (found != null) {
            firstFailed = Math.min(firstFailed, program);
        }
        ahead.put(program, new Result(length, refusals, found));
        while (!isOver() && ahead.containsKey(next)) {
            count(ahead.remove(next));
            next++;
        }
    }

    private void count(Result result) {
        operations += result.operations();
        result.refused().forEach((rule, count) -> refused.merge(rule, count, Long::sum));
        finding = result.finding();
    }

    /**
     * The program that failed, asked when the last thread is done. If time was up before all programs below it had run, it is a failure all
     * the same; behind the end of a run that is bounded otherwise it is none.
     *
     * @return its number, or -1
     */
    synchronized long failed() {
        if (finding != null) {
            return next - 1;
        }
        return stopped && ahead.containsKey(firstFailed) ? firstFailed : -1;
    }

    /** {@return how {@link #failed} failed; null if none did} */
    synchronized @Nullable Finding finding() {
        Result result = ahead.get(failed());
        return result != null ? result.finding() : finding;
    }

    synchronized long operations() {
        return operations;
    }

    /** {@return the number of the first program that does not count yet} */
    synchronized long next() {
        return next;
    }

    synchronized long programs() {
        return next - from;
    }

    synchronized SequencedMap<String, Long> refused() {
        return new LinkedHashMap<>(refused);
    }

    long nanos() {
        return System.nanoTime() - begin;
    }
}
