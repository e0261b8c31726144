package org.polymm.lab.explore;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Coroutines that are virtual threads, of which one runs at a time. Whoever resumes them should be a virtual thread, too
 * ({@link #run} sees to it): then a switch never leaves the carrier.
 */
final class ThreadCoroutines extends Coroutines {

    private @Nullable Turn running;

    /** Ends an abandoned thread from the inside. Nobody catches it but the thread itself. */
    private static final class Abandoned extends Error {
        private static final long serialVersionUID = 1L;

        Abandoned() {
            super("abandoned", null, false, false);
        }
    }

    /** One of them. */
    private final class Turn implements Coroutine {

        private final Thread thread;
        private volatile @Nullable Thread resumer;
        private volatile boolean abandoned;
        private boolean started;
        private boolean ended;
        private @Nullable Throwable thrown;

        Turn(Runnable body) {
            thread = Thread.ofVirtual().unstarted(() -> {
                try {
                    body.run();
                } catch (Abandoned asAsked) {
                    return;
                } catch (Throwable passing) {
                    thrown = passing;
                } finally {
                    ended = true;
                    giveBack();
                }
            });
        }

        private void giveBack() {
            Thread to = resumer;
            resumer = null;
            LockSupport.unpark(to);
        }

        @Override
        public boolean resume() {
            Turn outer = running;
            running = this;
            resumer = Thread.currentThread();
            if (started) {
                LockSupport.unpark(thread);
            } else {
                started = true;
                thread.start();
            }
            while (resumer != null) {
                LockSupport.park(this);
            }
            running = outer;
            Throwable passing = thrown;
            thrown = null;
            if (passing instanceof RuntimeException exception) {
                throw exception;
            }
            if (passing instanceof Error error) {
                throw error;
            }
            return ended;
        }

        void giveTurnAway() {
            giveBack();
            while (resumer == null) {
                LockSupport.park(this);
            }
            if (abandoned) {
                throw new Abandoned();
            }
        }

        @Override
        public void abandon() {
            if (started && !ended) {
                abandoned = true;
                resume();
            }
        }
    }

    @Override
    public Coroutine create(Runnable body) {
        return new Turn(body);
    }

    @Override
    public void suspend() {
        Turn turn = running;
        if (turn == null) {
            throw new IllegalStateException("nothing runs that could yield");
        }
        turn.giveTurnAway();
    }

    @Override
    public void run(Runnable work) {
        if (Thread.currentThread().isVirtual()) {
            work.run();
            return;
        }
        Throwable[] thrown = new Throwable[1];
        Thread thread = Thread.ofVirtual().name("explorer").start(() -> {
            try {
                work.run();
            } catch (Throwable passing) {
                thrown[0] = passing;
            }
        });
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (thrown[0] instanceof RuntimeException exception) {
            throw exception;
        }
        if (thrown[0] instanceof Error error) {
            throw error;
        }
    }

    @Override
    public String description() {
        return "virtual threads";
    }
}
