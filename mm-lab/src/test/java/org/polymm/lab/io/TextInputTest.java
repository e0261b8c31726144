package org.polymm.lab.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class TextInputTest {
    private static final String TEXT = "first\nsecond\r\n\nlast without end";

    @Test
    void plain_gzip_and_xz_text_reads_the_same() throws IOException {
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(gzip)) {
            out.write(TEXT.getBytes(StandardCharsets.ISO_8859_1));
        }
        ByteArrayOutputStream xz = new ByteArrayOutputStream();
        try (OutputStream out = new XZOutputStream(xz, new LZMA2Options())) {
            out.write(TEXT.getBytes(StandardCharsets.ISO_8859_1));
        }
        for (byte[] bytes :
                new byte[][] {TEXT.getBytes(StandardCharsets.ISO_8859_1), gzip.toByteArray(), xz.toByteArray()}) {
            try (TextInput in = TextInput.of("x", new ByteArrayInputStream(bytes))) {
                assertEquals("first", in.readLine());
                assertEquals("second", in.readLine());
                assertEquals("", in.readLine());
                assertTrue(in.lastLineEnded());
                assertEquals("last without end", in.readLine());
                assertEquals(4, in.lineNumber());
                assertNull(in.readLine());
                assertTrue(!in.lastLineEnded());
            }
        }
    }

    @Test
    void the_hash_is_of_the_bytes_as_stored() throws IOException {
        try (TextInput in = TextInput.of("x", new ByteArrayInputStream("abc".getBytes(StandardCharsets.US_ASCII)))) {
            in.readLine();
            assertEquals("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", in.sha256());
        }
    }

    @Test
    void bytes_that_are_no_text_in_any_encoding_are_kept() throws IOException {
        byte[] bytes = {(byte) 0xFF, 'x', (byte) 0x80, '\n'};
        try (TextInput in = TextInput.of("x", new ByteArrayInputStream(bytes))) {
            assertEquals("\u00FFx\u0080", in.readLine());
        }
    }

    @Test
    void a_missing_file_is_named() {
        NoSuchFileException e = assertThrows(NoSuchFileException.class, () -> TextInput.open(Path.of("no-such-file")));
        assertTrue(e.getMessage().contains("no-such-file"), e.getMessage());
    }
}
