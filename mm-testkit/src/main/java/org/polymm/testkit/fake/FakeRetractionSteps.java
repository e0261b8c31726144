package org.polymm.testkit.fake;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.polymm.api.ScanResult;
import org.polymm.api.collapse.CollapsePolicy;
import org.polymm.api.collapse.RetractionSteps;

/**
 * The steps of a retraction procedure over a few mappings, recorded and checked.
 *
 * <p>Every call is written to {@link #trace()}. A call that breaks the protocol of {@link RetractionSteps} throws
 * {@link ProtocolError} at once; {@link #run} also finds what is still held at the end. What the procedure does wrong
 * without breaking the protocol (it throws away a page that arrived meanwhile) is written to {@link #hazards()}.
 *
 * <p>Before each step takes effect, the {@link Racer} may play another task:
 *
 * <pre>
 *   FakeFileMapping mapping = new FakeFileMapping();
 *   FakeRetractionSteps steps = new FakeRetractionSteps(mapping)
 *           .before("lockPmd", mapping::registerUffdWriteProtect)
 *           .before("lockPmd", mapping::placeMarker);
 *   steps.run(policy);
 *   assertEquals(List.of(), steps.hazards());
 * </pre>
 */
public final class FakeRetractionSteps implements RetractionSteps {

    /** Another task, which runs between two steps of a procedure. */
    @FunctionalInterface
    public interface Racer {

        /**
         * May change the mapping that the procedure is at.
         *
         * @param step the name of the step that is about to take effect, such as {@code clearPmd}
         * @param mapping the mapping
         */
        void run(String step, FakeFileMapping mapping);
    }

    private final List<FakeFileMapping> mappings;
    private final List<Racer> racers = new ArrayList<>();
    private final List<String> trace = new ArrayList<>();
    private final List<String> hazards = new ArrayList<>();
    private boolean khugepaged = true;
    private boolean enforcing;
    private @Nullable LockMode mappingLock;
    private boolean retrying;
    private int position = -1;
    private @Nullable ScanResult targetResult;

    /**
     * Steps over some mappings, visited in this order.
     *
     * @param mappings the mappings
     */
    public FakeRetractionSteps(FakeFileMapping... mappings) {
        this.mappings = List.of(mappings);
    }

    /**
     * Says who collapsed.
     *
     * @param khugepaged whether khugepaged did; otherwise MADV_COLLAPSE
     * @return this
     */
    public FakeRetractionSteps khugepaged(boolean khugepaged) {
        this.khugepaged = khugepaged;
        return this;
    }

    /**
     * Says whether a dangerous clear is refused, as under {@code safety=enforce}.
     *
     * @param enforcing the fact
     * @return this
     */
    public FakeRetractionSteps enforcing(boolean enforcing) {
        this.enforcing = enforcing;
        return this;
    }

    /**
     * Adds a task that runs before every step on a mapping.
     *
     * @param racer the task
     * @return this
     */
    public FakeRetractionSteps racer(Racer racer) {
        racers.add(racer);
        return this;
    }

    /**
     * Adds a task that runs once, before the first step of a name.
     *
     * @param step the name of a method of {@link RetractionSteps}
     * @param action what it does
     * @return this
     */
    public FakeRetractionSteps before(String step, Runnable action) {
        boolean[] done = new boolean[1];
        return racer((name, mapping) -> {
            if (!done[0] && name.equals(step)) {
                done[0] = true;
                action.run();
            }
        });
    }

    /**
     * Runs a procedure and checks that it ends with nothing held.
     *
     * @param policy the procedure
     * @return this
     * @throws ProtocolError if it breaks the protocol
     */
    public FakeRetractionSteps run(CollapsePolicy.Retraction policy) {
        position = -1;
        retrying = false;
        policy.retract(this);
        leaveMapping();
        check(mappingLock == null, "returned with i_mmap_rwsem held");
        return this;
    }

    /**
     * Runs the retry over the mappings that asked for one, with the mmap_lock held for writing as khugepaged does.
     *
     * @param policy the procedure
     * @return this
     * @throws ProtocolError if it breaks the protocol
     */
    public FakeRetractionSteps runRetry(CollapsePolicy.Retraction policy) {
        position = -1;
        retrying = true;
        policy.retryDeferred(this);
        leaveMapping();
        check(mappingLock == null, "returned with i_mmap_rwsem held");
        return this;
    }

    /** {@return the steps so far, such as {@code 0:lockPmd}: the position of the mapping and the name of the method} */
    public List<String> trace() {
        return List.copyOf(trace);
    }

    /** {@return what went wrong without breaking the protocol, in words} */
    public List<String> hazards() {
        return List.copyOf(hazards);
    }

    /** {@return what was reported of the target, null if nothing} */
    public @Nullable ScanResult targetResult() {
        return targetResult;
    }

    @Override
    public void lockMapping(LockMode mode) {
        step("lockMapping(" + mode + ")");
        check(mappingLock == null, "took i_mmap_rwsem twice");
        FakeFileMapping mapping = current();
        check(
                mapping == null || (!mapping.pmdLocked && !mapping.tableLocked),
                "took i_mmap_rwsem under a page-table lock");
        mappingLock = mode;
    }

    @Override
    public void unlockMapping() {
        step("unlockMapping");
        leaveMapping();
        position = mappings.size();
        check(mappingLock != null, "released i_mmap_rwsem, which is not held");
        mappingLock = null;
    }

    @Override
    public boolean nextMapping() {
        leaveMapping();
        check(mappingLock != null || retrying, "went to the next mapping without i_mmap_rwsem");
        do {
            position++;
        } while (retrying && position < mappings.size() && !mappings.get(position).deferred);
        if (position >= mappings.size()) {
            trace.add("nextMapping: none");
            return false;
        }
        trace.add("nextMapping: " + position);
        if (retrying) {
            mappings.get(position).mmapLock = LockMode.WRITE;
            mappings.get(position).deferred = false;
        }
        return true;
    }

    @Override
    public boolean isKhugepaged() {
        return khugepaged;
    }

    @Override
    public boolean isTarget() {
        return at().isTarget();
    }

    @Override
    public boolean fitsPmd() {
        return at().fitsPmd();
    }

    @Override
    public boolean readHasAnonVma() {
        return step("readHasAnonVma").hasAnonVma();
    }

    @Override
    public boolean readUffdWriteProtect() {
        return step("readUffdWriteProtect").isUffdWriteProtect();
    }

    @Override
    public boolean readGuardRegions() {
        return step("readGuardRegions").hadGuardRegions();
    }

    @Override
    public boolean readMmExiting() {
        return step("readMmExiting").isExiting();
    }

    @Override
    public PmdState readPmd() {
        return step("readPmd").pmd();
    }

    @Override
    public boolean tryLockMmap(LockMode mode) {
        FakeFileMapping mapping = step("tryLockMmap(" + mode + ")");
        check(mapping.mmapLock == null, "tried for the mmap_lock, which it holds");
        return mapping.tryLock(mode);
    }

    @Override
    public void unlockMmap() {
        FakeFileMapping mapping = step("unlockMmap");
        check(mapping.mmapLock != null, "released the mmap_lock, which is not held");
        check(!retrying, "released the mmap_lock that khugepaged took for the retry");
        mapping.mmapLock = null;
        mapping.vmaWriteLocked = false;
    }

    @Override
    public boolean startVmaWrite() {
        FakeFileMapping mapping = step("startVmaWrite");
        check(mapping.mmapLock == LockMode.WRITE, "began to write a VMA without the mmap_lock held for writing");
        mapping.vmaWriteLocked = true;
        return true;
    }

    @Override
    public void startNotifier() {
        FakeFileMapping mapping = step("startNotifier");
        check(!mapping.inNotifier, "began a notification twice");
        check(
                !mapping.pmdLocked && !mapping.tableLocked,
                "began a notification, which may sleep, under a page-table lock");
        mapping.inNotifier = true;
        mapping.wasNotified = true;
    }

    @Override
    public void endNotifier() {
        FakeFileMapping mapping = step("endNotifier");
        check(mapping.inNotifier, "ended a notification that was not begun");
        mapping.inNotifier = false;
    }

    @Override
    public void lockPmd() {
        FakeFileMapping mapping = step("lockPmd");
        check(!mapping.pmdLocked, "took the PMD lock twice");
        check(!mapping.tableLocked, "took the PMD lock under the page-table lock");
        mapping.pmdLocked = true;
    }

    @Override
    public void unlockPmd() {
        FakeFileMapping mapping = step("unlockPmd");
        check(mapping.pmdLocked, "released the PMD lock, which is not held");
        mapping.pmdLocked = false;
    }

    @Override
    public void lockTable() {
        FakeFileMapping mapping = step("lockTable");
        check(!mapping.tableLocked, "took the page-table lock twice");
        if (mapping.pmd() != PmdState.TABLE) {
            hazards.add("mapping " + position + ": took the lock of a page table that is not there any more");
        }
        mapping.tableLocked = true;
    }

    @Override
    public void unlockTable() {
        FakeFileMapping mapping = step("unlockTable");
        check(mapping.tableLocked, "released the page-table lock, which is not held");
        mapping.tableLocked = false;
    }

    @Override
    public boolean isTableEmpty() {
        return !step("isTableEmpty").holdsEntries();
    }

    @Override
    public boolean clearPmd() {
        FakeFileMapping mapping = step("clearPmd");
        check(mapping.pmdLocked, "cleared the PMD entry without the PMD lock");
        check(
                mapping.tableLocked || mapping.mmapLock == LockMode.WRITE,
                "cleared the PMD entry with neither the page-table lock nor the mmap_lock held for writing");
        if (mapping.pmd() != PmdState.TABLE) {
            hazards.add("mapping " + position + ": cleared a PMD entry that was " + mapping.pmd());
            return false;
        }
        if (mapping.holdsEntries()) {
            if (enforcing) {
                return false;
            }
            hazards.add("mapping " + position + ": lost " + mapping.pages() + " pages and " + mapping.markers()
                    + " markers");
        }
        if (mapping.hasNotifierUser() && !mapping.inNotifier) {
            hazards.add("mapping " + position + ": cleared a table that an MMU notifier still knows");
        }
        mapping.clear();
        return true;
    }

    @Override
    public void freeTableDeferred() {
        free("freeTableDeferred");
    }

    @Override
    public void freeTableNow() {
        free("freeTableNow");
    }

    private void free(String name) {
        FakeFileMapping mapping = step(name);
        check(mapping.cleared, "freed a table that was not cleared");
        check(!mapping.freed, "freed a table twice");
        mapping.freed = true;
    }

    @Override
    public void installHugePmd() {
        FakeFileMapping mapping = step("installHugePmd");
        check(mapping.pmdLocked, "mapped the huge folio without the PMD lock");
        check(mapping.pmd() == PmdState.NONE, "mapped the huge folio over a PMD entry that is " + mapping.pmd());
        mapping.installHuge();
    }

    @Override
    public void deferRetry() {
        step("deferRetry").deferred = true;
    }

    @Override
    public void reportTarget(ScanResult result) {
        FakeFileMapping mapping = step("reportTarget(" + result + ")");
        check(mapping.isTarget(), "reported a mapping that MADV_COLLAPSE was not called on");
        targetResult = result;
    }

    private FakeFileMapping step(String text) {
        FakeFileMapping mapping = current();
        String name = text.replaceFirst("\\(.*", "");
        trace.add(mapping == null ? text : position + ":" + text);
        if (mapping == null) {
            check(
                    name.equals("lockMapping") || name.equals("unlockMapping"),
                    "asked for a mapping before nextMapping()");
            return new FakeFileMapping();
        }
        for (Racer racer : racers) {
            racer.run(name, mapping);
        }
        return mapping;
    }

    private FakeFileMapping at() {
        FakeFileMapping mapping = current();
        if (mapping == null) {
            throw new ProtocolError("asked for a mapping outside nextMapping()" + "; steps so far: " + trace);
        }
        return mapping;
    }

    private @Nullable FakeFileMapping current() {
        return position >= 0 && position < mappings.size() ? mappings.get(position) : null;
    }

    private void leaveMapping() {
        FakeFileMapping mapping = current();
        if (mapping == null) {
            return;
        }
        if (retrying) {
            mapping.mmapLock = null;
        }
        check(!mapping.pmdLocked, "left a mapping with the PMD lock held");
        check(!mapping.tableLocked, "left a mapping with the page-table lock held");
        check(mapping.mmapLock == null, "left a mapping with the mmap_lock held");
        check(!mapping.inNotifier, "left a mapping within a notification");
        check(!mapping.cleared || mapping.freed, "left a mapping with a cleared table that was not freed");
    }

    private void check(boolean kept, String complaint) {
        if (!kept) {
            throw new ProtocolError("the procedure " + complaint + "; steps so far: " + trace);
        }
    }
}
