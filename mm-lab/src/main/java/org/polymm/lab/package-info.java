/** What people run: scenarios, traces, comparisons, exploration, reports. */
@NullMarked
package org.polymm.lab;

import org.jspecify.annotations.NullMarked;
