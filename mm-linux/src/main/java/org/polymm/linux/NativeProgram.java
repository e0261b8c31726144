package org.polymm.linux;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A C program of this module: compiled from the sources in the jar when it is first needed, and kept under the hash of these sources, so that
 * another version never meets it.
 *
 * @param name of the program
 * @param sources their names below {@code helper}
 */
record NativeProgram(String name, List<String> sources) {
    /** The processes behind {@link HostKernel}. */
    static final NativeProgram HELPER = new NativeProgram(
            "helper",
            List.of(
                    "access.c",
                    "access.h",
                    "bytes.c",
                    "bytes.h",
                    "controller.c",
                    "controller.h",
                    "files.c",
                    "frames.c",
                    "holds.c",
                    "holds.h",
                    "out.c",
                    "out.h",
                    "probes.c",
                    "protocol.h",
                    "snapshot.c",
                    "state.h",
                    "uffd.c",
                    "uffd.h",
                    "vmas.c",
                    "worker.c",
                    "worker.h"));
    /** What {@link HostBenchmark} runs. */
    static final NativeProgram BENCHMARK = new NativeProgram("benchmark", List.of("benchmark/benchmark.c"));

    private static final List<String> OPTIONS = List.of("-std=gnu11", "-O2", "-Wall", "-Wextra");

    /**
     * The program, compiled if need be.
     *
     * @throws HostUnavailableException if this is no Linux on x86-64 or there is no compiler
     */
    Path find() throws HostUnavailableException {
        String system = System.getProperty("os.name") + " on " + System.getProperty("os.arch");
        if (!system.equals("Linux on amd64")) {
            throw new HostUnavailableException("the host kernel must be Linux on x86-64; this is " + system);
        }
        return find(cacheDirectory(System.getenv()), "cc");
    }

    /** Where compiled helpers are kept. */
    static Path cacheDirectory(Map<String, String> environment) {
        String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path directory = cache.startsWith("/") ? Path.of(cache) : Path.of(System.getProperty("user.home"), ".cache");
        return directory.resolve("polymm");
    }

    Path find(Path directory, String compiler) throws HostUnavailableException {
        try {
            Map<String, byte[]> texts = texts();
            Path program = directory.resolve(name + "-" + hash(texts));
            if (Files.isExecutable(program)) {
                return program;
            }
            Files.createDirectories(directory);
            compile(texts, program, compiler);
            return program;
        } catch (IOException e) {
            throw new HostUnavailableException(
                    "the " + name + " cannot be built in " + directory + ": " + e
                            + "; XDG_CACHE_HOME names another place",
                    e);
        }
    }

    private Map<String, byte[]> texts() throws IOException {
        Map<String, byte[]> texts = new TreeMap<>();
        for (String source : sources) {
            try (InputStream in = NativeProgram.class.getResourceAsStream("helper/" + source)) {
                if (in == null) {
                    throw new IOException("mm-linux is packed without helper/" + source);
                }
                texts.put(source.substring(source.lastIndexOf('/') + 1), in.readAllBytes());
            }
        }
        return texts;
    }

    private static String hash(Map<String, byte[]> texts) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
        digest.update(String.join(" ", OPTIONS).getBytes(StandardCharsets.US_ASCII));
        texts.forEach((source, bytes) -> {
            digest.update(source.getBytes(StandardCharsets.US_ASCII));
            digest.update(bytes);
        });
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Compiles in a directory of its own and then gives the program its name, so that nobody ever runs half of one. */
    private void compile(Map<String, byte[]> texts, Path program, String compiler)
            throws IOException, HostUnavailableException {
        Path place = Files.createTempDirectory(
                program.getParent(),
                "build-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try {
            List<String> command = new ArrayList<>(List.of(compiler));
            command.addAll(OPTIONS);
            command.addAll(List.of("-pthread", "-o", "program"));
            for (Map.Entry<String, byte[]> source : texts.entrySet()) {
                Files.write(place.resolve(source.getKey()), source.getValue());
                if (source.getKey().endsWith(".c")) {
                    command.add(source.getKey());
                }
            }
            run(command, place);
            Path made = place.resolve("program");
            Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwx------"));
            Files.move(made, program, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            removeAll(place);
        }
    }

    private void run(List<String> command, Path place) throws IOException, HostUnavailableException {
        Path said = place.resolve("said.txt");
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .directory(place.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
        } catch (IOException e) {
            throw new HostUnavailableException(
                    "there is no C compiler: the " + name + " is compiled by " + command.getFirst()
                            + " when it is first needed (Debian: apt install gcc libc6-dev)",
                    e);
        }
        try {
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new HostUnavailableException(
                        command.getFirst() + " did not compile the " + name + " in two minutes");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new HostUnavailableException("interrupted while the helper was compiled", e);
        }
        if (process.exitValue() != 0) {
            throw new HostUnavailableException("the " + name + " cannot be compiled: " + String.join(" ", command)
                    + "\n" + Files.readString(said, StandardCharsets.UTF_8).strip());
        }
    }

    private static void removeAll(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
