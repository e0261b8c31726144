package org.polymm.api.signature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.polymm.api.Policy;

/** Compares the SPI with the signature that was last accepted. */
class SpiSignatureTest {

    private static final String ACCEPT = "mvn -pl mm-api test -Dtest=SpiSignatureTest -Dspi.accept";

    private static final List<String> HEADER = List.of(
            "# The binary signature of the SPI, as last accepted. A change of it is a change for every plugin: see",
            "# docs/building.md. Written by: " + ACCEPT);

    @Test
    void the_spi_is_the_one_that_was_accepted() throws IOException, URISyntaxException {
        Path file = Path.of(System.getProperty("basedir", ""), "spi-signature.txt");
        List<String> present = SpiSignature.ofDirectory(Path.of(
                Policy.class.getProtectionDomain().getCodeSource().getLocation().toURI()));
        assertTrue(
                present.size() > 100, () -> "only " + present.size() + " lines: the classes of the SPI were not found");

        if (System.getProperty("spi.accept") != null) {
            List<String> lines = new ArrayList<>(HEADER);
            lines.addAll(present);
            Files.write(file, lines);
        }

        List<String> accepted = Files.readAllLines(file);
        assertEquals(HEADER, accepted.subList(0, HEADER.size()), () -> "the first lines of " + file);
        Optional<String> difference =
                SpiSignature.difference(accepted.subList(HEADER.size(), accepted.size()), present);
        if (difference.isPresent()) {
            fail("The SPI is not the one that was accepted in " + file.toAbsolutePath() + ":\n" + difference.get()
                    + "\nPlugins are linked to it. If the change is meant, raise the SPI level where it is due, accept the"
                    + " new signature with\n    " + ACCEPT + "\nand commit the file together with the change.");
        }
    }
}
