package dev.holdfast.cluster.model;

import static dev.holdfast.cluster.model.Steps.Kind.LUCK;
import static dev.holdfast.cluster.model.Steps.Kind.SURE;

import dev.holdfast.cluster.model.Bounds.Away;
import dev.holdfast.cluster.model.Node.Life;
import dev.holdfast.cluster.model.Node.Seen;
import java.util.function.Consumer;

/** What a node does about the switch, on its cluster thread; and what becomes of its session and its process. */
final class NodeSteps {
    private final World now;
    private final int index;
    private final Node node;
    private final Bounds bounds;
    private final Steps steps;

    NodeSteps(World now, int index, Steps steps) {
        this.now = now;
        this.index = index;
        this.node = now.nodes[index];
        this.bounds = now.bounds;
        this.steps = steps;
    }

    void offer() {
        start();
        openUnanswered();
        register();
        ask();
        answer();
        act();
        report();
        arriveReport();
        if (bounds.losses()) {
            loseConnection();
            endSession();
        }
        noticeEndOfSession();
        crash();
        stop();
    }

    private void can(String what, Steps.Kind kind, Consumer<Node> change) {
        steps.can("node " + index + ": " + what, kind, world -> change.accept(world.nodes[index]));
    }

    private void start() {
        if (node.life == Life.DOWN) {
            can("starts", LUCK, n -> {
                n.life = Life.STARTING;
                n.shut = bounds.has(Rule.START_CLOSED);
                n.age = bounds.hasTime() && bounds.has(Rule.START_CLOSED) ? bounds.maxAge() + 1 : 0;
            });
        }
    }

    /** Nobody has answered for so long that it opens all the same. */
    private void openUnanswered() {
        if (node.isUp() && node.life != Life.STOPPING && node.acted == 0 && !bounds.has(Rule.STAY_CLOSED)) {
            can("opens unanswered", LUCK, n -> {
                n.shut = false;
                n.age = 0;
            });
        }
    }

    /** First known, which stays; then the entry, which the session takes with it. Both are agreed on by the ensemble. */
    private void register() {
        if (node.life != Life.STARTING || !bounds.has(Rule.REGISTER_AGAIN) && node.acted > 0) {
            return;
        }
        if (!node.known) {
            can("writes that it is known", SURE, n -> n.known = true);
        } else {
            can("registers", SURE, n -> {
                n.endSession(); // of the process before, or the one that was lost
                n.life = Life.RUNNING;
                n.session = true;
                boolean back = n.seen == Seen.GONE && bounds.has(Rule.FORGET_WHO_WAS_SEEN);
                n.seen = back ? Seen.NOTHING : n.seen;
                see(n, now.head);
            });
        }
    }

    private void ask() {
        boolean may = node.life == Life.RUNNING && node.session
                || node.life == Life.STARTING && node.acted == 0 && !bounds.has(Rule.REGISTER_BEFORE_READ);
        if (may && !node.asking && !node.answered) {
            can("asks for the switch", SURE, n -> {
                n.asking = true;
                n.told = bounds.has(Rule.READ_AT_HEAD) ? now.head : Math.max(1, n.floor);
            });
        }
    }

    /** As a server answers that may be behind, and an answer that may be late. */
    private void answer() {
        int last = node.last == 0 ? now.head : node.last;
        for (int version = node.told; node.asking && version <= last; version++) {
            int answer = version;
            can("is told version " + version, SURE, n -> {
                n.asking = false;
                n.answered = true;
                n.told = answer;
                see(n, answer);
            });
        }
    }

    private void act() {
        if (node.answered) {
            can("moves its gate to version " + node.told, SURE, n -> {
                if (n.told >= n.acted && n.life != Life.STOPPING) {
                    n.shut = !World.forwards(n.told);
                    n.acted = n.told;
                    boolean counts = !n.shut || !bounds.has(Rule.TRUST_FORWARD_ONLY);
                    n.age = counts ? n.askedAge : n.age;
                }
                n.forgetQuestion();
            });
        }
    }

    private void report() {
        boolean early = !bounds.has(Rule.CLOSE_BEFORE_REPORT) && node.answered;
        int version = early ? node.told : node.acted;
        boolean shut = early ? !World.forwards(node.told) : node.shut;
        boolean drained = shut && (node.isIdle() || !bounds.has(Rule.COUNT_IN_FLIGHT));
        boolean isNews = version != node.reported || drained != node.reportedDrained;
        if (node.life == Life.RUNNING && node.session && node.sent == 0 && version > 0 && isNews) {
            can("reports version " + version + (drained ? " drained" : ""), SURE, n -> {
                n.sent = version;
                n.sentDrained = drained;
            });
        }
    }

    /** Perhaps when its process is no more, and another one has its name: the ensemble does not ask who writes. */
    private void arriveReport() {
        if (node.sent > 0) {
            can("its report arrives", SURE, n -> {
                if (n.session) {
                    n.reported = n.sent;
                    n.reportedDrained = n.sentDrained;
                }
                n.sent = 0;
                n.sentDrained = false;
            });
        }
    }

    /** Its question is answered by nobody, and its report may be lost. It knows that it is awake: it has just asked. */
    private void loseConnection() {
        if (node.asking) {
            can("loses its connection", LUCK, n -> {
                boolean counts = bounds.away() == Away.KEEP || !bounds.has(Rule.TRUST_ANSWERS_ONLY);
                n.age = counts && n.acted > 0 && !n.shut ? Math.min(n.age, n.askedAge) : n.age;
                n.shut &= bounds.has(Rule.STAY_ON_LOSS);
                n.forgetQuestion();
            });
        }
        if (node.sent > 0) {
            can("its report gets lost", LUCK, n -> {
                n.sent = 0;
                n.sentDrained = false;
            });
        }
    }

    /**
     * At any time: nothing is to depend on how long a session lasts. Nothing that happens after its end is told to it, since the
     * server that learns of one after the other closes the connection first.
     */
    private void endSession() {
        if (node.session) {
            can("its session ends", LUCK, n -> {
                n.last = n.asking && now.head < bounds.lastVersion() ? now.head : 0;
                n.endSession();
            });
        }
    }

    /** An answer that is there already still counts. */
    private void noticeEndOfSession() {
        if (node.life == Life.RUNNING && !node.session && !node.answered) {
            can("notices the end of its session", SURE, n -> {
                n.life = Life.STARTING;
                n.forgetQuestion();
            });
        }
    }

    private void crash() {
        if (node.isUp() && now.crashesLeft > 0) {
            steps.can("node " + index + ": crashes", LUCK, world -> {
                world.crashesLeft--;
                world.nodes[index].end();
            });
        }
    }

    private void stop() {
        if ((node.life == Life.RUNNING || node.life == Life.STARTING) && now.crashesLeft > 0) {
            steps.can("node " + index + ": is told to stop, and closes", LUCK, world -> {
                world.crashesLeft--;
                Node n = world.nodes[index];
                n.life = Life.STOPPING;
                n.shut = true;
                n.held = 0; // answered
            });
        }
        if (node.life == Life.STOPPING && (node.isIdle() || !bounds.has(Rule.FORGET_AFTER_DRAIN))) {
            if (node.known || node.session) {
                can("makes itself unknown", SURE, n -> {
                    n.endSession();
                    n.known = false;
                });
            } else if (node.isIdle()) {
                can("has stopped", SURE, Node::end);
            }
        }
    }

    private void see(Node n, int version) {
        n.floor = bounds.has(Rule.READ_AT_HEAD) ? 0 : Math.max(n.floor, version);
    }
}
