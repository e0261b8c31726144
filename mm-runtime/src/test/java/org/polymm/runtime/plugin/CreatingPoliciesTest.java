package org.polymm.runtime.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.polymm.api.OrderSet;
import org.polymm.api.plugin.Option;
import org.polymm.api.plugin.PolicyDescriptor;
import org.polymm.api.plugin.Provenance;
import org.polymm.api.plugin.Slot;
import org.polymm.runtime.fixture.PluginRecipe;

class CreatingPoliciesTest {

    private static final PolicyDescriptor POLICY = PolicyDescriptor.of(
                    "copy/acme", Slot.COW_SIZING_COPY, "Copies.", Provenance.mainline("6.18"))
            .withOptions(
                    Option.ofBoolean("eager", true, "Eager."),
                    Option.ofNumber("pages", 16, 1, 512, "Pages."),
                    Option.ofBytes("reach", 65536, 4096, 1 << 21, "Reach."),
                    Option.ofOrders("orders", OrderSet.of(2, 4), "Orders."),
                    Option.ofChoice("way", "up", List.of("up", "down"), "Way."));

    @TempDir
    private Path folder;

    private String failure(String create) throws IOException {
        PluginRecipe.plugin("acme")
                .policy("copy/acme", Slot.COW_SIZING_COPY)
                .create(create)
                .writeTo(folder.resolve("acme.jar"));
        try (Catalogue catalogue = Catalogue.discover(folder, List.of())) {
            AvailablePolicy policy = catalogue.policy("copy/acme").orElseThrow();
            PluginException failure = assertThrows(
                    PluginException.class,
                    () -> policy.plugin()
                            .create(policy.descriptor(), CheckedOptions.of(policy.descriptor(), Map.of())));
            assertEquals(PluginState.RESOLVED, policy.plugin().state());
            return failure.getMessage();
        }
    }

    @Test
    void aRefusalOfTheOptionsIsShownAsThePolicyPutsIt() throws IOException {
        assertEquals(
                "pages must divide reach", failure("throw new IllegalArgumentException(\"pages must divide reach\");"));
    }

    @Test
    void whatElseItThrowsIsNamed() throws IOException {
        assertEquals(
                "create() threw java.lang.IllegalStateException: boom",
                failure("throw new IllegalStateException(\"boom\");"));
        assertEquals("create() threw java.lang.AssertionError: boom", failure("throw new AssertionError(\"boom\");"));
    }

    @Test
    void nullIsNoPolicy() throws IOException {
        assertEquals(
                "create() answered with null, and slot cow-sizing.copy needs an implementation of org.polymm.api.cow.CowSizingPolicy.Copy",
                failure("return null;"));
    }

    @Test
    void aPolicyOfAnotherRoleIsRefused() throws IOException {
        assertEquals(
                "create() answered with com.acme.ThePlugin$Nothing, and slot cow-sizing.copy needs an"
                        + " implementation of org.polymm.api.cow.CowSizingPolicy.Copy",
                failure("return new Nothing(); } static final class Nothing implements Policy {"));
    }

    @Test
    void optionsHaveTheirDefaultsAndWhatIsWritten() {
        CheckedOptions options = CheckedOptions.of(POLICY, Map.of("pages", "32", "orders", "64kB"));

        assertTrue(options.isTrue("eager"));
        assertEquals(32, options.number("pages"));
        assertEquals(65536, options.bytes("reach"));
        assertSame(OrderSet.of(4), options.orders("orders"));
        assertEquals("up", options.choice("way"));
        assertFalse(CheckedOptions.of(POLICY, Map.of("eager", "off")).isTrue("eager"));
    }

    @Test
    void aValueOutOfRangeIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> CheckedOptions.of(POLICY, Map.of("pages", "0")));
    }

    @Test
    void askingForWhatWasNotDeclaredIsAMistakeOfThePlugin() {
        CheckedOptions options = CheckedOptions.of(POLICY, Map.of());

        assertEquals(
                "policy copy/acme asks for option 'page', and declared [eager, pages, reach, orders, way]",
                assertThrows(IllegalArgumentException.class, () -> options.number("page"))
                        .getMessage());
        assertEquals(
                "policy copy/acme asks for option 'pages' as BYTES, and declared it as NUMBER",
                assertThrows(IllegalArgumentException.class, () -> options.bytes("pages"))
                        .getMessage());
    }
}
