package dev.holdfast.cluster.model;

/** One Holdfast process, with its requests, what the ensemble has in its name, and what the command has seen of it. */
final class Node {
    enum Life {
        DOWN,
        /** Not registered, or not any more. */
        STARTING,
        RUNNING,
        /** In an orderly way. */
        STOPPING
    }

    /** What the command has seen of a node. */
    enum Seen {
        NOTHING,
        /** Drained, in its own words; or there is no such node. */
        DRAINED,
        /** It is not there, and the operator does not wait for it: {@code --without}. */
        GONE,
        /** The same, and nobody knows of it any more. */
        LEFT_OUT
    }

    // The process.
    Life life = Life.DOWN;
    /** The gate has reason CLUSTER. */
    boolean shut;
    /** The version of the switch that the gate was moved to. */
    int acted;
    /** Ticks since the last question was sent whose answer counts. */
    int age;

    // Its question to the ensemble.
    boolean asking;
    boolean answered;
    /** While asking, the oldest version that the answer may tell; else the one that it told. */
    int told;

    int askedAge;
    /** The last version that it may be told, since its session ended then; 0 while that lasts. */
    int last;

    // Requests.
    int coming;
    int held;
    /** Let go by the gate; the first byte has not been sent. */
    int passed;
    /** As above, but the age has been asked for the last time. Only without {@link Rule#ASK_AND_SEND_AT_ONCE}. */
    int cleared;
    /** The site has seen some of it. */
    int atSite;

    // What the ensemble has.
    boolean known;
    boolean session;
    /** What the session has seen at least: it never sees anything older. */
    int floor;
    /** In the node's ephemeral entry; 0 is none, but the entry may be there. */
    int reported;

    boolean reportedDrained;
    /** A report on its way; 0 is none. It may outlive the process. */
    int sent;

    boolean sentDrained;

    Seen seen = Seen.NOTHING;
    /** It was left out when it was not there, and so were the requests that it had at the site; until these are over. */
    boolean forgotten;

    // What the server has that is cut off.
    boolean oldKnown;
    boolean oldSession;
    int oldReported;
    boolean oldDrained;

    boolean isUp() {
        return life != Life.DOWN;
    }

    boolean isIdle() {
        return passed + cleared + atSite == 0;
    }

    /** Ends the process; what the ensemble has stays. */
    void end() {
        life = Life.DOWN;
        shut = false;
        acted = 0;
        age = 0;
        forgetQuestion();
        held = 0;
        passed = 0;
        cleared = 0;
        atSite = 0;
        forgotten = false;
    }

    void forgetQuestion() {
        asking = false;
        answered = false;
        told = 0;
        askedAge = 0;
        last = 0;
    }

    void endSession() {
        session = false;
        reported = 0;
        reportedDrained = false;
        floor = 0;
    }

    void tick(int maxAge) {
        age = isUp() ? Math.min(age + 1, maxAge + 1) : 0;
        askedAge = asking || answered ? Math.min(askedAge + 1, maxAge + 1) : 0;
    }

    long pack() {
        return new Bits()
                .put(life.ordinal(), 2)
                .put(shut)
                .put(acted, 3)
                .put(age, 2)
                .put(asking)
                .put(answered)
                .put(told, 3)
                .put(askedAge, 2)
                .put(coming, 2)
                .put(held, 2)
                .put(passed, 2)
                .put(cleared, 2)
                .put(atSite, 2)
                .put(known)
                .put(session)
                .put(floor, 3)
                .put(reported, 3)
                .put(reportedDrained)
                .put(sent, 3)
                .put(sentDrained)
                .put(seen.ordinal(), 2)
                .put(last, 3)
                .put(forgotten)
                .put(oldKnown)
                .put(oldSession)
                .put(oldReported, 3)
                .put(oldDrained)
                .word();
    }

    private static final Life[] LIVES = Life.values();
    private static final Seen[] SEEN = Seen.values();

    static Node unpack(long word) {
        Bits bits = new Bits(word);
        Node node = new Node();
        node.life = LIVES[bits.take(2)];
        node.shut = bits.take();
        node.acted = bits.take(3);
        node.age = bits.take(2);
        node.asking = bits.take();
        node.answered = bits.take();
        node.told = bits.take(3);
        node.askedAge = bits.take(2);
        node.coming = bits.take(2);
        node.held = bits.take(2);
        node.passed = bits.take(2);
        node.cleared = bits.take(2);
        node.atSite = bits.take(2);
        node.known = bits.take();
        node.session = bits.take();
        node.floor = bits.take(3);
        node.reported = bits.take(3);
        node.reportedDrained = bits.take();
        node.sent = bits.take(3);
        node.sentDrained = bits.take();
        node.seen = SEEN[bits.take(2)];
        node.last = bits.take(3);
        node.forgotten = bits.take();
        node.oldKnown = bits.take();
        node.oldSession = bits.take();
        node.oldReported = bits.take(3);
        node.oldDrained = bits.take();
        return node;
    }
}
