/**
 * The facade: processes and their system calls, wiring, nothing else.
 *
 * <p>A {@link org.polymm.engine.machine.MachineBlueprint} is composed and validated once; it makes any number of machines, each of which
 * belongs to one thread at a time and can be saved and rewound.
 */
@NullMarked
package org.polymm.engine.machine;

import org.jspecify.annotations.NullMarked;
