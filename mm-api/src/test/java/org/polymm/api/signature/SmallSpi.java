package org.polymm.api.signature;

import java.util.List;
import java.util.function.Supplier;

/** An SPI to be changed by tests. */
public final class SmallSpi {

    private SmallSpi() {}

    /** One of each kind of member. */
    public interface Shape extends Supplier<String> {
        int LIMIT = 7;

        long area(int... sides);

        default List<String> names() {
            return List.of();
        }
    }

    /** Not part of the signature, with all that is in it. */
    static final class Hidden {
        public static final int SECRET = 1;

        private Hidden() {}
    }
}
