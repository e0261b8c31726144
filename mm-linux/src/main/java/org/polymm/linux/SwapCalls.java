package org.polymm.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** swapon(2) and swapoff(2), by which swap space comes and goes. Tests have their own. */
interface SwapCalls {

    /** Those of this host's kernel. */
    SwapCalls OF_HOST = new OfHost();

    /**
     * Has the kernel swap to a device.
     *
     * @param path of the device, which has the header of a swap area
     * @throws IOException if the kernel refuses
     */
    void on(String path) throws IOException;

    /**
     * Takes a device away from swapping; what is on it is read back first.
     *
     * @param path of the device
     * @throws IOException if the kernel refuses
     */
    void off(String path) throws IOException;

    /** Calls the C library. */
    final class OfHost implements SwapCalls {
        /** SWAP_FLAG_PREFER with the highest priority: no other area of the host is taken while there is room on this one. */
        private static final int FIRST_OF_ALL = 0x8000 | 0x7fff;

        private OfHost() {}

        @Override
        public void on(String path) throws IOException {
            int errno = call("swapon", path, FIRST_OF_ALL);
            if (errno != 0) {
                throw new IOException("swapon of " + path + " is refused with errno " + errno);
            }
        }

        @Override
        public void off(String path) throws IOException {
            int errno = call("swapoff", path, 0);
            if (errno != 0) {
                throw new IOException("swapoff of " + path + " is refused with errno " + errno);
            }
        }

        /** Calls a function with a path and, for those that take one, a number; the errno, or 0. */
        @SuppressWarnings("restricted")
        private static int call(String function, String path, int number) throws IOException {
            Linker linker = Linker.nativeLinker();
            StructLayout state = Linker.Option.captureStateLayout();
            VarHandle errno = state.varHandle(MemoryLayout.PathElement.groupElement("errno"));
            MethodHandle handle = linker.downcallHandle(
                    linker.defaultLookup()
                            .find(function)
                            .orElseThrow(() -> new IOException("the C library has no " + function)),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                    Linker.Option.captureCallState("errno"));
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment saved = arena.allocate(state);
                int result = (int) handle.invokeExact(saved, arena.allocateFrom(path), number);
                return result == 0 ? 0 : (int) errno.get(saved, 0L);
            } catch (IOException | RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IOException(function + " cannot be called: " + e, e);
            }
        }
    }
}
