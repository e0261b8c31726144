package org.polymm.runtime.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks single settings against the declared keys. */
final class KeyCheck {

    private KeyCheck() {}

    /**
     * Checks a setting, as far as that can be done without knowing the policies.
     *
     * @param setting the setting
     * @param registry the keys there are
     * @param problems what is wrong is added here
     * @return whether the setting counts
     */
    static boolean accepts(Setting setting, KeyRegistry registry, List<Problem> problems) {
        String name = setting.key();
        Optional<Key<?>> key = registry.find(name);
        if (key.isPresent()) {
            try {
                key.get().type().parse(setting.text());
                return true;
            } catch (IllegalArgumentException e) {
                problems.add(Problem.of(setting, String.valueOf(e.getMessage())));
                return false;
            }
        }
        if (PolicyKeys.parse(name).isPresent()) {
            return true;
        }
        List<String> members = members(name, registry);
        if (!members.isEmpty()) {
            if (!setting.text().isEmpty()) {
                problems.add(
                        Problem.of(setting, "is a group of keys, not a key: it holds " + String.join(", ", members)));
            }
            return false;
        }
        problems.add(Problem.of(setting, "there is no such key" + hint(name, registry)));
        return false;
    }

    private static List<String> members(String group, KeyRegistry registry) {
        List<String> members = new ArrayList<>();
        for (String name : registry.names()) {
            if (name.startsWith(group + ".")) {
                members.add(name.endsWith(".use") ? name.substring(0, name.length() - 4) : name);
            }
        }
        return members;
    }

    private static String hint(String name, KeyRegistry registry) {
        if (name.startsWith(PolicyKeys.PREFIX)) {
            return policyHint(name);
        }
        List<String> sameWord = registry.names().stream()
                .filter(known -> known.endsWith("." + name))
                .toList();
        if (sameWord.size() == 1) {
            return "; did you mean " + sameWord.getFirst() + "?";
        }
        return Nearest.hint(name, registry.names());
    }

    /** The slot is what is misspelt; what stands behind it is the policy's business. */
    private static String policyHint(String name) {
        String best = null;
        int bestDistance = Integer.MAX_VALUE;
        for (String stem = name; stem.contains("."); stem = stem.substring(0, stem.lastIndexOf('.'))) {
            String slot = Nearest.to(stem, PolicyKeys.stems()).orElse(null);
            int distance = slot == null ? Integer.MAX_VALUE : Nearest.distance(stem, slot);
            if (distance < bestDistance) {
                best = slot + name.substring(stem.length());
                bestDistance = distance;
            }
        }
        return best == null
                ? "; the slots are " + String.join(", ", PolicyKeys.stems())
                : "; did you mean " + best + "?";
    }
}
