package dev.holdfast.cli;

import dev.holdfast.balance.SwitchFile.Says;

/** What a command waits for. */
enum Goal {
    HELD("held") {
        @Override
        Verdict judge(StatusView status, Says file) {
            return closed(status.closedByFile(), status, file);
        }
    },
    DRAINED("drained") {
        @Override
        Verdict judge(StatusView status, Says file) {
            return closed(status.drained(), status, file);
        }
    },
    REFUSED("refusing") {
        @Override
        Verdict judge(StatusView status, Says file) {
            return file != Says.ELSE ? Verdict.UNDONE : reached(status.state().equals("refusing"));
        }
    },
    RELEASED("released") {
        @Override
        Verdict judge(StatusView status, Says file) {
            return file != Says.FORWARD ? Verdict.UNDONE : reached(!status.closedByFile());
        }
    },
    OPEN("open") {
        @Override
        Verdict judge(StatusView status, Says file) {
            return file != Says.FORWARD ? Verdict.UNDONE : reached(status.isOpen());
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
