package org.polymm.lab.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.polymm.api.plugin.Option;
import org.polymm.api.plugin.PolicyDescriptor;
import org.polymm.api.plugin.Slot;
import org.polymm.lab.report.CsvWriter;
import org.polymm.lab.report.JsonWriter;
import org.polymm.lab.report.TextTable;
import org.polymm.runtime.Laboratory;
import org.polymm.runtime.Polymm;
import org.polymm.runtime.compose.StandardKeys;
import org.polymm.runtime.config.Nearest;
import org.polymm.runtime.plugin.AvailablePolicy;
import org.polymm.runtime.plugin.Catalogue;
import org.polymm.runtime.plugin.JarCheck;
import org.polymm.runtime.plugin.Plugin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code polymm policies}: what can be chosen. */
@Command(
        name = "policies",
        description = {"Lists, describes and checks policies.", ""},
        footer = {
            "",
            "Example:",
            "  polymm policies list",
            "  polymm policies describe copy/wide",
            "  polymm policies check my-plugin.jar"
        })
final class PoliciesCommand implements Callable<Integer> {
    private final CommandEnvironment environment;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    PoliciesCommand(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "list, describe or check is missing");
    }

    /** Lists the policies and the plugins that failed. */
    @Command(
            name = "list",
            description = {
                "Lists the policies by slot. The one that is used unless configured otherwise is marked *.",
                ""
            },
            footer = {"", "Example:", "  polymm policies list cow-sizing"})
    int list(
            @Mixin LaboratoryOptions laboratory,
            @Parameters(arity = "0..1", paramLabel = "SLOT", description = "Only slots that begin so. Default: all.")
                    @Nullable
                    String prefix,
            @picocli.CommandLine.Option(
                            names = "--format",
                            paramLabel = "FORMAT",
                            defaultValue = "table",
                            description = "One of ${COMPLETION-CANDIDATES}.")
                    OutputFormat format)
            throws IOException {
        try (Laboratory open = laboratory.open()) {
            Catalogue catalogue = open.catalogue();
            List<AvailablePolicy> policies = catalogue.policies().stream()
                    .filter(policy ->
                            prefix == null || policy.descriptor().slot().key().startsWith(prefix))
                    .sorted(Comparator.comparing(policy -> policy.descriptor().slot()))
                    .toList();
            if (policies.isEmpty() && prefix != null) {
                throw new UserError("no slot begins with \"" + prefix + "\"; there are " + slots());
            }
            environment.deliver(
                    switch (format) {
                        case table -> table(policies) + failures(catalogue);
                        case json -> json(policies, catalogue);
                        case csv -> csv(policies);
                    },
                    null);
        }
        return Failures.OK;
    }

    private static String slots() {
        List<String> keys = new ArrayList<>();
        for (Slot slot : Slot.values()) {
            keys.add(slot.key());
        }
        return String.join(", ", keys);
    }

    private static boolean isDefault(PolicyDescriptor policy) {
        return StandardKeys.use(policy.slot()).defaultText().equals(policy.id());
    }

    private static String table(List<AvailablePolicy> policies) {
        TextTable table = new TextTable();
        Slot slot = null;
        for (AvailablePolicy policy : policies) {
            if (policy.descriptor().slot() != slot) {
                if (slot != null) {
                    table.line("");
                }
                slot = policy.descriptor().slot();
                table.line(slot.key());
            }
            table.row(
                    (isDefault(policy.descriptor()) ? "* " : "  ") + policy.id(),
                    policy.plugin().label(),
                    policy.descriptor().summary());
        }
        return table.text();
    }

    private static String failures(Catalogue catalogue) {
        StringBuilder out = new StringBuilder();
        catalogue.problems().forEach(problem -> out.append("\nproblem: ").append(problem));
        for (Plugin plugin : catalogue.failed()) {
            out.append("\nfailed: ").append(plugin).append(": ").append(plugin.reason());
        }
        return out.isEmpty() ? "" : out.append('\n').toString();
    }

    private static String json(List<AvailablePolicy> policies, Catalogue catalogue) {
        JsonWriter json = new JsonWriter().beginObject().name("policies").beginArray();
        policies.forEach(policy -> describe(json, policy));
        json.endArray().name("failed").beginArray();
        for (Plugin plugin : catalogue.failed()) {
            json.beginObject();
            json.name("plugin").value(plugin.toString());
            json.name("reason").value(plugin.reason());
            json.endObject();
        }
        return json.endArray().endObject().text();
    }

    private static String csv(List<AvailablePolicy> policies) {
        CsvWriter csv = new CsvWriter().row("slot", "id", "default", "plugin", "version", "summary");
        for (AvailablePolicy policy : policies) {
            PolicyDescriptor descriptor = policy.descriptor();
            csv.row(
                    descriptor.slot().key(),
                    descriptor.id(),
                    Boolean.toString(isDefault(descriptor)),
                    policy.plugin().label(),
                    policy.plugin().descriptor().map(plugin -> plugin.version()).orElse(""),
                    descriptor.summary());
        }
        return csv.text();
    }

    private static void describe(JsonWriter json, AvailablePolicy policy) {
        PolicyDescriptor descriptor = policy.descriptor();
        json.beginObject();
        json.name("id").value(descriptor.id());
        json.name("slot").value(descriptor.slot().key());
        json.name("default").value(isDefault(descriptor));
        json.name("plugin").value(policy.plugin().label());
        json.name("summary").value(descriptor.summary());
        json.name("proposal").value(descriptor.provenance().proposal());
        json.name("reference").value(descriptor.provenance().reference());
        json.name("options").beginArray();
        for (Option option : descriptor.options()) {
            json.beginObject();
            json.name("name").value(option.name());
            json.name("type").value(option.type().name());
            json.name("default").value(option.defaultText());
            json.name("help").value(option.help());
            json.endObject();
        }
        json.endArray().name("conflicts").beginArray();
        for (PolicyDescriptor.Conflict conflict : descriptor.conflicts()) {
            json.beginObject();
            json.name("with").value(conflict.policyId());
            json.name("reason").value(conflict.reason());
            json.endObject();
        }
        json.endArray().endObject();
    }

    /** Describes one policy. */
    @Command(
            name = "describe",
            description = {"Describes one policy: what it chooses, where it comes from, what can be set.", ""},
            footer = {"", "Example:", "  polymm policies describe orders/descending-fit"})
    int describe(
            @Mixin LaboratoryOptions laboratory,
            @Parameters(paramLabel = "ID", description = "The policy's id.") String id,
            @picocli.CommandLine.Option(
                            names = "--format",
                            paramLabel = "FORMAT",
                            defaultValue = "table",
                            description = "table or json.")
                    OutputFormat format)
            throws IOException {
        try (Laboratory open = laboratory.open()) {
            AvailablePolicy policy = open.catalogue().policy(id).orElseThrow(() -> unknown(open.catalogue(), id));
            if (format == OutputFormat.json) {
                JsonWriter json = new JsonWriter();
                describe(json, policy);
                environment.deliver(json.text(), null);
            } else {
                environment.deliver(text(policy), null);
            }
        }
        return Failures.OK;
    }

    /** Checks one plugin. */
    @Command(
            name = "check",
            description = {
                "Finds everything that is wrong with a plugin: whether it loads, describes itself and creates its policies, and",
                "what its classes refer to. Exit code 1 if something has to be mended.",
                ""
            },
            footer = {"", "Example:", "  polymm policies check my-plugin.jar"})
    int check(@Parameters(paramLabel = "JAR", description = "A plugin jar, or a folder of jars.") Path jar)
            throws IOException {
        if (!Files.exists(jar)) {
            throw new NoSuchFileException(jar + ": no such file");
        }
        JarCheck check = Polymm.checkJar(jar);
        StringBuilder out = new StringBuilder();
        check.errors().forEach(error -> out.append("error: ").append(error).append('\n'));
        check.warnings()
                .forEach(warning -> out.append("warning: ").append(warning).append('\n'));
        check.descriptor().ifPresent(plugin -> {
            out.append(plugin.id())
                    .append(' ')
                    .append(plugin.version())
                    .append(", SPI ")
                    .append(plugin.spiLevel());
            out.append(", offers ");
            out.append(String.join(
                    ", ", plugin.policies().stream().map(PolicyDescriptor::id).toList()));
            out.append('\n');
        });
        out.append(check.isFine() ? "nothing to mend\n" : "has to be mended before it can be used\n");
        environment.deliver(out.toString(), null);
        return check.isFine() ? Failures.OK : Failures.CHECK_FAILED;
    }

    private static UserError unknown(Catalogue catalogue, String id) {
        List<String> known =
                catalogue.policies().stream().map(AvailablePolicy::id).toList();
        String failed = catalogue
                .failedWith(id)
                .map(plugin -> "; plugin " + plugin + " offers it but failed: " + plugin.reason())
                .orElse("");
        return new UserError("no policy \"" + id + "\"" + Nearest.hint(id, known) + failed + "; searched "
                + catalogue.folder().toAbsolutePath().normalize() + ", which offers " + String.join(", ", known));
    }

    private static String text(AvailablePolicy policy) {
        PolicyDescriptor descriptor = policy.descriptor();
        TextTable head = new TextTable();
        head.row("policy", descriptor.id() + (isDefault(descriptor) ? " (the default)" : ""));
        head.row("slot", descriptor.slot().key());
        head.row("plugin", policy.plugin().toString());
        head.row("does", descriptor.summary());
        head.row("proposal", descriptor.provenance().proposal());
        head.row("reference", descriptor.provenance().reference());
        StringBuilder out = new StringBuilder(head.text());
        if (!descriptor.options().isEmpty()) {
            TextTable options = new TextTable();
            for (Option option : descriptor.options()) {
                options.row("  " + option.name(), option.defaultText(), option.help());
            }
            out.append("\noptions (name, default, what it does)\n").append(options.text());
        }
        if (!descriptor.state().isEmpty()) {
            TextTable state = new TextTable();
            descriptor.state().forEach(slot -> state.row("  " + slot.name(), "per " + slot.scope()));
            out.append("\nremembers\n").append(state.text());
        }
        if (!descriptor.conflicts().isEmpty()) {
            TextTable conflicts = new TextTable();
            descriptor.conflicts().forEach(conflict -> conflicts.row("  " + conflict.policyId(), conflict.reason()));
            out.append("\ncannot be combined with\n").append(conflicts.text());
        }
        return out.toString();
    }
}
