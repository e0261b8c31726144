package org.polymm.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeProgramTest {
    @TempDir
    Path place;

    private static void assumeCompiler() {
        assumeTrue(
                List.of(System.getenv("PATH").split(":")).stream()
                        .anyMatch(directory -> Files.isExecutable(Path.of(directory, "cc"))),
                "there is no C compiler cc");
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "this is no x86-64");
    }

    @Test
    void itIsCompiledOnceAndForItsUserAlone() throws Exception {
        assumeCompiler();
        Path program = NativeProgram.HELPER.find(place.resolve("cache"), "cc");
        FileTime made = Files.getLastModifiedTime(program);
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(program)));
        assertEquals(program, NativeProgram.HELPER.find(place.resolve("cache"), "cc"));
        assertEquals(made, Files.getLastModifiedTime(program));
        try (var left = Files.list(place.resolve("cache"))) {
            assertEquals(List.of(program), left.toList());
        }
    }

    @Test
    void aMissingCompilerIsAnErrorThatSaysWhatToInstall() {
        HostUnavailableException error = assertThrows(
                HostUnavailableException.class, () -> NativeProgram.HELPER.find(place, "no-such-compiler"));
        assertTrue(String.valueOf(error.getMessage()).contains("apt install gcc"), error.getMessage());
    }

    @Test
    void aCompilerThatFailsIsQuotedAndLeavesNothing() throws IOException {
        HostUnavailableException error =
                assertThrows(HostUnavailableException.class, () -> NativeProgram.HELPER.find(place, "false"));
        assertTrue(String.valueOf(error.getMessage()).startsWith("the helper cannot be compiled: false -std=gnu11"));
        try (var left = Files.list(place)) {
            assertEquals(List.of(), left.toList());
        }
    }

    /** At run time a warning is none of the user's business; here it is an error. */
    @Test
    void theSourcesCompileWithoutAWarning() throws Exception {
        assumeCompiler();
        Path strict = Files.writeString(
                place.resolve("strict"),
                "#!/bin/sh\nexec cc -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \"$@\"\n");
        Files.setPosixFilePermissions(strict, PosixFilePermissions.fromString("rwx------"));
        for (NativeProgram program : List.of(NativeProgram.HELPER, NativeProgram.BENCHMARK)) {
            assertTrue(Files.isExecutable(program.find(place.resolve("cache"), strict.toString())));
        }
    }

    @Test
    void theCacheIsTheUsersUnlessNamed() {
        assertEquals(Path.of("/c/polymm"), NativeProgram.cacheDirectory(Map.of("XDG_CACHE_HOME", "/c")));
        assertTrue(NativeProgram.cacheDirectory(Map.of()).endsWith(".cache/polymm"));
    }

    @Test
    void bothSidesNumberTheOperationsAlike() throws Exception {
        String header;
        try (InputStream in = NativeProgram.class.getResourceAsStream("helper/protocol.h")) {
            header = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
        Map<String, Integer> theirs = new TreeMap<>();
        Matcher matcher = Pattern.compile("\\bOP_([A-Z_]+) = (\\d+)").matcher(header);
        while (matcher.find()) {
            theirs.put(matcher.group(1), Integer.valueOf(matcher.group(2)));
        }
        theirs.keySet().removeAll(List.of("FIRST_FORWARDED", "PEEK", "INSTALL", "CLOSE"));
        Map<String, Integer> ours = new TreeMap<>();
        for (Field field : Operations.class.getDeclaredFields()) {
            if (field.getType() == int.class) {
                ours.put(field.getName(), field.getInt(null));
            }
        }
        assertEquals(theirs, ours);
        assertTrue(header.contains("#define PROTOCOL_VERSION " + HostKernel.PROTOCOL + "\n"));
        assertTrue(header.contains("#define WORKERS " + HostKernel.WORKERS + "\n"));
        assertTrue(header.contains("#define FILES " + HostKernel.FILES + "\n"));
        assertTrue(header.contains("#define HOLDS " + HostKernel.HOLDS + "\n"));
        assertTrue(header.contains("#define ACCESSES " + HostKernel.ACCESSES + "\n"));
        assertTrue(header.contains("#define UFFDS " + HostUserfault.MOST + "\n"));
        assertTrue(header.contains("#define MAX_PAGES " + HostKernel.MAX_PAGES + "\n"));
        assertTrue(header.contains("#define FILE_DESCRIPTOR " + HostKernel.descriptor(0) + "\n"));
    }
}
