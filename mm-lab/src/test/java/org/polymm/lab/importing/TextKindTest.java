package org.polymm.lab.importing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.lab.RecordedPrograms;
import org.polymm.lab.io.TextInput;

class TextKindTest {
    @ParameterizedTest
    @ValueSource(strings = {"gcc", "jvm", "python", "redis", "sqlite"})
    void the_recordings_are_recognised(String program) throws IOException {
        try (TextInput perf = TextInput.open(RecordedPrograms.perfText(program));
                TextInput strace = TextInput.open(RecordedPrograms.straceText(program))) {
            assertEquals(Optional.of(TextKind.PERF), TextKind.of(perf.peek()));
            assertEquals(Optional.of(TextKind.STRACE), TextKind.of(strace.peek()));
        }
    }

    @Test
    void lackey_is_recognised_by_its_accesses_and_by_its_remarks() throws IOException {
        try (TextInput lackey = TextInput.open(RecordedPrograms.lackeyText())) {
            assertEquals(Optional.of(TextKind.LACKEY), TextKind.of(lackey.peek()));
        }
        assertEquals(Optional.of(TextKind.LACKEY), TextKind.of(" S 1fff000cf8,8\n"));
    }

    @Test
    void strace_without_numbers_or_times_is_recognised_so_that_its_importer_can_say_what_is_missing() {
        assertEquals(Optional.of(TextKind.STRACE), TextKind.of("brk(NULL) = 0x1000\n"));
        assertEquals(Optional.of(TextKind.STRACE), TextKind.of("12:30:01.5 brk(NULL) = 0x1000\n"));
        assertEquals(Optional.of(TextKind.STRACE), TextKind.of("[pid  7] 1.5 brk(NULL) = 0x1000\n"));
    }

    @Test
    void a_text_of_none_of_them_is_not_recognised() {
        assertEquals(Optional.empty(), TextKind.of(""));
        assertEquals(Optional.empty(), TextKind.of("Dear reader,\nthis is a letter.\n"));
    }
}
