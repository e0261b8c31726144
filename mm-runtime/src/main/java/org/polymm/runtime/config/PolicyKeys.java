package org.polymm.runtime.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.polymm.api.plugin.Slot;

/**
 * Keys below {@code policy.}: {@code policy.SLOT.use} chooses the policy of a slot, {@code policy.SLOT.OPTION} sets an option of it, and
 * {@code policy.SLOT} alone is short for {@code policy.SLOT.use}. Options are declared by the policy, so that only the slots are known
 * here.
 */
public final class PolicyKeys {

    /** What all of them begin with. */
    public static final String PREFIX = "policy.";

    private static final String USE = "use";

    private static final Map<Slot, String> MAINLINE = Collections.unmodifiableMap(new EnumMap<>(Map.ofEntries(
            Map.entry(Slot.FOLIO_SPLIT_MLOCK, "mlock/mainline-6.18"),
            Map.entry(Slot.FOLIO_SPLIT_BOUNDARY, "boundary/keep"),
            Map.entry(Slot.FOLIO_SPLIT_RECLAIM, "reclaim/split-partially-mapped"),
            Map.entry(Slot.FOLIO_SPLIT_DEFERRED, "deferred/mainline"),
            Map.entry(Slot.FOLIO_SPLIT_PIN, "pin/keep"),
            Map.entry(Slot.COW_SIZING_ORDERS, "orders/mthp"),
            Map.entry(Slot.COW_SIZING_REUSE, "reuse/proven-by-scheme"),
            Map.entry(Slot.COW_SIZING_COPY, "copy/one-page"),
            Map.entry(Slot.COLLAPSE_CHOICE, "choice/mainline"),
            Map.entry(Slot.COLLAPSE_RETRACTION, "retract/mainline"),
            Map.entry(Slot.COLLAPSE_TABLE_MOVE, "table-move/recheck"),
            Map.entry(Slot.COLLAPSE_WHEN_FULL, "when-full/leave"),
            Map.entry(Slot.MAPCOUNT_FOLIO, "mapcount/mm-id"),
            Map.entry(Slot.MAPCOUNT_HUGETLB, "hgm/off"),
            Map.entry(Slot.RELOCATION, "relocate/keep-index"))));

    private PolicyKeys() {}

    /**
     * A key below a slot.
     *
     * @param slot the slot
     * @param option the option, or {@code use}
     */
    public record PolicyKey(Slot slot, String option) {

        /** {@return whether it chooses the policy} */
        public boolean isUse() {
            return option.equals(USE);
        }

        /** {@return the key as it is written} */
        public String name() {
            return PREFIX + slot.key() + "." + option;
        }
    }

    /**
     * The key that chooses the policy of a slot.
     *
     * @param slot the slot
     * @return such as {@code policy.cow-sizing.copy.use}
     */
    public static String use(Slot slot) {
        return option(slot, USE);
    }

    /**
     * The key that sets an option of the policy of a slot.
     *
     * @param slot the slot
     * @param option the option's name
     * @return such as {@code policy.cow-sizing.copy.max-order}
     */
    public static String option(Slot slot, String option) {
        return PREFIX + slot.key() + "." + option;
    }

    /**
     * Takes a key apart.
     *
     * @param key any key
     * @return slot and option; nothing if it is not below a known slot
     */
    public static Optional<PolicyKey> parse(String key) {
        for (Slot slot : Slot.values()) {
            String stem = PREFIX + slot.key();
            if (key.equals(stem)) {
                return Optional.of(new PolicyKey(slot, USE));
            }
            if (key.startsWith(stem + ".")
                    && key.indexOf('.', stem.length() + 1) < 0
                    && key.length() > stem.length() + 1) {
                return Optional.of(new PolicyKey(slot, key.substring(stem.length() + 1)));
            }
        }
        return Optional.empty();
    }

    /**
     * The one spelling of a key that has two.
     *
     * @param key any key
     * @return {@code policy.SLOT.use} for {@code policy.SLOT}, else the key itself
     */
    static String canonical(String key) {
        return parse(key).filter(PolicyKey::isUse).map(PolicyKey::name).orElse(key);
    }

    /**
     * The policy key that a variable of the environment stands for.
     *
     * @param variable such as {@code POLYMM_POLICY_COW_SIZING_COPY_MAX_ORDER}
     * @return the key; nothing if the variable names no slot
     */
    static Optional<String> ofVariable(String variable) {
        for (Slot slot : Slot.values()) {
            String stem = EnvironmentNames.of(PREFIX + slot.key());
            if (variable.equals(stem)) {
                return Optional.of(use(slot));
            }
            if (variable.startsWith(stem + "_") && variable.length() > stem.length() + 1) {
                return Optional.of(option(
                        slot,
                        variable.substring(stem.length() + 1)
                                .toLowerCase(Locale.ROOT)
                                .replace('_', '-')));
            }
        }
        return Optional.empty();
    }

    /** {@return the stems below which the slots' keys stand, such as {@code policy.mapcount.folio}} */
    static List<String> stems() {
        List<String> stems = new ArrayList<>();
        for (Slot slot : Slot.values()) {
            stems.add(PREFIX + slot.key());
        }
        return stems;
    }

    /**
     * What mainline Linux 6.18 does, as policies: the default of every slot.
     *
     * @return policy ids by slot
     */
    public static Map<Slot, String> mainline() {
        return MAINLINE;
    }
}
