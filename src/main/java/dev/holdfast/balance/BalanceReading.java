package dev.holdfast.balance;

import dev.holdfast.config.Printable;
import dev.holdfast.config.UpstreamAddress;
import java.util.Optional;

/** What one look at the balance file gave. */
public sealed interface BalanceReading {
    /** For log, status and the gate's detail: one line that goes on after the name of the file, such as "is absent". */
    String describe();

    /** There is no such file: hold. */
    record Absent() implements BalanceReading {
        @Override
        public String describe() {
            return "is absent";
        }
    }

    /**
     * Forward.
     *
     * @param upstream the address in the file; empty when the file is, which means the configured upstream
     */
    record Forward(Optional<UpstreamAddress> upstream) implements BalanceReading {
        @Override
        public String describe() {
            return "says: forward to " + upstream.map(UpstreamAddress::toString).orElse("the configured upstream");
        }
    }

    /**
     * Turn everybody away.
     *
     * @param message for the clients, in one or more lines; never empty
     */
    record Refuse(String message) implements BalanceReading {
        static final String DEFAULT_MESSAGE = "The site is closed for maintenance.";

        @Override
        public String describe() {
            return "says: refuse, \"" + Printable.line(message) + "\"";
        }
    }

    /**
     * The file is there and says nothing that is known: hold.
     *
     * @param why the content and what is allowed, in one line
     */
    record Malformed(String why) implements BalanceReading {
        @Override
        public String describe() {
            return "is malformed, so requests are held: " + why;
        }
    }

    /**
     * Cannot tell whether the file is there or what it says: keep the last state; at the start, hold.
     *
     * @param why what the system said, in one line
     */
    record Unreadable(String why) implements BalanceReading {
        @Override
        public String describe() {
            return "cannot be read: " + why;
        }
    }
}
