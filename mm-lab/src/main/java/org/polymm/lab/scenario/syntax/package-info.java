/**
 * The text of a scenario and its syntax tree.
 *
 * <pre>
 *   text ── generated parser ──&gt; parse tree ── {@link org.polymm.lab.scenario.syntax.ScenarioSyntax} ──&gt; {@link org.polymm.lab.scenario.syntax.Statement}s
 * </pre>
 *
 * <p>The grammar is {@code Scenario.g4}; ANTLR makes the parser of it. The tree is made of records that know where they stand in the text and
 * hold words as they were written: whether a name is known, an advice exists or a slice lies in its region is the resolver's question, which
 * also suggests the nearest right word. A text that does not parse is one {@link org.polymm.lab.scenario.syntax.ScenarioException} that names
 * file, line and column and says in the reader's words what was expected.
 */
@NullMarked
package org.polymm.lab.scenario.syntax;

import org.jspecify.annotations.NullMarked;
