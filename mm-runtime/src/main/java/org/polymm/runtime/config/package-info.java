/**
 * Configuration: text in, checked values out, each knowing where it was written.
 *
 * <pre>
 *   reference  &lt;  --config FILE  &lt;  environment  &lt;  --set key=value  &lt;  what a command varies
 *   Key          YAML, properties    POLYMM_...       Setting            Setting
 *      \______________|___________________|______________|__________________/
 *                                   |
 *                        LayeredConfiguration        every layer checked, problems collected
 *                                   |
 *                       EffectiveConfiguration       after the policies' options were checked too
 * </pre>
 *
 * <p><b>Text until it is typed.</b> Every source is read as text, and only the type that a {@link org.polymm.runtime.config.Key} (or a
 * policy's option) declares turns text into a value. YAML is read from the parser's events, where a bare {@code off} is still a word;
 * Apache Commons Configuration holds the layers with lists and interpolation switched off.
 *
 * <p><b>Loud, and all at once.</b> A {@link org.polymm.runtime.config.Problem} names the place, the key, what is wrong and what would have
 * been right. Problems are collected over all sources and thrown together as one
 * {@link org.polymm.runtime.config.ConfigurationException}. Every layer is checked, also where a stronger one hides it.
 *
 * <p><b>Open at the top.</b> The runtime declares its own keys; modules above it add theirs to the
 * {@link org.polymm.runtime.config.KeyRegistry}. Names of environment variables follow from the keys.
 */
@NullMarked
package org.polymm.runtime.config;

import org.jspecify.annotations.NullMarked;
