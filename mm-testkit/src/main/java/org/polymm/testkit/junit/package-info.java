/**
 * The contracts as tests of JUnit 5. The only package here that needs it; the dependency is optional.
 *
 * <pre>
 *   {@literal @}TestFactory
 *   Stream&lt;DynamicNode&gt; contracts() {
 *       return ContractTests.of(new MyPlugin()).tests();
 *   }
 * </pre>
 */
@NullMarked
package org.polymm.testkit.junit;

import org.jspecify.annotations.NullMarked;
