package dev.holdfast.cli;

import dev.holdfast.balance.BalanceReading;
import dev.holdfast.balance.BalanceReading.Forward;
import dev.holdfast.balance.BalanceReading.Refuse;
import dev.holdfast.balance.SwitchFile.Says;
import dev.holdfast.cluster.NodeReport;
import dev.holdfast.cluster.NodeReport.State;
import java.util.function.Predicate;

/** What a command waits for. */
enum Goal {
    HELD("held", fleet -> !(fleet instanceof Forward)) {
        @Override
        Verdict judge(StatusView status, Says file) {
            return closed(status.closedByFile(), status, file);
        }

        @Override
        boolean isReached(NodeReport node) {
            return node.state() != State.OPEN;
        }
    },
    DRAINED("drained", fleet -> !(fleet instanceof Forward)) {
        @Override
        Verdict judge(StatusView status, Says file) {
            return closed(status.drained(), status, file);
        }

        @Override
        boolean isReached(NodeReport node) {
            return node.state() == State.DRAINED;
        }
    },
    REFUSED("refusing", fleet -> fleet instanceof Refuse) {
        @Override
        Verdict judge(StatusView status, Says file) {
            return file != Says.ELSE ? Verdict.UNDONE : reached(status.state().equals("refusing"));
        }

        @Override
        boolean isReached(NodeReport node) {
            return true;
        }
    },
    RELEASED("released", fleet -> fleet instanceof Forward) {
        @Override
        Verdict judge(StatusView status, Says file) {
            return file != Says.FORWARD ? Verdict.UNDONE : reached(!status.closedByFile());
        }

        @Override
        boolean isReached(NodeReport node) {
            return true;
        }
    },
    OPEN("open", fleet -> fleet instanceof Forward) {
        @Override
        Verdict judge(StatusView status, Says file) {
            return file != Says.FORWARD ? Verdict.UNDONE : reached(status.isOpen());
        }

        @Override
        boolean isReached(NodeReport node) {
            return node.state() == State.OPEN && node.held() == 0;
        }
    };

    enum Verdict {
        REACHED,
        NOT_YET,
        UNDONE
    }

    private final String word;
    private final Predicate<BalanceReading> fleet;

    /** @param fleet whether the fleet's switch says what this takes */
    Goal(String word, Predicate<BalanceReading> fleet) {
        this.word = word;
        this.fleet = fleet;
    }

    String word() {
        return word;
    }

    /** @param file what the balance file said after the status was read */
    abstract Verdict judge(StatusView status, Says file);

    /** @param node of a fleet, that has moved its gate to the version of the switch that is waited for */
    abstract boolean isReached(NodeReport node);

    /** Whether the fleet's switch says what this takes. */
    boolean fits(BalanceReading says) {
        return fleet.test(says);
    }

    /**
     * The file says "forward", and Holdfast still holds: it has not looked yet, or the file is just being written. Neither
     * is a time to say that the site is idle, nor that somebody released.
     */
    private static Verdict closed(boolean reached, StatusView status, Says file) {
        if (file == Says.FORWARD) {
            return status.closedByFile() ? Verdict.NOT_YET : Verdict.UNDONE;
        }
        return reached(reached);
    }

    private static Verdict reached(boolean reached) {
        return reached ? Verdict.REACHED : Verdict.NOT_YET;
    }
}
