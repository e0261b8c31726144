package org.polymm.lab.cost;

/**
 * What the steps of concurrent tasks cost, beside the work that is counted.
 *
 * @param step nanoseconds for a lock or an access of shared memory
 * @param tlbFlush nanoseconds for a flush of other processors' translations
 */
public record StepCosts(long step, long tlbFlush) {}
