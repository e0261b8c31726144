package org.polymm.lab.trace;

/**
 * The identity of a mapped file as the recorded system saw it. Two mappings share pages exactly when device, inode and
 * generation are equal; the name is for people.
 *
 * @param device {@code major:minor} in hexadecimal, as in {@code /proc/PID/maps}; an importer's own word for a file whose
 *     identity the recording does not hold
 * @param inode inode number
 * @param generation inode generation, 0 where unknown
 * @param name path name
 */
public record TracedFile(String device, long inode, long generation, String name) {}
