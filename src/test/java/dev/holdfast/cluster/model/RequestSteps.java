package dev.holdfast.cluster.model;

import static dev.holdfast.cluster.model.Steps.Kind.LUCK;
import static dev.holdfast.cluster.model.Steps.Kind.SURE;

import dev.holdfast.cluster.model.Node.Life;
import java.util.function.Consumer;

/** What becomes of a node's requests. */
final class RequestSteps {
    private final World now;
    private final int index;
    private final Node node;
    private final Steps steps;

    RequestSteps(World now, int index, Steps steps) {
        this.now = now;
        this.index = index;
        this.node = now.nodes[index];
        this.steps = steps;
    }

    void offer() {
        boolean passes = !node.shut && now.knowsEnough(node);
        if (node.coming > 0 && node.isUp() && node.life != Life.STOPPING) {
            can(passes ? "lets a request pass" : "holds a request", LUCK, n -> {
                n.coming--;
                n.held += passes ? 0 : 1;
                n.passed += passes ? 1 : 0;
            });
        }
        if (node.held > 0 && passes) {
            can("releases a request", SURE, n -> {
                n.held--;
                n.passed++;
            });
        }
        firstByte();
        if (node.atSite > 0) {
            can("the site has answered", SURE, n -> {
                n.atSite--;
                n.forgotten &= !n.isIdle();
            });
        }
    }

    private void firstByte() {
        boolean atOnce = now.bounds.has(Rule.ASK_AND_SEND_AT_ONCE);
        boolean may = now.knowsEnough(node) || !now.bounds.has(Rule.ASK_AGE_AGAIN);
        if (node.passed > 0) {
            can(
                    may ? atOnce ? "sends the first byte" : "is about to send the first byte" : "takes a request back",
                    SURE,
                    n -> {
                        n.passed--;
                        n.forgotten &= !n.isIdle();
                        n.held += may || n.life == Life.STOPPING ? 0 : 1;
                        n.cleared += may && !atOnce ? 1 : 0;
                        n.atSite += may && atOnce ? 1 : 0;
                    });
        }
        if (node.cleared > 0) {
            can("sends the first byte", SURE, n -> {
                n.cleared--;
                n.atSite++;
            });
        }
    }

    private void can(String what, Steps.Kind kind, Consumer<Node> change) {
        steps.can("node " + index + ": " + what, kind, world -> change.accept(world.nodes[index]));
    }
}
