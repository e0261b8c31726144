/**
 * The command line.
 *
 * <p>One class a command, all with the same manners: {@code --help} shows an example; {@code --format} chooses table, JSON
 * or CSV; results go to standard output and nothing else does; progress goes to standard error and only when a person
 * watches. An error is one message that says what, where and what would have been right; {@code --debug} adds the stack.
 *
 * <p>Exit codes: 0 fine; 1 a check failed; 2 usage, configuration or input error; 3 a policy failed.
 * {@link org.polymm.lab.cli.Failures} is the only place that maps exceptions to them.
 */
@NullMarked
package org.polymm.lab.cli;

import org.jspecify.annotations.NullMarked;
