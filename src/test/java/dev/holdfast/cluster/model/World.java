package dev.holdfast.cluster.model;

import java.util.Arrays;

/** A state of everything: the switch, the command that holds and waits, and the nodes. */
final class World {
    enum Command {
        IDLE,
        WAITING,
        /** It has said that the fleet is drained. */
        SAID
    }

    final Bounds bounds;
    /** The version that the switch has: the last of its history, as the ensemble has agreed on it. */
    int head = 1;

    /** Of the switch, as the server has it that is cut off; 0 is none. */
    int old;

    int crashesLeft;
    Command command = Command.IDLE;
    /** Of the hold that the command waits for. */
    int version;
    /** Since the command knows of that hold. */
    int ticks;

    final Node[] nodes;

    private World(Bounds bounds) {
        this.bounds = bounds;
        this.nodes = new Node[bounds.nodes()];
    }

    /** The switch says forward, and those who run do. */
    static World first(Bounds bounds) {
        World world = new World(bounds);
        world.crashesLeft = bounds.crashes();
        for (int i = 0; i < world.nodes.length; i++) {
            Node node = new Node();
            node.coming = bounds.requests();
            if (i >= bounds.joining()) {
                node.life = Node.Life.RUNNING;
                node.acted = 1;
                node.known = true;
                node.session = true;
                node.floor = bounds.has(Rule.READ_AT_HEAD) ? 0 : 1;
                node.reported = 1;
            }
            world.nodes[i] = node;
        }
        return world;
    }

    boolean isOpen() {
        return forwards(head);
    }

    static boolean forwards(int version) {
        return version % 2 == 1;
    }

    boolean knowsEnough(Node node) {
        return !bounds.has(Rule.ASK_AGE) || node.age <= bounds.maxAge();
    }

    /** What is wrong here; null if nothing is. */
    String broken() {
        if (command == Command.IDLE || head != version) {
            return null; // somebody has released meanwhile, and whoever waits is told so
        }
        for (Node node : nodes) {
            if (command == Command.SAID && !node.isIdle() && !node.forgotten) {
                return "all drained was said, and a request is in flight";
            }
            boolean over = command == Command.SAID || bounds.knowledgeIsLease() && ticks > bounds.maxAge();
            if (over && mayBegin(node)) {
                return "all drained was said, or all knowledge is too old, and a request may begin";
            }
        }
        return null;
    }

    private boolean mayBegin(Node node) {
        boolean atFirstByte = node.passed > 0 && (knowsEnough(node) || !bounds.has(Rule.ASK_AGE_AGAIN));
        return atFirstByte || node.cleared > 0 || node.isUp() && !node.shut && knowsEnough(node);
    }

    /** Somebody waits. */
    boolean holdsSomebody() {
        for (Node node : nodes) {
            if (node.held > 0) {
                return true;
            }
        }
        return false;
    }

    /** Nodes are alike: those that only differ in their order are the same world. */
    long[] pack() {
        long[] words = new long[nodes.length + 1];
        for (int i = 0; i < nodes.length; i++) {
            words[i] = nodes[i].pack();
        }
        Arrays.sort(words, 0, nodes.length);
        words[nodes.length] = new Bits()
                .put(head, 3)
                .put(crashesLeft, 2)
                .put(command.ordinal(), 2)
                .put(version, 3)
                .put(ticks, 2)
                .put(old, 3)
                .word();
        return words;
    }

    private static final Command[] COMMANDS = Command.values();

    static World unpack(Bounds bounds, long[] words, int from) {
        World world = new World(bounds);
        for (int i = 0; i < world.nodes.length; i++) {
            world.nodes[i] = Node.unpack(words[from + i]);
        }
        Bits bits = new Bits(words[from + world.nodes.length]);
        world.head = bits.take(3);
        world.crashesLeft = bits.take(2);
        world.command = COMMANDS[bits.take(2)];
        world.version = bits.take(3);
        world.ticks = bits.take(2);
        world.old = bits.take(3);
        return world;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(
                "switch " + head + " (" + old + "), command " + command + " " + version + " (" + ticks + ")");
        for (Node node : nodes) {
            text.append("; ")
                    .append(node.life)
                    .append(node.shut ? " shut " : " open ")
                    .append(node.acted);
            text.append(", age ")
                    .append(node.age)
                    .append(", requests ")
                    .append(node.coming)
                    .append('-')
                    .append(node.held);
            text.append('-')
                    .append(node.passed)
                    .append('-')
                    .append(node.atSite)
                    .append(", reported ")
                    .append(node.reported);
            text.append(node.reportedDrained ? " drained" : "").append(", ").append(node.seen);
        }
        return text.toString();
    }
}
