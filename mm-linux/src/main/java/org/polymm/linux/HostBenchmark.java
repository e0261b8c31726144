package org.polymm.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What memory management costs on the kernel of this host: CPU time of one thread, kernel included, for one page or one huge page.
 *
 * <p>Each figure comes from several rounds over the same region of memory; the one before the first warms up. The operations are
 *
 * <table>
 *   <caption>Operations</caption>
 *   <tr><td>{@code first-touch}</td><td>write fault of a page, without huge pages</td></tr>
 *   <tr><td>{@code zero-page-fault}</td><td>read fault of a page that was never written</td></tr>
 *   <tr><td>{@code fork}</td><td>the parent's side of fork, for each mapped page</td></tr>
 *   <tr><td>{@code cow-copy}</td><td>first write of the child while the parent lives</td></tr>
 *   <tr><td>{@code cow-reuse}</td><td>first write of the parent when the child is gone</td></tr>
 *   <tr><td>{@code munmap}, {@code madvise-dontneed}</td><td>of pages that are there</td></tr>
 *   <tr><td>{@code mlock}, {@code munlock}</td><td>of pages that are there</td></tr>
 *   <tr><td>{@code mremap}</td><td>of pages that are there, to where page tables cannot be moved whole</td></tr>
 *   <tr><td>{@code thp-fault}</td><td>first write in 2 MiB, which gives a huge page</td></tr>
 *   <tr><td>{@code madvise-collapse}</td><td>MADV_COLLAPSE of pages that are there, for each page</td></tr>
 *   <tr><td>{@code populate-write}</td><td>first-touch without the entries into the kernel: MADV_POPULATE_WRITE</td></tr>
 *   <tr><td>{@code munmap-split}</td><td>of huge pages that are mapped by an entry a page</td></tr>
 *   <tr><td>{@code munmap-thp}, {@code fork-thp}</td><td>the same of huge pages</td></tr>
 *   <tr><td>{@code mprotect}</td><td>of pages that are there, to read-only</td></tr>
 *   <tr><td>{@code system-call}, {@code mmap-munmap}</td><td>getppid; a page mapped and unmapped, without a touch</td></tr>
 *   <tr><td>{@code memset}, {@code memcpy}</td><td>of memory that is there, beyond the caches if the region is</td></tr>
 * </table>
 *
 * @param figures what was measured, in this order
 * @param missing why an operation could not be measured, by its name
 */
public record HostBenchmark(List<Figure> figures, Map<String, String> missing) {

    /**
     * What an operation costs.
     *
     * @param operation its name
     * @param unit for which: {@code page} or {@code 2MiB}
     * @param median the median of the rounds in nanoseconds for one unit
     * @param minimum the least of them
     */
    public record Figure(String operation, String unit, double median, double minimum) {}

    /** Copies the collections. */
    public HostBenchmark {
        figures = List.copyOf(figures);
        missing = Collections.unmodifiableMap(new LinkedHashMap<>(missing));
    }

    /**
     * Measures. Takes some seconds; changes no setting of the host.
     *
     * @param cpu where; -1 for the highest CPU that this process may use
     * @param mebibytes the size of the region, even; 256 is well beyond the caches
     * @param rounds how often, from 1 to 1001
     * @return the figures
     * @throws HostUnavailableException if this host cannot run it
     */
    public static HostBenchmark run(int cpu, int mebibytes, int rounds) throws HostUnavailableException {
        Path program = NativeProgram.BENCHMARK.find();
        List<String> command = List.of(
                program.toString(), Integer.toString(cpu), Integer.toString(mebibytes), Integer.toString(rounds));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try {
                process.getOutputStream().close();
                String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                int status = process.waitFor();
                if (status != 0) {
                    throw new HostUnavailableException(
                            "the benchmark ended with status " + status + ": " + said.strip());
                }
                return parse(said);
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new HostUnavailableException(program + " cannot be run: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HostUnavailableException("interrupted while the benchmark ran", e);
        }
    }

    static HostBenchmark parse(String text) {
        List<Figure> figures = new ArrayList<>();
        Map<String, String> missing = new LinkedHashMap<>();
        for (String line : text.lines().toList()) {
            String[] words = line.split(" ", 4);
            if (words.length > 2 && words[1].equals("-")) {
                missing.put(words[0], line.substring(words[0].length() + " - ".length()));
            } else if (words.length == 4) {
                figures.add(new Figure(words[0], words[3], Double.parseDouble(words[1]), Double.parseDouble(words[2])));
            } else {
                throw new IllegalArgumentException("the benchmark said \"" + line + "\"");
            }
        }
        return new HostBenchmark(figures, missing);
    }
}
