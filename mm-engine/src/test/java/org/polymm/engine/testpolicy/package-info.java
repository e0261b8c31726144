/**
 * A machine for the engine's own tests, and tiny policies that answer what a test tells them to. The real policies are plugins, tested
 * elsewhere.
 */
@NullMarked
package org.polymm.engine.testpolicy;

import org.jspecify.annotations.NullMarked;
