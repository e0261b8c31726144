package org.polymm.linux;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The kernel of this host as a machine: real processes that do as they are told, and what the kernel shows of them.
 *
 * <p>Every method that asks for something queues a request and returns this kernel; {@link #next} sends what is queued and gives the replies in
 * the order of the requests. So one thing after the other is
 *
 * <pre>{@code
 *   HostReply r = kernel.store(0, address, 7).next();
 * }</pre>
 *
 * and a stream, which is many times faster because nobody waits for anybody, is
 *
 * <pre>{@code
 *   while (more || kernel.pending() > 0) {
 *       while (more && kernel.room() > 0) { kernel.store(...); }
 *       handle(kernel.next());
 *   }
 * }</pre>
 *
 * <p>A worker is a process with a number from 0 to {@value #WORKERS} - 1. It lives from {@link #spawn} or {@link #fork} until {@link #exit} or
 * {@link #reset}; its own program and libraries lie far from {@link #BASE}, where programs should map everything, with MAP_FIXED.
 *
 * <p>Used by one thread. Closing ends all workers; they also die with this JVM.
 */
public final class HostKernel implements AutoCloseable {
    /** How many workers can live at a time. */
    public static final int WORKERS = 16;
    /** How many files can be open at a time. */
    public static final int FILES = 64;
    /** How many pins a worker can have at a time, and how many references. */
    public static final int HOLDS = 32;
    /** How many accesses by threads a worker can have on their way. */
    public static final int ACCESSES = 16;
    /** Where programs map their memory: below everything else that a worker has, so that reading it back ends there. */
    public static final long BASE = 0x1000_0000_0000L;
    /** The size of a base page in bytes. */
    public static final long PAGE = 4096;
    /** The most pages that a range or a snapshot can have. */
    public static final int MAX_PAGES = 65_536;

    static final int PROTOCOL = 1;
    private static final int REQUEST = 64;
    private static final int MAX_PENDING = 1024;
    private static final int FIRST_DESCRIPTOR = 512;
    private static final int UNPRIVILEGED = 1;
    private static final int SNAPSHOT_CONTENTS = 1;
    private static final int SNAPSHOT_DRAIN = 2;

    private final Process process;
    private final OutputStream out;
    private final InputStream in;
    private final ByteBuffer requests =
            ByteBuffer.allocate(MAX_PENDING * REQUEST).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer head = ByteBuffer.allocate(HostReply.HEAD).order(ByteOrder.LITTLE_ENDIAN);
    private final byte[] ahead = new byte[1 << 16];
    private final HostReply reply = new HostReply();
    private int aheadFirst;
    private int aheadEnd;
    private int pending;

    private HostKernel(Process process) {
        this.process = process;
        out = process.getOutputStream();
        in = process.getInputStream();
    }

    /**
     * Starts a helper; compiles it if this machine has not yet.
     *
     * @param options how
     * @return the kernel, without workers
     * @throws HostUnavailableException if this host has no Linux on x86-64, no compiler, or does not let us read what is needed
     */
    public static HostKernel start(HostOptions options) throws HostUnavailableException {
        Path program = NativeProgram.HELPER.find();
        Process process;
        try {
            process = new ProcessBuilder(List.of(
                            program.toString(),
                            Integer.toString(options.cpu()),
                            options.files().toString()))
                    .start();
        } catch (IOException e) {
            throw new HostUnavailableException(program + " cannot be run: " + e.getMessage(), e);
        }
        HostKernel kernel = new HostKernel(process);
        try {
            HostReply hello =
                    kernel.request(Operations.HELLO, 0, 0, 0, 0, 0, 0, 0, 0).next();
            if (hello.value() != PROTOCOL) {
                throw new HostUnavailableException(
                        program + " speaks protocol " + hello.value() + " instead of " + PROTOCOL + ": remove it");
            }
            return kernel;
        } catch (HostLostException e) {
            kernel.close();
            throw new HostUnavailableException(String.valueOf(e.getMessage()), e);
        } catch (HostUnavailableException e) {
            kernel.close();
            throw e;
        }
    }

    // ---------------------------------------------------------------- processes

    /**
     * A new worker with nothing at {@link #BASE}. The reply's value is its process id.
     *
     * @param worker its number; no worker of that number may live
     * @param privileged whether it keeps CAP_IPC_LOCK; without, RLIMIT_MEMLOCK binds it and its children
     * @return this
     */
    public HostKernel spawn(int worker, boolean privileged) {
        return request(Operations.SPAWN, worker, privileged ? 0 : UNPRIVILEGED, 0, 0, 0, 0, 0, 0);
    }

    /**
     * fork(2). The reply's value is the child's process id.
     *
     * @param worker who forks
     * @param child the number of the child; no worker of that number may live
     * @return this
     */
    public HostKernel fork(int worker, int child) {
        return request(Operations.FORK, worker, child, 0, 0, 0, 0, 0, 0);
    }

    /**
     * The worker ends. When the reply comes it is gone, and its memory with it.
     *
     * @param worker who ends
     * @return this
     */
    public HostKernel exit(int worker) {
        return request(Operations.EXIT, worker, 0, 0, 0, 0, 0, 0, 0);
    }

    /**
     * All workers end, all files are closed.
     *
     * @return this
     */
    public HostKernel reset() {
        return request(Operations.RESET, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /**
     * A system call of a worker. The reply has its value and errno.
     *
     * @param worker who calls
     * @param number of the call, see {@link SystemCalls}; memory that arguments point to must be the worker's own
     * @param a the first argument
     * @param b the second
     * @param c the third
     * @param d the fourth
     * @param e the fifth
     * @param f the sixth
     * @return this
     */
    public HostKernel call(int worker, int number, long a, long b, long c, long d, long e, long f) {
        return request(Operations.CALL, worker, number, a, b, c, d, e, f);
    }

    /**
     * setrlimit(2).
     *
     * @param worker whose limit
     * @param resource RLIMIT_MEMLOCK is 8
     * @param soft the soft limit
     * @param hard the hard limit
     * @return this
     */
    public HostKernel limit(int worker, int resource, long soft, long hard) {
        return request(Operations.LIMIT, worker, resource, soft, hard, 0, 0, 0, 0);
    }

    // ---------------------------------------------------------------- accesses

    /**
     * A worker loads a word of 8 bytes. The reply has its value, or the signal that was raised.
     *
     * @param worker who loads
     * @param address in bytes
     * @return this
     */
    public HostKernel load(int worker, long address) {
        return request(Operations.LOAD, worker, address, 0, 0, 0, 0, 0, 0);
    }

    /**
     * A worker stores a word of 8 bytes.
     *
     * @param worker who stores
     * @param address in bytes
     * @param value the word
     * @return this
     */
    public HostKernel store(int worker, long address, long value) {
        return request(Operations.STORE, worker, address, value, 0, 0, 0, 0, 0);
    }

    /**
     * A worker loads one word of each page of a range, up to the first signal. The reply's count says how many pages that were, its value is the
     * last word, and if wanted all words are there.
     *
     * @param worker who loads
     * @param address of the word in the first page
     * @param pages at most {@link #MAX_PAGES}
     * @param words whether the words are wanted
     * @return this
     */
    public HostKernel loadRange(int worker, long address, int pages, boolean words) {
        return request(Operations.LOAD_RANGE, worker, address, pages, words ? 1 : 0, 0, 0, 0, 0);
    }

    /**
     * A worker stores one word in each page of a range, up to the first signal. The reply's count says how many pages that were.
     *
     * @param worker who stores
     * @param address of the word in the first page
     * @param pages at most {@link #MAX_PAGES}
     * @param value what the first page gets
     * @param step what each further page gets more
     * @return this
     */
    public HostKernel storeRange(int worker, long address, int pages, long value, long step) {
        return request(Operations.STORE_RANGE, worker, address, pages, value, step, 0, 0, 0);
    }

    /**
     * A thread of a worker begins to load a word, while the worker itself stays free: for accesses that have to wait until a userfaultfd
     * resolves them. Any other access that waits so ends its worker after half a minute.
     *
     * @param worker who loads
     * @param access a number for it, from 0 to {@value #ACCESSES} - 1, in use until {@link #finish} says that it is over
     * @param address in bytes
     * @return this
     */
    public HostKernel startLoad(int worker, int access, long address) {
        return request(Operations.ACCESS, worker, access, address, 0, 0, 0, 0, 0);
    }

    /**
     * A thread of a worker begins to store a word.
     *
     * @param worker who stores
     * @param access a number for it, as for {@link #startLoad}
     * @param address in bytes
     * @param value the word
     * @return this
     */
    public HostKernel startStore(int worker, int access, long address, long value) {
        return request(Operations.ACCESS, worker, access, address, 1, value, 0, 0, 0);
    }

    /**
     * Waits for an access that was started. The reply's count is 1 if it is over, and the reply is then that of the load or store; else 0.
     *
     * @param worker whose access
     * @param access its number
     * @param milliseconds how long to wait at most
     * @return this
     */
    public HostKernel finish(int worker, int access, int milliseconds) {
        return request(Operations.FINISH, worker, access, milliseconds, 0, 0, 0, 0, 0);
    }

    /**
     * A userfaultfd of a worker, to be opened.
     *
     * @param worker whose
     * @param number from 0 to {@value HostUserfault#MOST} - 1
     * @return what speaks for it
     */
    public HostUserfault userfault(int worker, int number) {
        return new HostUserfault(this, worker, number);
    }

    // ---------------------------------------------------------------- files

    /**
     * Makes a file that every worker can map, the living ones and those to come, by {@link #descriptor}. The first word of its page {@code i}
     * is {@code value + i * step}.
     *
     * @param file its number, from 0 to {@value #FILES} - 1
     * @param pages its size in base pages
     * @param kind what is behind it
     * @param value see above
     * @param step see above
     * @return this
     */
    public HostKernel file(int file, int pages, HostFileKind kind, long value, long step) {
        return request(Operations.FILE, 0, file, pages, kind.ordinal(), value, step, 0, 0);
    }

    /**
     * Closes a file everywhere. Mappings of it stay.
     *
     * @param file its number
     * @return this
     */
    public HostKernel closeFile(int file) {
        return request(Operations.FILE_CLOSE, 0, file, 0, 0, 0, 0, 0, 0);
    }

    /**
     * Sets a breakpoint in a page of a file by perf's uprobes: in all workers that map it, and whoever else does. Behind the first word of the
     * page, whose bytes must be an instruction; zeroes are. It is gone when the file is closed or the helper is {@linkplain #reset reset}.
     *
     * @param file its number
     * @param page the page in it
     * @return this
     */
    public HostKernel probe(int file, long page) {
        return request(Operations.PROBE, 0, file, page, 0, 0, 0, 0, 0);
    }

    /**
     * Removes a breakpoint. Fails with ENOENT if the page has none.
     *
     * @param file its number
     * @param page the page in it
     * @return this
     */
    public HostKernel removeProbe(int file, long page) {
        return request(Operations.PROBE_REMOVE, 0, file, page, 0, 0, 0, 0, 0);
    }

    /**
     * Reads a word of a file by read(2); no worker takes part.
     *
     * @param file its number
     * @param offset in bytes
     * @return this
     */
    public HostKernel loadFile(int file, long offset) {
        return request(Operations.FILE_LOAD, 0, file, offset, 0, 0, 0, 0, 0);
    }

    /**
     * Writes a word of a file by write(2); no worker takes part.
     *
     * @param file its number
     * @param offset in bytes
     * @param value the word
     * @return this
     */
    public HostKernel storeFile(int file, long offset, long value) {
        return request(Operations.FILE_STORE, 0, file, offset, value, 0, 0, 0, 0);
    }

    /**
     * The descriptor of a file, as mmap(2) and others want it.
     *
     * @param file its number
     * @return the descriptor, the same in every worker
     */
    public static int descriptor(int file) {
        return FIRST_DESCRIPTOR + file;
    }

    // ---------------------------------------------------------------- pins

    /**
     * A worker pins pages for writing and for long, as for DMA: it registers them with an io_uring. The pin is its own; children do not inherit
     * it, and it ends with the worker.
     *
     * @param worker who pins
     * @param pin its number, from 0 to {@value #HOLDS} - 1
     * @param address in bytes
     * @param length in bytes
     * @return this
     */
    public HostKernel pin(int worker, int pin, long address, long length) {
        return request(Operations.PIN, worker, address, length, pin, 0, 0, 0, 0);
    }

    /**
     * A device reads a word of the pages that were pinned, wherever the worker's page tables lead by now.
     *
     * @param worker whose pin
     * @param pin its number
     * @param offset from the start of the pin, in bytes
     * @return this
     */
    public HostKernel loadPin(int worker, int pin, long offset) {
        return request(Operations.PIN_LOAD, worker, pin, offset, 0, 0, 0, 0, 0);
    }

    /**
     * A device writes a word to the pages that were pinned.
     *
     * @param worker whose pin
     * @param pin its number
     * @param offset from the start of the pin, in bytes
     * @param value the word
     * @return this
     */
    public HostKernel storePin(int worker, int pin, long offset, long value) {
        return request(Operations.PIN_STORE, worker, pin, offset, value, 0, 0, 0, 0);
    }

    /**
     * A worker releases a pin.
     *
     * @param worker whose pin
     * @param pin its number
     * @return this
     */
    public HostKernel unpin(int worker, int pin) {
        return request(Operations.UNPIN, worker, pin, 0, 0, 0, 0, 0, 0);
    }

    /**
     * A worker takes plain references to pages, without a pin: it splices them into a pipe (vmsplice(2)). The reference is its own; children do
     * not inherit it, and it ends with the worker.
     *
     * @param worker who takes it
     * @param reference its number, from 0 to {@value #HOLDS} - 1; references and pins are numbered apart
     * @param address in bytes
     * @param length in bytes; the limit of the host's pipes is that of references, usually 1 MiB without privileges
     * @return this
     */
    public HostKernel reference(int worker, int reference, long address, long length) {
        return request(Operations.REFERENCE, worker, address, length, reference, 0, 0, 0, 0);
    }

    /**
     * Looks at a word of the pages that are referred to.
     *
     * @param worker whose reference
     * @param reference its number
     * @param offset from the start of the reference, in bytes
     * @return this
     */
    public HostKernel loadReference(int worker, int reference, long offset) {
        return request(Operations.REFERENCE_LOAD, worker, reference, offset, 0, 0, 0, 0, 0);
    }

    /**
     * A worker drops a reference.
     *
     * @param worker whose reference
     * @param reference its number
     * @return this
     */
    public HostKernel release(int worker, int reference) {
        return request(Operations.RELEASE, worker, reference, 0, 0, 0, 0, 0, 0);
    }

    // ---------------------------------------------------------------- reading back

    /**
     * All that can be seen of the living workers in a part of their address space. Give the reply to {@link HostSnapshot#read}.
     *
     * @param address the first address, page aligned
     * @param pages how many, at most {@link #MAX_PAGES}
     * @param contents whether the first words of pages are wanted; of pages that are not present or not readable they are never known
     * @param drain whether folios on their way to an LRU list get there first; needed for the flags UNEVICTABLE and LRU
     * @return this
     */
    public HostKernel snapshot(long address, int pages, boolean contents, boolean drain) {
        int bits = (contents ? SNAPSHOT_CONTENTS : 0) | (drain ? SNAPSHOT_DRAIN : 0);
        return request(Operations.SNAPSHOT, 0, address, pages, bits, 0, 0, 0, 0);
    }

    /**
     * The state of page frames, mapped or not. The reply has four words for each: kpageflags, kpagecount, the pfn of the folio's first page, and
     * how many pages the folio has.
     *
     * @param pfn the first page frame number
     * @param count how many, at most {@link #MAX_PAGES}
     * @return this
     */
    public HostKernel frames(long pfn, int count) {
        return request(Operations.FRAMES, 0, pfn, count, 0, 0, 0, 0, 0);
    }

    /**
     * A file of {@code /proc} as text.
     *
     * @param worker whose; any for {@link HostText#VMSTAT}
     * @param text which
     * @return this
     */
    public HostKernel text(int worker, HostText text) {
        return request(Operations.TEXT, worker, text.ordinal(), 0, 0, 0, 0, 0, 0);
    }

    /**
     * Folios on their way to an LRU list get there.
     *
     * @return this
     */
    public HostKernel drain() {
        return request(Operations.DRAIN, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    // ---------------------------------------------------------------- the stream

    /** {@return how many requests wait for their reply to be read} */
    public int pending() {
        return pending;
    }

    /** {@return how many more requests can be made before a reply must be read} */
    public int room() {
        return MAX_PENDING - pending;
    }

    /**
     * The next reply, in the order of the requests. Waits for it.
     *
     * @return the reply, valid until the next call
     * @throws IllegalStateException if there was no request
     * @throws HostLostException if the helper is gone
     */
    public HostReply next() {
        if (pending == 0) {
            throw new IllegalStateException("there is no request whose reply was not read");
        }
        try {
            flush();
            read(head.array(), HostReply.HEAD);
            byte[] payload = reply.accept(head);
            read(payload, reply.length());
        } catch (IOException e) {
            throw lost(e);
        }
        pending--;
        return reply;
    }

    HostKernel request(int operation, int worker, long a, long b, long c, long d, long e, long f, long g) {
        if (pending == MAX_PENDING) {
            throw new IllegalStateException(
                    MAX_PENDING + " requests wait for their replies to be read; room() tells before");
        }
        requests.putInt(operation).putInt(worker);
        requests.putLong(a)
                .putLong(b)
                .putLong(c)
                .putLong(d)
                .putLong(e)
                .putLong(f)
                .putLong(g);
        pending++;
        return this;
    }

    private void flush() throws IOException {
        if (requests.position() > 0) {
            out.write(requests.array(), 0, requests.position());
            out.flush();
            requests.clear();
        }
    }

    private void read(byte[] into, int size) throws IOException {
        int done = 0;
        while (done < size) {
            if (aheadFirst == aheadEnd) {
                aheadFirst = 0;
                aheadEnd = Math.max(0, in.read(ahead));
                if (aheadEnd == 0) {
                    throw new IOException("end of the replies");
                }
            }
            int some = Math.min(size - done, aheadEnd - aheadFirst);
            System.arraycopy(ahead, aheadFirst, into, done, some);
            aheadFirst += some;
            done += some;
        }
    }

    private HostLostException lost(IOException cause) {
        String said = "";
        String how = "does not answer";
        try {
            if (process.waitFor(2, TimeUnit.SECONDS)) {
                how = "ended with status " + process.exitValue();
                said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            }
        } catch (IOException e) {
            cause.addSuppressed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new HostLostException("the helper process " + how + (said.isEmpty() ? "" : ": " + said), cause);
    }

    /** Ends all workers and the helper. What they had open or mapped is gone when this returns. */
    @Override
    public void close() {
        try {
            out.close();
            in.close();
        } catch (IOException e) {
            // It is gone already: there is nothing left to tell it.
        }
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
