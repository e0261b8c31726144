package org.polymm.policy.khugepaged;

import java.util.List;
import org.polymm.api.Policy;
import org.polymm.api.plugin.Option;
import org.polymm.api.plugin.OptionValues;
import org.polymm.api.plugin.PluginDescriptor;
import org.polymm.api.plugin.PolicyDescriptor;
import org.polymm.api.plugin.PolicyPlugin;
import org.polymm.api.plugin.Provenance;
import org.polymm.api.plugin.Slot;
import org.polymm.api.plugin.SpiLevel;

/** The plugin {@code polymm-khugepaged}: policies for the four {@code collapse} slots. */
public final class KhugepagedPlugin implements PolicyPlugin {

    private static final Option ORDERS = Option.ofChoice(
            "orders",
            "pmd",
            List.of("pmd", "enabled"),
            "what anonymous memory is collapsed to: folios of PMD order, or else, where a range cannot be, folios of the smaller orders that are"
                    + " enabled");

    private static final Option ANON_VMA = Option.ofChoice(
            "anon-vma",
            "skip",
            List.of("skip", "if-empty"),
            "a mapping that has, or once had, pages of its own: skip it, as seldom worth it, or take its table if every entry is empty"
                    + " under the page-table lock");

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
                                        "Collapses to the PMD order what passes mainline's scan and its limits; by option, pieces of what does not.",
                                        Provenance.mainline("6.18"))
                                .withOptions(ORDERS),
                        retraction(
                                "retract/mainline",
                                "Removes tables without mmap_lock; checks anon_vma, userfaultfd and guard regions again"
                                        + " under the page-table lock.",
                                "mainline Linux 6.18; Hugh Dickins, 2023, and Qi Zheng, 2024",
                                "1d65b771bc08"),
                        retraction(
                                "retract/recheck-table",
                                "As retract/mainline, without a look at guard regions: faulty where those have a mark of their"
                                        + " own.",
                                "mainline Linux 6.14; Qi Zheng, 2024",
                                "v6.14"),
                        retraction(
                                "retract/recheck-under-ptl",
                                "Checks anon_vma and userfaultfd again under the page-table lock, and not whether it is"
                                        + " still a table: faulty since empty tables are freed, and where guard regions"
                                        + " have a mark of their own.",
                                "mainline Linux 6.6; Hugh Dickins, version 3, 2023",
                                "1d65b771bc08"),
                        retraction(
                                "retract/scan-empty",
                                "Looks under the page-table lock whether every entry of the table is empty.",
                                "Jann Horn, review of version 1, 2023",
                                "2e9996fa-d238-e7c-1194-834a2bd1f60"),
                        retraction(
                                "retract/mmap-read",
                                "Checks and clears under a mmap_lock tried for reading: faulty, loses pages of"
                                        + " UFFDIO_COPY.",
                                "Peter Xu, review of version 1, 2023",
                                "2e9996fa-d238-e7c-1194-834a2bd1f60"),
                        retraction(
                                "retract/check-before-lock",
                                "Checks before the locks only and tells no MMU notifier: faulty, loses markers and"
                                        + " pages.",
                                "retract_page_tables() without mmap or vma lock, version 1, Hugh Dickins, 2023-05-28",
                                "2e9996fa-d238-e7c-1194-834a2bd1f60"),
                        retraction(
                                "retract/mmap-trylock",
                                "Checks and clears under a mmap_lock tried for writing; khugepaged tries again later"
                                        + " where it is busy. Older than guard regions: faulty where those have a mark of"
                                        + " their own.",
                                "mainline Linux 6.5",
                                "v6.5"),
                        PolicyDescriptor.of(
                                "table-move/recheck",
                                Slot.COLLAPSE_TABLE_MOVE,
                                "Lets mremap move a page table that is still one under the PMD locks.",
                                new Provenance("mainline Linux 6.12; Jann Horn, 2024", "v6.12")),
                        PolicyDescriptor.of(
                                "table-move/unchecked",
                                Slot.COLLAPSE_TABLE_MOVE,
                                "Lets mremap move the page table it saw before the locks: faulty, it may be gone.",
                                Provenance.mainline("6.11")),
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
            case "choice/mainline" ->
                new MainlineChoice(options.choice(ORDERS.name()).equals("enabled"));
            case "retract/mainline" -> new MainlineRetraction(anonVma(options));
            case "retract/recheck-table" -> new RecheckTableRetraction(anonVma(options));
            case "retract/recheck-under-ptl" -> new RecheckUnderPtlRetraction(anonVma(options));
            case "retract/scan-empty" -> new ScanEmptyRetraction(anonVma(options));
            case "retract/mmap-read" -> new MmapReadRetraction(anonVma(options));
            case "retract/check-before-lock" -> new CheckBeforeLockRetraction(anonVma(options));
            case "retract/mmap-trylock" -> new MmapTrylockRetraction(anonVma(options));
            case "table-move/recheck" -> new RecheckTableMove();
            case "table-move/unchecked" -> new UncheckedTableMove();
            case "when-full/leave" -> new LeaveWhenFull();
            default -> throw new IllegalArgumentException("plugin polymm-khugepaged has no policy " + policyId);
        };
    }

    private static PolicyDescriptor retraction(String id, String summary, String proposal, String reference) {
        return PolicyDescriptor.of(id, Slot.COLLAPSE_RETRACTION, summary, new Provenance(proposal, reference))
                .withOptions(ANON_VMA);
    }

    private static AnonVmaRule anonVma(OptionValues options) {
        return options.choice(ANON_VMA.name()).equals("skip") ? AnonVmaRule.SKIP : AnonVmaRule.IF_EMPTY;
    }
}
