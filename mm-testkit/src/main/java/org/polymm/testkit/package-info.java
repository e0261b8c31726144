/** Contracts, fakes and fixtures for authors of policies. */
@NullMarked
package org.polymm.testkit;

import org.jspecify.annotations.NullMarked;
