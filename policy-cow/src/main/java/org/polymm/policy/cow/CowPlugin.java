package org.polymm.policy.cow;

import java.util.List;
import org.polymm.api.OrderSet;
import org.polymm.api.Policy;
import org.polymm.api.plugin.Option;
import org.polymm.api.plugin.OptionValues;
import org.polymm.api.plugin.PluginDescriptor;
import org.polymm.api.plugin.PolicyDescriptor;
import org.polymm.api.plugin.PolicyPlugin;
import org.polymm.api.plugin.Provenance;
import org.polymm.api.plugin.Slot;
import org.polymm.api.plugin.SpiLevel;

/** The plugin {@code polymm-cow}: policies for the three {@code cow-sizing} slots. */
public final class CowPlugin implements PolicyPlugin {

    private static final Provenance RFC_2 =
            new Provenance("variable-order, large folios for anonymous memory, RFC v2, Ryan Roberts, 2023-04-14", "");

    private static final Option REPLACE_ZERO_PAGES = Option.ofBoolean(
            "replace-zero-pages",
            false,
            "whether entries that map the shared zero page count as free and are replaced");

    private static final Option ALIGNMENT = Option.ofNumber(
            "alignment",
            2,
            2,
            OrderSet.MAX_ORDER,
            "the order that what is larger than a page begins and ends at a multiple of");

    private static final Option MAX_COPY_ORDER =
            Option.ofNumber("max-order", 9, 2, OrderSet.MAX_ORDER, "the largest order of a copy");

    /** For the service loader. */
    public CowPlugin() {}

    @Override
    public PluginDescriptor describe() {
        return new PluginDescriptor("polymm-cow", "0.1.0", new SpiLevel(0, 1), "PolyMM", policies());
    }

    private static List<PolicyDescriptor> policies() {
        return List.of(
                PolicyDescriptor.of(
                        "orders/mthp",
                        Slot.COW_SIZING_ORDERS,
                        "Takes the largest enabled order that fits; after a failure the next enabled one.",
                        Provenance.mainline("6.8")),
                PolicyDescriptor.of(
                        "orders/order0",
                        Slot.COW_SIZING_ORDERS,
                        "Takes base pages only.",
                        new Provenance("Linux without transparent huge pages", "")),
                PolicyDescriptor.of(
                        "orders/pmd-only",
                        Slot.COW_SIZING_ORDERS,
                        "Takes a PMD-sized folio where enabled and fitting, else a base page.",
                        Provenance.mainline("6.7")),
                PolicyDescriptor.of(
                                "orders/fixed-set",
                                Slot.COW_SIZING_ORDERS,
                                "Takes the largest configured order that fits, whatever the settings; after a failure"
                                        + " the next one.",
                                new Provenance("the sweeps over orders in the thread of 2023", ""))
                        .withOptions(
                                Option.ofOrders("orders", OrderSet.of(4), "the orders to try, largest first"),
                                REPLACE_ZERO_PAGES),
                PolicyDescriptor.of(
                                "orders/descending-fit",
                                Slot.COW_SIZING_ORDERS,
                                "Takes the largest order that fits, from a maximum down to 2; a lost race retries"
                                        + " smaller.",
                                new Provenance(
                                        "variable-order, large folios for anonymous memory, v1 and v2, Ryan Roberts,"
                                                + " 2023-06-26 and 2023-07-03",
                                        ""))
                        .withOptions(
                                Option.ofNumber("max-order", 4, 2, OrderSet.MAX_ORDER, "the largest order below a PMD"),
                                ALIGNMENT,
                                Option.ofChoice(
                                        "on-allocation-failure",
                                        "step-down",
                                        List.of("step-down", "base-page"),
                                        "what to try when an order cannot be had: the next smaller (v1) or a base page"
                                                + " (v2)"),
                                REPLACE_ZERO_PAGES,
                                Option.ofBoolean(
                                        "honour-nohugepage",
                                        true,
                                        "whether MADV_NOHUGEPAGE means base pages (v3; v1 and v2 did not look)")),
                PolicyDescriptor.of(
                                "orders/preferred-or-zero",
                                Slot.COW_SIZING_ORDERS,
                                "Takes one preferred order if it fits and can be had, else a base page.",
                                new Provenance("\"simple order\", Yu Zhao, measured beside v2, 2023-07", ""))
                        .withOptions(Option.ofNumber("order", 4, 2, OrderSet.MAX_ORDER, "the preferred order")),
                PolicyDescriptor.of(
                        "reuse/proven-by-scheme",
                        Slot.COW_SIZING_REUSE,
                        "Reuses one page of a large folio when the mapcount scheme finds a single owner.",
                        Provenance.mainline("6.15")),
                PolicyDescriptor.of(
                        "reuse/never-large",
                        Slot.COW_SIZING_REUSE,
                        "Copies every page of a PTE-mapped large folio that lost its exclusive flag.",
                        Provenance.mainline("6.14")),
                PolicyDescriptor.of(
                                "reuse/exclusive-run",
                                Slot.COW_SIZING_REUSE,
                                "Reuses the whole run of exclusive pages around a write; a scan of the entries proves"
                                        + " a single owner.",
                                RFC_2)
                        .withOptions(Option.ofChoice(
                                "proof",
                                "scan",
                                List.of("scan", "scheme"),
                                "what proves a single owner: entries against references, or the mapcount scheme")),
                PolicyDescriptor.of(
                        "copy/one-page",
                        Slot.COW_SIZING_COPY,
                        "Copies the page written to and no other.",
                        Provenance.mainline("6.18")),
                PolicyDescriptor.of(
                                "copy/wide",
                                Slot.COW_SIZING_COPY,
                                "Copies the largest aligned span of the folio around the write that holds no exclusive"
                                        + " page.",
                                new Provenance("RFC v2 with the check agreed on in the thread, 2023-04", ""))
                        .withOptions(MAX_COPY_ORDER, ALIGNMENT),
                PolicyDescriptor.of(
                                "copy/wide-unchecked",
                                Slot.COW_SIZING_COPY,
                                "Copies the largest aligned span of the folio, exclusive pages too: faulty, breaks"
                                        + " pins.",
                                RFC_2)
                        .withOptions(MAX_COPY_ORDER),
                PolicyDescriptor.of(
                        "copy/inherit-order",
                        Slot.COW_SIZING_COPY,
                        "Copies at the order of the source folio, or else one page.",
                        new Provenance("Matthew Wilcox, thread on mlock of large folios, 2023-07", "")));
    }

    @Override
    public Policy create(String policyId, OptionValues options) {
        return switch (policyId) {
            case "orders/mthp" -> new MthpOrders();
            case "orders/order0" -> new BasePageOrders();
            case "orders/pmd-only" -> new PmdOnlyOrders();
            case "orders/fixed-set" ->
                new FixedSetOrders(options.orders("orders"), options.isTrue("replace-zero-pages"));
            case "orders/descending-fit" ->
                new DescendingFitOrders(
                        (int) options.number("max-order"),
                        (int) options.number("alignment"),
                        options.choice("on-allocation-failure").equals("step-down"),
                        options.isTrue("replace-zero-pages"),
                        options.isTrue("honour-nohugepage"));
            case "orders/preferred-or-zero" -> new PreferredOrBasePageOrders((int) options.number("order"));
            case "reuse/proven-by-scheme" -> new ProvenBySchemeReuse();
            case "reuse/never-large" -> new NeverLargeReuse();
            case "reuse/exclusive-run" ->
                new ExclusiveRunReuse(options.choice("proof").equals("scan"));
            case "copy/one-page" -> new OnePageCopy();
            case "copy/wide" -> new WideCopy((int) options.number("max-order"), (int) options.number("alignment"));
            case "copy/wide-unchecked" -> new WideUncheckedCopy((int) options.number("max-order"));
            case "copy/inherit-order" -> new InheritOrderCopy();
            default -> throw new IllegalArgumentException("plugin polymm-cow has no policy " + policyId);
        };
    }
}
