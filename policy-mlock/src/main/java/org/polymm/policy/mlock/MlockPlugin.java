package org.polymm.policy.mlock;

import java.util.List;
import org.polymm.api.Policy;
import org.polymm.api.plugin.OptionValues;
import org.polymm.api.plugin.PluginDescriptor;
import org.polymm.api.plugin.PolicyDescriptor;
import org.polymm.api.plugin.PolicyPlugin;
import org.polymm.api.plugin.Provenance;
import org.polymm.api.plugin.Slot;
import org.polymm.api.plugin.SpiLevel;

/** The plugin {@code polymm-mlock}: policies for the five {@code folio-split} slots. */
public final class MlockPlugin implements PolicyPlugin {

    /** For the service loader. */
    public MlockPlugin() {}

    @Override
    public PluginDescriptor describe() {
        return new PluginDescriptor(
                "polymm-mlock",
                "0.1.0",
                new SpiLevel(0, 1),
                "PolyMM",
                List.of(
                        mlock(
                                "mlock/mainline-6.18",
                                "Mlocks a large folio mapped whole under one page-table lock, while that lock is held.",
                                "mainline Linux 6.18; Kiryl Shutsemau, 2025",
                                "20250923110310.689126-1"),
                        mlock(
                                "mlock/mainline-6.7",
                                "Mlocks a large folio mapped whole; reclaim's walk does so after dropping the"
                                        + " page-table lock.",
                                "mainline Linux 6.7; Yin Fengwei, version 3, 2023-09-18",
                                "20230918073318.1181104-1"),
                        mlock(
                                "mlock/skip-large",
                                "Never mlocks a large folio that is mapped by PTEs.",
                                "mainline Linux 6.6",
                                "v6.6"),
                        mlock(
                                "mlock/in-vma",
                                "Mlocks a large folio that lies inside the VMA by address, holes or not; always"
                                        + " munlocks.",
                                "Support large folio for mlock, RFC v1, Yin Fengwei, 2023-07-07",
                                "20230707165221.4076590-1"),
                        mlock(
                                "mlock/in-vma-symmetric",
                                "As mlock/in-vma, but munlocks only what lies inside too: faulty, strands folios cut"
                                        + " by a VMA split.",
                                "a misreading of Yu Zhao's review of RFC v1, named in the thread, 2023-07-08",
                                "20230707165221.4076590-1"),
                        mlock(
                                "mlock/add-on-rmap",
                                "As mlock/in-vma, and mlocks again at every batch mapped: faulty, the count drifts.",
                                "Support large folio for mlock, RFC v2, Yin Fengwei, 2023-07-12",
                                "20230712060144.3006358-1"),
                        mlock(
                                "mlock/fully-mapped-unshared",
                                "Mlocks a large anonymous folio mapped whole here and by no other process.",
                                "Yu Zhao, review of RFC v2, 2023-07",
                                "20230712060144.3006358-1"),
                        PolicyDescriptor.of(
                                "boundary/keep",
                                Slot.FOLIO_SPLIT_BOUNDARY,
                                "Leaves a folio whole when a VMA edge, a PMD split or a removal cuts its mappings.",
                                Provenance.mainline("6.18")),
                        reclaim(
                                "reclaim/split-partially-mapped",
                                "Splits before swapping what is queued for a deferred split and flagged partially"
                                        + " mapped.",
                                Provenance.mainline("6.12")),
                        reclaim(
                                "reclaim/split-on-deferred",
                                "Splits before swapping whatever is queued for a deferred split.",
                                Provenance.mainline("6.10")),
                        reclaim(
                                "reclaim/split-any-pte-mapped",
                                "Splits before swapping every large folio that no PMD entry maps.",
                                Provenance.mainline("6.9")),
                        PolicyDescriptor.of(
                                "deferred/mainline",
                                Slot.FOLIO_SPLIT_DEFERRED,
                                "Queues partially mapped folios and, with shrink_underused, new huge ones; splits them"
                                        + " without an rmap walk.",
                                Provenance.mainline("6.18")),
                        PolicyDescriptor.of(
                                "pin/keep",
                                Slot.FOLIO_SPLIT_PIN,
                                "Pins a large folio as it is.",
                                Provenance.mainline("6.18"))));
    }

    @Override
    public Policy create(String policyId, OptionValues options) {
        return switch (policyId) {
            case "mlock/mainline-6.18" -> new Mainline618Mlock();
            case "mlock/mainline-6.7" -> new Mainline67Mlock();
            case "mlock/skip-large" -> new SkipLargeMlock();
            case "mlock/in-vma" -> new InVmaMlock();
            case "mlock/in-vma-symmetric" -> new InVmaSymmetricMlock();
            case "mlock/add-on-rmap" -> new AddOnRmapMlock();
            case "mlock/fully-mapped-unshared" -> new FullyMappedUnsharedMlock();
            case "boundary/keep" -> new KeepBoundary();
            case "reclaim/split-partially-mapped" -> new SplitPartiallyMapped();
            case "reclaim/split-on-deferred" -> new SplitOnDeferred();
            case "reclaim/split-any-pte-mapped" -> new SplitAnyPteMapped();
            case "deferred/mainline" -> new MainlineDeferred();
            case "pin/keep" -> new KeepPin();
            default -> throw new IllegalArgumentException("plugin polymm-mlock has no policy " + policyId);
        };
    }

    private static PolicyDescriptor mlock(String id, String summary, String proposal, String reference) {
        return PolicyDescriptor.of(id, Slot.FOLIO_SPLIT_MLOCK, summary, new Provenance(proposal, reference));
    }

    private static PolicyDescriptor reclaim(String id, String summary, Provenance provenance) {
        return PolicyDescriptor.of(id, Slot.FOLIO_SPLIT_RECLAIM, summary, provenance);
    }
}
