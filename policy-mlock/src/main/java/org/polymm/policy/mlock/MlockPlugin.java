package org.polymm.policy.mlock;

import java.util.List;
import org.polymm.api.Errno;
import org.polymm.api.Policy;
import org.polymm.api.plugin.Option;
import org.polymm.api.plugin.OptionValues;
import org.polymm.api.plugin.PluginDescriptor;
import org.polymm.api.plugin.PolicyDescriptor;
import org.polymm.api.plugin.PolicyPlugin;
import org.polymm.api.plugin.Provenance;
import org.polymm.api.plugin.Slot;
import org.polymm.api.plugin.SpiLevel;
import org.polymm.api.split.SplitPlan;
import org.polymm.api.split.SplitPlan.UnshareCheck;

/** The plugin {@code polymm-mlock}: policies for the five {@code folio-split} slots. */
public final class MlockPlugin implements PolicyPlugin {

    private static final Provenance THREAD =
            new Provenance("the thread on mlock of large folios, July 2023", "20230707165221.4076590-4");

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
                        PolicyDescriptor.of(
                                        "boundary/split",
                                        Slot.FOLIO_SPLIT_BOUNDARY,
                                        "Splits an anonymous folio that crosses the edge of a VMA.",
                                        THREAD)
                                .withOptions(
                                        Option.ofNumber("attempts", 2, 1, 16, "how often a split is tried"),
                                        Option.ofChoice(
                                                "if-split-fails",
                                                "defer",
                                                List.of("keep", "defer", "copy-if-shared", "share-then-copy", "eagain"),
                                                "what to do with a folio that cannot be split: nothing, queue it, copy"
                                                        + " its shared pages, copy what can be made shared, or have the"
                                                        + " system call fail")),
                        PolicyDescriptor.of(
                                "boundary/split-or-copy-unchecked",
                                Slot.FOLIO_SPLIT_BOUNDARY,
                                "As boundary/split, and copies what cannot be split, pinned or not: faulty, breaks"
                                        + " pins.",
                                THREAD),
                        PolicyDescriptor.of(
                                "boundary/unshare-on-mprotect",
                                Slot.FOLIO_SPLIT_BOUNDARY,
                                "Has a forked child copy a shared folio of which it mprotects a part.",
                                THREAD),
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
                                "deferred/if-unmapped-or-crossing",
                                Slot.FOLIO_SPLIT_DEFERRED,
                                "Queues every folio that lost a PMD mapping or a page; splits those in which an rmap"
                                        + " walk finds a page unmapped or a VMA edge.",
                                THREAD),
                        PolicyDescriptor.of(
                                "deferred/any-pte-mapped",
                                Slot.FOLIO_SPLIT_DEFERRED,
                                "Queues every folio that lost a PMD mapping or a page, and splits it.",
                                THREAD),
                        PolicyDescriptor.of(
                                "pin/keep",
                                Slot.FOLIO_SPLIT_PIN,
                                "Pins a large folio as it is.",
                                Provenance.mainline("6.18")),
                        PolicyDescriptor.of(
                                "pin/split",
                                Slot.FOLIO_SPLIT_PIN,
                                "Splits a large folio before a part of it is pinned for long.",
                                THREAD)));
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
            case "boundary/split" ->
                new SplitBoundary((int) options.number("attempts"), fallback(options.choice("if-split-fails")));
            case "boundary/split-or-copy-unchecked" -> new SplitOrCopyUncheckedBoundary();
            case "boundary/unshare-on-mprotect" -> new UnshareOnMprotectBoundary();
            case "reclaim/split-partially-mapped" -> new SplitPartiallyMapped();
            case "reclaim/split-on-deferred" -> new SplitOnDeferred();
            case "reclaim/split-any-pte-mapped" -> new SplitAnyPteMapped();
            case "deferred/mainline" -> new MainlineDeferred();
            case "deferred/if-unmapped-or-crossing" -> new UnmappedOrCrossingDeferred();
            case "deferred/any-pte-mapped" -> new AnyPteMappedDeferred();
            case "pin/keep" -> new KeepPin();
            case "pin/split" -> new SplitPin();
            default -> throw new IllegalArgumentException("plugin polymm-mlock has no policy " + policyId);
        };
    }

    private static SplitPlan fallback(String choice) {
        return switch (choice) {
            case "keep" -> SplitPlan.keep();
            case "defer" -> SplitPlan.defer();
            case "copy-if-shared" ->
                SplitPlan.unshare(-1, UnshareCheck.ONLY_SHARED).orElse(SplitPlan.defer());
            case "share-then-copy" ->
                SplitPlan.unshare(-1, UnshareCheck.SHARE_THEN_COPY).orElse(SplitPlan.defer());
            case "eagain" -> SplitPlan.fail(Errno.EAGAIN);
            default -> throw new IllegalArgumentException("no way out called " + choice);
        };
    }

    private static PolicyDescriptor mlock(String id, String summary, String proposal, String reference) {
        return PolicyDescriptor.of(id, Slot.FOLIO_SPLIT_MLOCK, summary, new Provenance(proposal, reference));
    }

    private static PolicyDescriptor reclaim(String id, String summary, Provenance provenance) {
        return PolicyDescriptor.of(id, Slot.FOLIO_SPLIT_RECLAIM, summary, provenance);
    }
}
