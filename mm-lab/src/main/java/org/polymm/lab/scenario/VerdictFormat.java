package org.polymm.lab.scenario;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.polymm.engine.policy.SafetyMode;
import org.polymm.engine.state.Mechanism;
import org.polymm.lab.report.CsvWriter;
import org.polymm.lab.report.JsonWriter;
import org.polymm.runtime.compose.StandardKeys;

/** Prints verdicts. */
public final class VerdictFormat {

    private VerdictFormat() {}

    /**
     * One verdict for people.
     *
     * @param verdict the verdict
     * @return lines, each ended
     */
    public static String text(Verdict verdict) {
        StringBuilder out = new StringBuilder();
        out.append(verdict.status())
                .append("  ")
                .append(verdict.file())
                .append("  on ")
                .append(verdict.circumstances().machine());
        if (!verdict.title().isEmpty()) {
            out.append("  ").append(verdict.title());
        }
        out.append('\n');
        if (verdict.status() == Verdict.Status.SKIPPED) {
            return out.append("    ").append(verdict.reason()).append('\n').toString();
        }
        out.append("    ")
                .append(count(verdict.operations(), "operation"))
                .append(", ")
                .append(count(verdict.checks(), "expectation"))
                .append(" looked at, ")
                .append(under(verdict.circumstances()))
                .append('\n');
        verdict.refused()
                .forEach((rule, count) -> out.append("    refused under ")
                        .append(rule)
                        .append(": ")
                        .append(count)
                        .append('\n'));
        failures(out, "", verdict.failures());
        failures(out, "hint: ", verdict.hints());
        failures(out, "not looked at: ", verdict.leftOut());
        if (!verdict.reason().isEmpty()) {
            out.append("    ").append(verdict.reason()).append('\n');
        }
        return out.toString();
    }

    private static void failures(StringBuilder out, String kind, List<Verdict.Failure> failures) {
        for (Verdict.Failure failure : failures) {
            out.append("    line ")
                    .append(failure.at().line())
                    .append(": ")
                    .append(failure.text())
                    .append("\n        ")
                    .append(kind)
                    .append(failure.message().replace("\n", "\n        "))
                    .append('\n');
        }
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    /** The policies and the mechanisms that are not mainline's. */
    static String under(Circumstances circumstances) {
        Map<String, String> mainline = HostNeeds.circumstances().policies();
        Map<String, String> shown = new TreeMap<>();
        circumstances.policies().forEach((slot, id) -> {
            if (!id.equals(mainline.get(slot))) {
                shown.put(slot, id);
            }
        });
        StringBuilder text = new StringBuilder(shown.isEmpty() ? "mainline policies" : "mainline policies but");
        shown.forEach((slot, id) -> text.append(' ').append(slot).append('=').append(id));
        Map<String, String> changed = new TreeMap<>(circumstances.switches());
        String safety = changed.remove(StandardKeys.SAFETY.name());
        for (Mechanism mechanism : Mechanism.values()) {
            changed.remove(mechanism.key(), mechanism.states().getFirst());
        }
        text.append(changed.isEmpty() ? ", mechanisms of 6.18" : ", mechanisms of 6.18 but");
        changed.forEach(
                (name, value) -> text.append(' ').append(name).append('=').append(value));
        if (SafetyMode.ENFORCE.name().equalsIgnoreCase(safety)) {
            text.append(", safety=").append(safety);
        }
        return text.toString();
    }

    /**
     * How many passed, failed and were skipped.
     *
     * @param verdicts all of them
     * @return one line, ended
     */
    public static String summary(List<Verdict> verdicts) {
        return String.format(
                Locale.ROOT,
                "%d passed, %d failed, %d skipped%n",
                count(verdicts, Verdict.Status.PASSED),
                count(verdicts, Verdict.Status.FAILED),
                count(verdicts, Verdict.Status.SKIPPED));
    }

    private static long count(List<Verdict> verdicts, Verdict.Status status) {
        return verdicts.stream().filter(verdict -> verdict.status() == status).count();
    }

    /**
     * All verdicts as one JSON document.
     *
     * @param verdicts all of them
     * @return the document
     */
    public static String json(List<Verdict> verdicts) {
        JsonWriter json = new JsonWriter().beginObject().name("scenarios").beginArray();
        for (Verdict verdict : verdicts) {
            json.beginObject();
            json.name("file").value(verdict.file());
            json.name("title").value(verdict.title());
            json.name("machine").value(verdict.circumstances().machine());
            json.name("status").value(word(verdict));
            json.name("reason").value(verdict.reason());
            json.name("broken").value(verdict.broken());
            json.name("operations").value(verdict.operations());
            json.name("expectations").value(verdict.checks());
            map(json.name("policies"), verdict.circumstances().policies());
            map(json.name("switches"), verdict.circumstances().switches());
            json.name("refused").beginObject();
            verdict.refused().forEach((rule, count) -> json.name(rule).value(count.longValue()));
            json.endObject();
            failures(json.name("failures"), verdict.failures());
            failures(json.name("hints"), verdict.hints());
            failures(json.name("not_looked_at"), verdict.leftOut());
            json.endObject();
        }
        json.endArray();
        json.name("passed").value(count(verdicts, Verdict.Status.PASSED));
        json.name("failed").value(count(verdicts, Verdict.Status.FAILED));
        json.name("skipped").value(count(verdicts, Verdict.Status.SKIPPED));
        return json.endObject().text();
    }

    private static void map(JsonWriter json, Map<String, String> map) {
        json.beginObject();
        map.forEach((name, value) -> json.name(name).value(value));
        json.endObject();
    }

    private static void failures(JsonWriter json, List<Verdict.Failure> failures) {
        json.beginArray();
        for (Verdict.Failure failure : failures) {
            json.beginObject();
            json.name("line").value(failure.at().line());
            json.name("text").value(failure.text());
            json.name("message").value(failure.message());
            json.endObject();
        }
        json.endArray();
    }

    /**
     * All verdicts as CSV, a line each.
     *
     * @param verdicts all of them
     * @return the lines, with a header
     */
    public static String csv(List<Verdict> verdicts) {
        CsvWriter csv = new CsvWriter()
                .row("file", "title", "machine", "status", "operations", "expectations", "failures", "message");
        for (Verdict verdict : verdicts) {
            csv.row(
                    verdict.file(),
                    verdict.title(),
                    verdict.circumstances().machine(),
                    word(verdict),
                    Integer.toString(verdict.operations()),
                    Integer.toString(verdict.checks()),
                    Integer.toString(verdict.failures().size()),
                    verdict.failures().isEmpty()
                            ? verdict.reason()
                            : "line " + verdict.failures().getFirst().at().line() + ": "
                                    + verdict.failures().getFirst().message());
        }
        return csv.text();
    }

    private static String word(Verdict verdict) {
        return verdict.status().name().toLowerCase(Locale.ROOT);
    }
}
