package org.polymm.engine.policy;

/** Rules whose violation is a dangerous decision. */
public enum SafetyRule {
    /** A page with the exclusive flag is replaced by a copy although a pin could still reach it. */
    COPY_REPLACES_EXCLUSIVE_PAGE("copy-replaces-exclusive-page"),
    /** A page becomes writable although nothing proves that no other process maps it. */
    REUSE_WITHOUT_PROOF("reuse-without-proof"),
    /** A page table is moved that may no longer be one. */
    TABLE_MOVED_UNCHECKED("table-moved-unchecked"),
    /** A page table is retracted that holds an entry, or what is retracted is no page table any more. */
    TABLE_RETRACTED_WITH_ENTRIES("table-retracted-with-entries");

    private final String id;

    SafetyRule(String id) {
        this.id = id;
    }

    /** {@return the rule's name in counters and reports} */
    public String id() {
        return id;
    }
}
