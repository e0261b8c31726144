package org.polymm.api.plugin;

import org.polymm.api.StateScope;

/**
 * One 64-bit slot of {@link org.polymm.api.PolicyMemory} that a policy uses. Slots of a scope are numbered from 0 in the order they are
 * declared.
 *
 * @param scope what a row belongs to
 * @param name what is remembered, for displays
 */
public record StateSlot(StateScope scope, String name) {}
