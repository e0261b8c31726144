package org.polymm.policy.mremap;

import java.util.List;
import org.polymm.api.Policy;
import org.polymm.api.plugin.OptionValues;
import org.polymm.api.plugin.PluginDescriptor;
import org.polymm.api.plugin.PolicyDescriptor;
import org.polymm.api.plugin.PolicyPlugin;
import org.polymm.api.plugin.Provenance;
import org.polymm.api.plugin.Slot;
import org.polymm.api.plugin.SpiLevel;

/** The plugin {@code polymm-mremap}: policies for the slot {@code relocation}. */
public final class MremapPlugin implements PolicyPlugin {

    /** For the service loader. */
    public MremapPlugin() {}

    @Override
    public PluginDescriptor describe() {
        return new PluginDescriptor(
                "polymm-mremap",
                "0.1.0",
                new SpiLevel(0, 1),
                "PolyMM",
                List.of(PolicyDescriptor.of(
                        "relocate/keep-index",
                        Slot.RELOCATION,
                        "Keeps the page offset and the folios' index of faulted anonymous memory.",
                        Provenance.mainline("6.18"))));
    }

    @Override
    public Policy create(String policyId, OptionValues options) {
        if (policyId.equals("relocate/keep-index")) {
            return new KeepIndex();
        }
        throw new IllegalArgumentException("plugin polymm-mremap has no policy " + policyId);
    }
}
