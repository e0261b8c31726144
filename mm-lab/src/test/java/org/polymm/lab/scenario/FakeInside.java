package org.polymm.lab.scenario;

import org.polymm.lab.program.EngineFact;
import org.polymm.lab.program.Internals;
import org.polymm.lab.program.Operation;
import org.polymm.lab.program.Window;

/** A fake that can be looked into: its first page is exclusive and has three references, no other is or has. */
final class FakeInside extends FakeSubject implements Internals {

    @Override
    public long fact(int process, long address, EngineFact fact) {
        boolean first = process == 0 && address < Window.BASE + Operation.PAGE;
        return switch (fact) {
            case EXCLUSIVE -> first ? 1 : 0;
            case REFCOUNT -> first ? 3 : 0;
            default -> 0;
        };
    }
}
