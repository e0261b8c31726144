/**
 * The contracts that every policy keeps, and what runs them.
 *
 * <p>Who writes a policy tests two things. That it answers what it should is for unit tests over {@code
 * org.polymm.testkit.fake}. That it behaves as any policy must, whatever it answers, is the same for all and stands
 * here, as plain objects that know no test framework:
 *
 * <pre>
 *   ContractRunner.check(new MyPlugin())               for a program, such as the command line
 *   ContractTests.of(new MyPlugin()).tests()           for JUnit 5, in org.polymm.testkit.junit
 * </pre>
 *
 * <p>{@link org.polymm.testkit.Contracts} lists them. Some hold for everybody; some ({@link
 * org.polymm.testkit.Contract.Rank#SAFETY}) are broken on purpose by faulty proposals that are kept to be seen failing.
 * {@link org.polymm.testkit.AssertingPolicies} wraps a policy so that the rules about calls are checked wherever it
 * runs, in a contract or in a machine.
 *
 * <p>What is random is drawn from a seed, which every message names.
 */
@NullMarked
package org.polymm.testkit;

import org.jspecify.annotations.NullMarked;
