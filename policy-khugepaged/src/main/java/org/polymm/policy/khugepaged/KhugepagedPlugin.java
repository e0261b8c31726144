package org.polymm.policy.khugepaged;

import java.util.List;
import org.polymm.api.Policy;
import org.polymm.api.plugin.OptionValues;
import org.polymm.api.plugin.PluginDescriptor;
import org.polymm.api.plugin.PolicyDescriptor;
import org.polymm.api.plugin.PolicyPlugin;
import org.polymm.api.plugin.Provenance;
import org.polymm.api.plugin.Slot;
import org.polymm.api.plugin.SpiLevel;

/** The plugin {@code polymm-khugepaged}: policies for the four {@code collapse} slots. */
public final class KhugepagedPlugin implements PolicyPlugin {

    /** For the service loader. */
    public KhugepagedPlugin() {}

    @Override
    public PluginDescriptor describe() {
        return new PluginDescriptor(
                "polymm-khugepaged",
                "0.1.0",
                new SpiLevel(0, 1),
                "PolyMM",
                List.of(
                        PolicyDescriptor.of(
                                "choice/mainline",
                                Slot.COLLAPSE_CHOICE,
                                "Collapses to the PMD order what passes mainline's scan and its limits.",
                                Provenance.mainline("6.18")),
                        PolicyDescriptor.of(
                                "retract/mainline",
                                Slot.COLLAPSE_RETRACTION,
                                "Removes tables without mmap_lock; checks anon_vma and userfaultfd again under the"
                                        + " page-table lock.",
                                new Provenance(
                                        "mainline Linux 6.18; Hugh Dickins, 2023, and Qi Zheng, 2024", "1d65b771bc08")),
                        PolicyDescriptor.of(
                                "table-move/recheck",
                                Slot.COLLAPSE_TABLE_MOVE,
                                "Lets mremap move a page table that is still one under the PMD locks.",
                                new Provenance("mainline Linux 6.12; Jann Horn, 2024", "v6.12")),
                        PolicyDescriptor.of(
                                "when-full/leave",
                                Slot.COLLAPSE_WHEN_FULL,
                                "Leaves a filled high-granularity range to MADV_COLLAPSE.",
                                new Provenance(
                                        "HugeTLB high-granularity mapping, RFC v1, James Houghton, 2022-06-24",
                                        "20220624173656.2033256-1"))));
    }

    @Override
    public Policy create(String policyId, OptionValues options) {
        return switch (policyId) {
            case "choice/mainline" -> new MainlineChoice();
            case "retract/mainline" -> new MainlineRetraction();
            case "table-move/recheck" -> new RecheckTableMove();
            case "when-full/leave" -> new LeaveWhenFull();
            default -> throw new IllegalArgumentException("plugin polymm-khugepaged has no policy " + policyId);
        };
    }
}
