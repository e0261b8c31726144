/**
 * Composition: one validated choice of policies and settings, from which machines are made.
 *
 * <pre>
 *   LayeredConfiguration    Catalogue
 *            \                 /
 *             PolicySelection         which policy fills each slot, which options it gets; conflicts
 *                    |
 *                 Composer            problems of every kind, thrown at once; then policies are created
 *                    |
 *        one Guice injector           configuration + policies -&gt; PolicySet -&gt; MachineBlueprint
 *                    |
 *               Composition           immutable; its blueprint makes machines without Guice
 * </pre>
 *
 * <p>The injector lives as long as {@link org.polymm.runtime.compose.Composer#compose} runs. Exploring and fuzzing make machines by the
 * hundred thousand, and nothing they use knows that there ever was an injector.
 */
@NullMarked
package org.polymm.runtime.compose;

import org.jspecify.annotations.NullMarked;
