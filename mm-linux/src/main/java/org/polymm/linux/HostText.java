package org.polymm.linux;

/** Files of {@code /proc} that can be read as text. In the order of the helper's numbers. */
public enum HostText {
    /** {@code /proc/PID/maps}. */
    MAPS,
    /** {@code /proc/PID/smaps}. */
    SMAPS,
    /** {@code /proc/PID/status}. */
    STATUS,
    /** {@code /proc/vmstat}, of the whole host. */
    VMSTAT
}
