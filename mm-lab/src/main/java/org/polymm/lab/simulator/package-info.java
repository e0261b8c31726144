/**
 * The simulated machine as a {@link org.polymm.lab.program.Subject}: what scenarios and the fuzzer run their programs on.
 *
 * <p>One class does the translation, {@link org.polymm.lab.simulator.SimulatorSubject}: numbers of processes to address spaces, numbers of
 * files to handles, results of the engine to outcomes, and page tables to an image. It makes a machine once for each set of settings and
 * rewinds it between programs, which takes microseconds, so that millions of programs can run.
 */
@NullMarked
package org.polymm.lab.simulator;

import org.jspecify.annotations.NullMarked;
