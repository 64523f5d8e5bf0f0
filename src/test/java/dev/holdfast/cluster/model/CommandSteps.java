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

    private void lookAtNodes() {
        for (int i = 0; i < now.nodes.length; i++) {
            Seen seen = look(now.nodes[i]);
            if (seen != Seen.NOTHING && now.nodes[i].seen == Seen.NOTHING) {
                int index = i;
                steps.can("sees that node " + i + " is " + seen, SURE, world -> world.nodes[index].seen = seen);
            }
        }
    }

    private Seen look(Node node) {
        if (node.session) {
            boolean same = node.reported == now.version || !bounds.has(Rule.COMPARE_VERSIONS);
            return same && node.reportedDrained ? Seen.DRAINED : Seen.NOTHING;
        }
        if (!node.known || !bounds.has(Rule.REMEMBER_KNOWN)) {
            return Seen.DRAINED;
        }
        boolean tooOld = now.ticks > bounds.maxAge() || !bounds.has(Rule.WAIT_OUT_KNOWLEDGE);
        return bounds.away() == Away.HOLD && bounds.hasTime() && tooOld ? Seen.LEFT_OUT : Seen.NOTHING;
    }

    private void say() {
        for (Node node : now.nodes) {
            if (node.seen == Seen.NOTHING) {
                return;
            }
        }
        boolean same = now.head == now.version || !bounds.has(Rule.LOOK_AGAIN);
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
