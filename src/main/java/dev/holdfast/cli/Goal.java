package dev.holdfast.cli;

import dev.holdfast.balance.BalanceReading;
import dev.holdfast.balance.BalanceReading.Forward;
import dev.holdfast.balance.BalanceReading.Refuse;
import dev.holdfast.balance.SwitchFile.Says;
import dev.holdfast.cluster.NodeReport;
import dev.holdfast.cluster.NodeReport.State;

/** What a command waits for. */
enum Goal {
    HELD("held") {
        @Override
        Verdict judge(StatusView status, Says file) {
            return closed(status.closedByFile(), status, file);
        }

        @Override
        boolean isReached(NodeReport node) {
            return node.state() != State.OPEN;
        }

        @Override
        boolean fits(BalanceReading fleet) {
            return !(fleet instanceof Forward);
        }
    },
    DRAINED("drained") {
        @Override
        Verdict judge(StatusView status, Says file) {
            return closed(status.drained(), status, file);
        }

        @Override
        boolean isReached(NodeReport node) {
            return node.state() == State.DRAINED;
        }

        @Override
        boolean fits(BalanceReading fleet) {
            return !(fleet instanceof Forward);
        }
    },
    REFUSED("refusing") {
        @Override
        Verdict judge(StatusView status, Says file) {
            return file != Says.ELSE ? Verdict.UNDONE : reached(status.state().equals("refusing"));
        }

        @Override
        boolean isReached(NodeReport node) {
            return true;
        }

        @Override
        boolean fits(BalanceReading fleet) {
            return fleet instanceof Refuse;
        }
    },
    RELEASED("released") {
        @Override
        Verdict judge(StatusView status, Says file) {
            return file != Says.FORWARD ? Verdict.UNDONE : reached(!status.closedByFile());
        }

        @Override
        boolean isReached(NodeReport node) {
            return true;
        }

        @Override
        boolean fits(BalanceReading fleet) {
            return fleet instanceof Forward;
        }
    },
    OPEN("open") {
        @Override
        Verdict judge(StatusView status, Says file) {
            return file != Says.FORWARD ? Verdict.UNDONE : reached(status.isOpen());
        }

        @Override
        boolean isReached(NodeReport node) {
            return node.state() == State.OPEN && node.held() == 0;
        }

        @Override
        boolean fits(BalanceReading fleet) {
            return fleet instanceof Forward;
        }
    };

    enum Verdict {
        REACHED,
        NOT_YET,
        UNDONE
    }

    private final String word;

    Goal(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }

    /** @param file what the balance file said after the status was read */
    abstract Verdict judge(StatusView status, Says file);

    /** @param node of a fleet, that has moved its gate to the version of the switch that is waited for */
    abstract boolean isReached(NodeReport node);

    /** Whether the fleet's switch says what this takes. */
    abstract boolean fits(BalanceReading fleet);

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
