package org.polymm.lab.cost;

import java.util.ArrayList;
import java.util.List;
import org.polymm.runtime.config.EffectiveConfiguration;
import org.polymm.runtime.config.Key;
import org.polymm.runtime.config.KeyRegistry;

/** The unit costs as configuration keys. */
public final class CostKeys {
    private static final long ONE_SECOND = 1_000_000_000;

    private CostKeys() {}

    /** Adds a key for every unit cost. */
    public static KeyRegistry.Builder declare(KeyRegistry.Builder keys) {
        keys.group(
                "cost",
                "Unit costs of the estimated kernel time, in nanoseconds. They belong to a machine, not to a policy.");
        return keys.declareAll(keys());
    }

    /** The unit costs that a configuration sets. */
    public static CostModel model(EffectiveConfiguration configuration) {
        CostModel model = CostModel.defaults();
        for (Key<Long> key : keys()) {
            model = model.with(key.name(), configuration.get(key));
        }
        return model;
    }

    private static List<Key<Long>> keys() {
        List<Key<Long>> keys = new ArrayList<>();
        for (UnitCost cost : CostModel.defaults().costs()) {
            keys.add(Key.number(
                    cost.key(),
                    cost.nanos(),
                    0,
                    ONE_SECOND,
                    "ns for " + cost.help() + ". Default: " + cost.source() + "."));
        }
        return keys;
    }
}
