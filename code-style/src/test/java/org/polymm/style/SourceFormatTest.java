package org.polymm.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.ImportOrderer;
import com.palantir.javaformat.java.JavaFormatterOptions;
import com.palantir.javaformat.java.JavaFormatterOptions.Style;
import com.palantir.javaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Compares every source of every module with what the formatter makes of it. */
class SourceFormatTest {

    private static final String APPLY = "mvn -pl code-style verify -Dformat.apply";

    private final Formatter formatter = Formatter.createFormatter(JavaFormatterOptions.builder()
            .style(Style.PALANTIR)
            .formatJavadoc(false)
            .build());

    @Test
    void every_source_is_as_the_formatter_would_write_it() throws IOException {
        Path root = Path.of(System.getProperty("basedir", "")).toAbsolutePath().getParent();
        List<Path> sources = sources(root);
        assertTrue(sources.size() > 50, () -> "only " + sources.size() + " sources below " + root);

        List<String> problems = new ArrayList<>();
        for (Path source : sources) {
            String is = Files.readString(source);
            try {
                String wanted = format(is);
                if (!is.equals(wanted)) {
                    if (System.getProperty("format.apply") != null) {
                        Files.writeString(source, wanted);
                    } else {
                        problems.add(root.relativize(source) + ":" + firstDifference(is, wanted));
                    }
                }
            } catch (FormatterException e) {
                problems.add(root.relativize(source) + ": cannot be parsed: " + e.getMessage());
            }
        }
        if (!problems.isEmpty()) {
            fail(problems.size() + " sources are not in the common format. To mend them:  " + APPLY + "\n"
                    + String.join("\n", problems));
        }
    }

    @Test
    void the_formatter_knows_the_language_of_the_sources() throws FormatterException {
        String source = """
                package p;

                record R(Object value) {
                    static int size(Object o) {
                        return switch (o) {
                            case R(String text) when !text.isEmpty() -> text.length();
                            case R(var _) -> 1;
                            case null, default -> 0;
                        };
                    }
                }
                """;
        assertEquals(source, format(source.replace("    ", "  ")));
    }

    @Test
    void imports_are_sorted_and_those_that_nobody_uses_go() throws FormatterException {
        assertEquals(
                "package p;\n\nimport a.A;\nimport b.B;\n\nclass C extends A implements B {}\n",
                format("package p;\nimport c.C2;\nimport b.B;\nimport a.A;\nclass C extends A implements B { }"));
    }

    private String format(String source) throws FormatterException {
        return formatter.formatSource(
                RemoveUnusedImports.removeUnusedImports(ImportOrderer.reorderImports(source, Style.PALANTIR)));
    }

    /** Where two texts part, as the line and what is there. */
    private static String firstDifference(String is, String wanted) {
        List<String> lines = is.lines().toList();
        List<String> others = wanted.lines().toList();
        int same = 0;
        while (same < lines.size() && same < others.size() && lines.get(same).equals(others.get(same))) {
            same++;
        }
        return same + 1 + ": " + (same < lines.size() ? lines.get(same).strip() : "end of file");
    }

    /** All Java files below a directory, sorted, but not those in hidden directories or in those of builds. */
    private static List<Path> sources(Path root) throws IOException {
        List<Path> sources = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                String name = directory.getFileName().toString();
                boolean skipped = !directory.equals(root) && (name.startsWith(".") || name.equals("target"));
                return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.getFileName().toString().endsWith(".java")) {
                    sources.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        sources.sort(null);
        return sources;
    }
}
