/**
 * Facts that the engine shows to policies: one folio, one VMA, the transparent huge page settings.
 *
 * <p>All interfaces here are implemented by the engine (and by fakes of the test kit), never by a policy, and may gain methods
 * within a major SPI level. A view is valid during the call that handed it out. Facts are exact at the moment of the call, except
 * those documented as racy; a fact that costs a walk says so.
 */
@NullMarked
package org.polymm.api.view;

import org.jspecify.annotations.NullMarked;
