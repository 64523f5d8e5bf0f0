package dev.holdfast.cluster.model;

import static dev.holdfast.cluster.model.Steps.Kind.LUCK;
import static dev.holdfast.cluster.model.Steps.Kind.SURE;

import dev.holdfast.cluster.model.Bounds.Away;
import dev.holdfast.cluster.model.Node.Seen;
import dev.holdfast.cluster.model.World.Command;

/**
 * {@code holdfast hold --wait}, and whoever else moves the switch meanwhile. What the command reads may be behind, but not behind
 * its own hold: as if it had been read earlier, for who is drained stays so until the switch moves.
 */
final class CommandSteps {
    private final World now;
    private final Bounds bounds;
    private final Steps steps;

    CommandSteps(World now, Steps steps) {
        this.now = now;
        this.bounds = now.bounds;
        this.steps = steps;
    }

    void offer() {
        if (now.command == Command.IDLE && (now.head < bounds.lastVersion() || !now.isOpen())) {
            steps.can("hold", LUCK, world -> {
                world.head += world.isOpen() ? 1 : 0;
                world.command = Command.WAITING;
                world.version = world.head;
            });
        }
        boolean foundAbsent = now.old > 0 && !World.forwards(now.old) && !bounds.has(Rule.ASK_MAJORITY);
        if (now.command == Command.IDLE && foundAbsent) {
            steps.can("finds the switch absent at the server that is cut off", LUCK, world -> {
                world.command = Command.WAITING;
                world.version = world.old;
            });
        }
        if (bounds.cutOff() && now.old == 0) {
            steps.can("a server is cut off", LUCK, CommandSteps::cutOff);
        }
        if (now.head < bounds.lastVersion()) {
            String what = now.isOpen() ? "somebody holds" : "somebody releases";
            steps.can(what, now.isOpen() ? LUCK : SURE, world -> {
                world.head++;
                if (world.command == Command.SAID) {
                    end(world);
                }
            });
        }
        if (now.command == Command.WAITING) {
            lookAtNodes();
            say();
        }
        if (bounds.hasTime()) {
            steps.can("tick", SURE, world -> {
                world.ticks = world.command == Command.IDLE ? 0 : Math.min(world.ticks + 1, bounds.maxAge() + 1);
                for (Node node : world.nodes) {
                    node.tick(bounds.maxAge());
                }
            });
        }
    }

    private static void cutOff(World world) {
        world.old = world.head;
        for (Node node : world.nodes) {
            node.oldKnown = node.known;
            node.oldSession = node.session;
            node.oldReported = node.reported;
            node.oldDrained = node.reportedDrained;
        }
    }

    private void lookAtNodes() {
        for (int i = 0; i < now.nodes.length; i++) {
            Node node = now.nodes[i];
            if (node.seen == Seen.NOTHING) {
                sees(i, isDrained(node.session, node.known, node.reported, node.reportedDrained), Seen.DRAINED);
                boolean old =
                        now.old > 0 && isDrained(node.oldSession, node.oldKnown, node.oldReported, node.oldDrained);
                sees(i, old && counts(now.old), Seen.DRAINED);
                sees(i, mayBeLeftOut(node) && counts(now.head), Seen.GONE);
            } else if (node.seen == Seen.GONE) {
                int index = i;
                steps.can("forgets node " + i, SURE, world -> {
                    Node n = world.nodes[index];
                    n.seen = Seen.LEFT_OUT;
                    n.known = false;
                    n.forgotten = !n.session && !n.isIdle();
                });
            }
        }
    }

    /** What a server says of the nodes that has this version of the switch. */
    private boolean counts(int version) {
        return version == now.version || !bounds.has(Rule.LOOK_WITH_VERSION);
    }

    private void sees(int index, boolean true_, Seen what) {
        if (true_) {
            steps.can("sees that node " + index + " is " + what, SURE, world -> world.nodes[index].seen = what);
        }
    }

    private boolean isDrained(boolean session, boolean known, int reported, boolean drained) {
        boolean same = reported == now.version || !bounds.has(Rule.COMPARE_VERSIONS);
        return session ? same && drained : !known || !bounds.has(Rule.REMEMBER_KNOWN);
    }

    /** If the operator says so. */
    private boolean mayBeLeftOut(Node node) {
        if (node.session && bounds.has(Rule.COUNT_WHO_LIVES) || !node.known) {
            return false;
        }
        return bounds.away() == Away.KEEP
                ? !node.isUp() || !bounds.has(Rule.TRUST_OPERATOR)
                : now.ticks > bounds.maxAge() || !bounds.has(Rule.WAIT_OUT_KNOWLEDGE);
    }

    private void say() {
        for (Node node : now.nodes) {
            if (node.seen == Seen.NOTHING || node.seen == Seen.GONE) {
                return;
            }
        }
        boolean same = now.head == now.version
                || !bounds.has(Rule.LOOK_AGAIN)
                || now.old == now.version && !bounds.has(Rule.ASK_MAJORITY);
        steps.can(same ? "says: all drained" : "says: somebody released", SURE, world -> {
            world.command = Command.SAID;
            if (!same) {
                end(world);
            } else {
                world.version = world.head; // what it says is meant of now
            }
        });
    }

    private static void end(World world) {
        world.command = Command.IDLE;
        world.version = 0;
        world.ticks = 0;
        for (Node node : world.nodes) {
            node.seen = Seen.NOTHING;
        }
    }
}
