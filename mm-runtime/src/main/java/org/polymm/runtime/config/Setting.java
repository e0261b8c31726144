package org.polymm.runtime.config;

/**
 * One key with the text that was written for it.
 *
 * @param key dotted, such as {@code machine.memory}
 * @param text as typed, not yet read as anything
 * @param origin where it stands
 */
public record Setting(String key, String text, Origin origin) {}
