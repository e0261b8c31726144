package org.polymm.testkit;

import java.util.List;
import java.util.function.Supplier;
import org.polymm.api.Policy;
import org.polymm.api.plugin.OptionValues;
import org.polymm.api.plugin.PluginDescriptor;
import org.polymm.api.plugin.PolicyDescriptor;
import org.polymm.api.plugin.PolicyPlugin;
import org.polymm.api.plugin.Provenance;
import org.polymm.api.plugin.Slot;
import org.polymm.api.plugin.SpiLevel;

/** A plugin with one policy, planted to see whether a contract catches it. */
public final class Planted implements PolicyPlugin {

    private static final String ID = "planted/policy";

    private final Slot slot;
    private final Supplier<Policy> maker;

    private Planted(Slot slot, Supplier<Policy> maker) {
        this.slot = slot;
        this.maker = maker;
    }

    /** A plugin whose policy is made by a supplier. */
    public static Planted plugin(Slot slot, Supplier<Policy> maker) {
        return new Planted(slot, maker);
    }

    /** A planted policy. */
    public static PolicyUnderTest policy(Slot slot, Supplier<Policy> maker) {
        return PolicyUnderTest.of(new Planted(slot, maker), ID);
    }

    @Override
    public PluginDescriptor describe() {
        return new PluginDescriptor(
                "planted",
                "1",
                new SpiLevel(0, 1),
                "tests",
                List.of(PolicyDescriptor.of(ID, slot, "Planted.", new Provenance("a test", ""))));
    }

    @Override
    public Policy create(String policyId, OptionValues options) {
        if (!policyId.equals(ID)) {
            throw new IllegalArgumentException("no policy " + policyId);
        }
        return maker.get();
    }
}
