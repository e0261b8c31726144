package org.polymm.lab.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.polymm.lab.report.CsvWriter;
import org.polymm.lab.report.JsonWriter;
import org.polymm.lab.report.TextTable;
import org.polymm.runtime.Laboratory;
import org.polymm.runtime.config.EffectiveValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code polymm config}: the effective configuration. */
@Command(
        name = "config",
        description = {
            "Shows the effective configuration and where each value comes from.",
            "",
            "Order, weakest first: defaults, --config files, environment (POLYMM_...), --set.",
            ""
        },
        footer = {
            "",
            "Example:",
            "  polymm config --changed --set thp.hugepages-64kB=always",
            "  polymm config --help-keys machine thp.khugepaged"
        })
final class ConfigCommand implements Callable<Integer> {
    private final CommandEnvironment environment;

    @Mixin
    private LaboratoryOptions laboratory = new LaboratoryOptions();

    @Parameters(arity = "0..*", paramLabel = "PREFIX", description = "Show only keys that begin so. Default: all.")
    private List<String> prefixes = List.of();

    @Option(names = "--changed", description = "Show only what somebody set.")
    private boolean changed;

    @Option(names = "--help-keys", description = "Show what each key does and what may be written.")
    private boolean helpKeys;

    @Option(names = "--format", paramLabel = "FORMAT", description = "One of ${COMPLETION-CANDIDATES}.")
    private OutputFormat format = OutputFormat.table;

    ConfigCommand(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
        try (Laboratory open = laboratory.open()) {
            List<EffectiveValue> values = open.compose().configuration().values().stream()
                    .filter(value -> !changed || value.isSet())
                    .filter(value -> prefixes.isEmpty()
                            || prefixes.stream().anyMatch(prefix -> value.key().startsWith(prefix)))
                    .toList();
            environment.deliver(
                    switch (format) {
                        case table -> helpKeys ? help(values) : table(values);
                        case json -> json(values);
                        case csv -> csv(values);
                    },
                    null);
        }
        return Failures.OK;
    }

    private static String table(List<EffectiveValue> values) {
        TextTable table = new TextTable().row("key", "value", "from");
        for (EffectiveValue value : values) {
            String from = value.setAside() == null
                    ? value.origin().toString()
                    : value.origin() + " (no effect: " + value.setAside() + ")";
            table.row(value.key(), value.text(), from);
        }
        return table.text();
    }

    private static String help(List<EffectiveValue> values) {
        StringBuilder out = new StringBuilder();
        for (EffectiveValue value : values) {
            out.append(value.key()).append(" = ").append(value.text()).append('\n');
            out.append("    ").append(value.help()).append('\n');
            out.append("    ")
                    .append(value.expects())
                    .append("; default ")
                    .append(value.defaultText())
                    .append('\n');
        }
        return out.toString();
    }

    private static String json(List<EffectiveValue> values) {
        JsonWriter json = new JsonWriter().beginArray();
        for (EffectiveValue value : values) {
            json.beginObject();
            json.name("key").value(value.key());
            json.name("value").value(value.text());
            json.name("from").value(value.origin().toString());
            json.name("set").value(value.isSet());
            json.name("default").value(value.defaultText());
            json.name("expects").value(value.expects());
            json.name("help").value(value.help());
            if (value.setAside() != null) {
                json.name("no_effect").value(value.setAside());
            }
            json.endObject();
        }
        return json.endArray().text();
    }

    private static String csv(List<EffectiveValue> values) {
        CsvWriter csv = new CsvWriter().row("key", "value", "from", "default");
        for (EffectiveValue value : values) {
            csv.row(value.key(), value.text(), value.origin().toString(), value.defaultText());
        }
        return csv.text();
    }
}
