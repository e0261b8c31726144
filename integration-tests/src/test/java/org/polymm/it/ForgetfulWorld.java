package org.polymm.it;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.SchedulingHook;
import org.polymm.engine.sync.Sync;
import org.polymm.lab.explore.World;

/**
 * A world with a bug: its steps do not say that they touch things of one family. Scheduling points stay where they are; what the explorer hears
 * of is another thing for each task, so that no two steps seem to mind each other because of it.
 */
final class ForgetfulWorld implements World {

    private static final int TASK_SHIFT = 44;

    private final World world;
    private final int forgotten;

    /** Forgets a family of {@link Point}; nothing if it is -1. */
    ForgetfulWorld(World world, int family) {
        this.world = world;
        forgotten = family;
    }

    @Override
    public Sync sync() {
        return world.sync();
    }

    @Override
    public Object save() {
        return world.save();
    }

    /** Each run begins with a rewind, and the scheduler is there by then. */
    @Override
    public void rewind(Object saved) {
        world.rewind(saved);
        SchedulingHook hook = sync().hook();
        if (hook != null && !(hook instanceof Forgetful)) {
            sync().install(new Forgetful(hook));
        }
    }

    @Override
    public List<String> violations() {
        return world.violations();
    }

    @Override
    public @Nullable String gone(int kind, long object) {
        return null;
    }

    private final class Forgetful implements SchedulingHook {
        private final SchedulingHook hook;

        Forgetful(SchedulingHook hook) {
            this.hook = hook;
        }

        private long ofTask(int kind, long object) {
            return Point.family(kind) == forgotten ? object | (long) sync().task() << TASK_SHIFT : object;
        }

        @Override
        public void point(int kind, long object) {
            hook.point(kind, ofTask(kind, object));
        }

        @Override
        public void touched(int kind, long object) {
            hook.touched(kind, ofTask(kind, object));
        }

        @Override
        public void lock(LockClass lockClass, int mode, int id, boolean waits) {
            hook.lock(lockClass, mode, id, waits);
        }

        @Override
        public void block(LockClass lockClass, int mode, int id) {
            hook.block(lockClass, mode, id);
        }

        @Override
        public void acquired(LockClass lockClass, int mode, int id) {
            hook.acquired(lockClass, mode, id);
        }

        @Override
        public void releases(LockClass lockClass, int mode, int id) {
            hook.releases(lockClass, mode, id);
        }

        @Override
        public void released(LockClass lockClass, int mode, int id) {
            hook.released(lockClass, mode, id);
        }

        @Override
        public void downgraded(LockClass lockClass, int id) {
            hook.downgraded(lockClass, id);
        }

        @Override
        public void graceStarted(LockClass section) {
            hook.graceStarted(section);
        }
    }
}
