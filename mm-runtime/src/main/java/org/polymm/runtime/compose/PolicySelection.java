package org.polymm.runtime.compose;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.polymm.api.plugin.Option;
import org.polymm.api.plugin.PolicyDescriptor;
import org.polymm.api.plugin.Slot;
import org.polymm.runtime.config.EffectiveValue;
import org.polymm.runtime.config.LayeredConfiguration;
import org.polymm.runtime.config.Nearest;
import org.polymm.runtime.config.Origin;
import org.polymm.runtime.config.PolicyKeys;
import org.polymm.runtime.config.Problem;
import org.polymm.runtime.config.Setting;
import org.polymm.runtime.config.ValueType;
import org.polymm.runtime.plugin.AvailablePolicy;
import org.polymm.runtime.plugin.Catalogue;
import org.polymm.runtime.plugin.Plugin;

/**
 * Which policy fills each slot, with which options, before anything is created.
 *
 * <p>An option counts if the chosen policy declares it. If it does not, but the policy that was chosen where the option stands does, then a
 * stronger source has replaced that policy and the option is set aside: {@code --set policy.cow-sizing.copy=copy/one-page} must not fail over
 * the {@code max-order} that a file gave to {@code copy/wide}. Anything else is an unknown option.
 */
final class PolicySelection {

    /** A policy and the text of its options. */
    record Choice(AvailablePolicy policy, Setting use, Map<String, Setting> options) {

        PolicyDescriptor descriptor() {
            return policy.descriptor();
        }
    }

    private final LayeredConfiguration configuration;
    private final Catalogue catalogue;
    private final Map<Slot, Choice> choices = new EnumMap<>(Slot.class);
    private final Map<Slot, List<EffectiveValue>> setAside = new EnumMap<>(Slot.class);
    private final List<Problem> problems = new ArrayList<>();

    private PolicySelection(LayeredConfiguration configuration, Catalogue catalogue) {
        this.configuration = configuration;
        this.catalogue = catalogue;
    }

    /**
     * Chooses.
     *
     * @param configuration what is written
     * @param catalogue what there is
     * @return the choices, with what is wrong about them
     */
    static PolicySelection of(LayeredConfiguration configuration, Catalogue catalogue) {
        PolicySelection selection = new PolicySelection(configuration, catalogue);
        for (Slot slot : Slot.values()) {
            selection.choose(slot);
        }
        selection.compare();
        return selection;
    }

    Map<Slot, Choice> choices() {
        return choices;
    }

    List<Problem> problems() {
        return problems;
    }

    /** What is listed below the choice of a slot: its policy's options, then what was set aside. */
    List<EffectiveValue> optionValues(Slot slot) {
        List<EffectiveValue> values = new ArrayList<>();
        Choice choice = choices.get(slot);
        if (choice != null) {
            for (Option option : choice.descriptor().options()) {
                Setting setting = choice.options().get(option.name());
                values.add(new EffectiveValue(
                        PolicyKeys.option(slot, option.name()),
                        setting == null ? option.defaultText() : setting.text(),
                        setting == null ? Origin.policyDefault(choice.policy().id()) : setting.origin(),
                        option.defaultText(),
                        ValueType.of(option).expects(),
                        option.help(),
                        null));
            }
        }
        values.addAll(setAside.getOrDefault(slot, List.of()));
        return values;
    }

    private void choose(Slot slot) {
        Setting use = configuration
                .find(PolicyKeys.use(slot))
                .orElseThrow(() -> new IllegalStateException("slot " + slot + " has no default policy"));
        Optional<AvailablePolicy> policy = find(slot, use);
        policy.ifPresent(found -> choices.put(slot, new Choice(found, use, options(slot, found, use))));
    }

    private Optional<AvailablePolicy> find(Slot slot, Setting use) {
        Optional<AvailablePolicy> found = catalogue.policy(use.text());
        if (found.isPresent() && found.get().descriptor().slot() == slot) {
            return found;
        }
        if (found.isPresent()) {
            problems.add(Problem.of(
                    use,
                    "policy " + use.text() + " fits slot "
                            + found.get().descriptor().slot() + ", not " + slot + known(slot)));
            return Optional.empty();
        }
        Optional<Plugin> failed = catalogue.failedWith(use.text());
        if (failed.isPresent()) {
            problems.add(Problem.of(
                    use,
                    "policy " + use.text() + " is in " + failed.get().path() + ", which cannot be used: "
                            + failed.get().reason()));
            return Optional.empty();
        }
        problems.add(Problem.of(
                use, "there is no policy " + use.text() + hint(slot, use.text()) + known(slot) + searched()));
        return Optional.empty();
    }

    private String hint(Slot slot, String id) {
        List<String> ids =
                catalogue.policies(slot).stream().map(AvailablePolicy::id).toList();
        return Nearest.hint(id, ids);
    }

    private String known(Slot slot) {
        String ids = catalogue.policies(slot).stream().map(AvailablePolicy::id).collect(Collectors.joining(", "));
        return ids.isEmpty() ? "; no policy for this slot was found" : "; for this slot there is " + ids;
    }

    /** A plugin that failed before it could say what it offers may be the one that is missed. */
    private String searched() {
        String silent = catalogue.failed().stream()
                .filter(plugin -> plugin.descriptor().isEmpty())
                .map(plugin -> plugin.path() + " (" + plugin.reason() + ")")
                .collect(Collectors.joining(", "));
        return "; searched " + catalogue.folder().toAbsolutePath().normalize()
                + (silent.isEmpty() ? "" : ", where these could not be loaded: " + silent);
    }

    private Map<String, Setting> options(Slot slot, AvailablePolicy policy, Setting use) {
        Map<String, Setting> chosen = new LinkedHashMap<>();
        Map<String, EffectiveValue> aside = new TreeMap<>();
        for (int layer = 0; layer < configuration.layerCount(); layer++) {
            for (Setting setting : configuration.layer(layer)) {
                Optional<String> option = optionName(slot, setting);
                if (option.isPresent()) {
                    Option declared = declared(policy.descriptor(), option.get());
                    if (declared != null) {
                        check(setting, declared);
                        chosen.put(option.get(), setting);
                    } else {
                        replaced(slot, setting, option.get(), layer, use)
                                .ifPresentOrElse(
                                        value -> aside.put(option.get(), value),
                                        () -> problems.add(Problem.of(setting, unknown(policy, option.get()))));
                    }
                }
            }
        }
        setAside.put(slot, List.copyOf(aside.values()));
        return chosen;
    }

    private static Optional<String> optionName(Slot slot, Setting setting) {
        return PolicyKeys.parse(setting.key())
                .filter(key -> key.slot() == slot && !key.isUse())
                .map(PolicyKeys.PolicyKey::option);
    }

    private static @Nullable Option declared(PolicyDescriptor policy, String name) {
        for (Option option : policy.options()) {
            if (option.name().equals(name)) {
                return option;
            }
        }
        return null;
    }

    private void check(Setting setting, Option option) {
        try {
            ValueType.of(option).parse(setting.text());
        } catch (IllegalArgumentException e) {
            problems.add(Problem.of(setting, e.getMessage() + " (" + option.help() + ")"));
        }
    }

    private Optional<EffectiveValue> replaced(Slot slot, Setting setting, String name, int layer, Setting use) {
        Optional<AvailablePolicy> then = configuration
                .find(PolicyKeys.use(slot), layer)
                .flatMap(setThen -> catalogue.policy(setThen.text()))
                .filter(policy -> policy.descriptor().slot() == slot);
        Option option = then.map(policy -> declared(policy.descriptor(), name)).orElse(null);
        if (then.isEmpty() || option == null) {
            return Optional.empty();
        }
        check(setting, option);
        return Optional.of(new EffectiveValue(
                setting.key(),
                setting.text(),
                setting.origin(),
                option.defaultText(),
                ValueType.of(option).expects(),
                option.help(),
                "an option of " + then.get().id() + ", which " + use.origin() + " replaced with " + use.text()));
    }

    private static String unknown(AvailablePolicy policy, String option) {
        List<String> names =
                policy.descriptor().options().stream().map(Option::name).toList();
        return "policy " + policy.id() + " has no option " + option
                + (names.isEmpty()
                        ? " (it has none)"
                        : Nearest.hint(option, names) + " (it has " + String.join(", ", names) + ")");
    }

    private void compare() {
        for (Choice choice : choices.values()) {
            for (PolicyDescriptor.Conflict conflict : choice.descriptor().conflicts()) {
                choices.values().stream()
                        .filter(other -> !other.equals(choice) && isMeant(conflict, other))
                        .filter(other -> !isReported(choice, other))
                        .forEach(other -> problems.add(Problem.of(choice.use(), conflict(choice, other, conflict))));
            }
        }
    }

    private static boolean isMeant(PolicyDescriptor.Conflict conflict, Choice other) {
        String id = other.policy().id();
        return conflict.policyId().equals(id)
                || conflict.policyId().equals(other.descriptor().slot().key() + "=" + id);
    }

    /** Two policies that both name the other are one problem. */
    private static boolean isReported(Choice choice, Choice other) {
        return other.descriptor().slot().compareTo(choice.descriptor().slot()) < 0
                && other.descriptor().conflicts().stream().anyMatch(conflict -> isMeant(conflict, choice));
    }

    private static String conflict(Choice choice, Choice other, PolicyDescriptor.Conflict conflict) {
        return "policy " + choice.policy().id() + " cannot be combined with "
                + other.policy().id() + " (" + PolicyKeys.use(other.descriptor().slot()) + ", "
                + other.use().origin() + "): " + conflict.reason();
    }
}
