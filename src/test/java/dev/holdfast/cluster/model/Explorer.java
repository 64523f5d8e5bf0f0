package dev.holdfast.cluster.model;

import dev.holdfast.cluster.model.World.Command;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Looks at each state that can be reached, breadth first, until one is broken. Confined to a thread. */
final class Explorer {
    private final Bounds bounds;
    private final StateTable table;
    private int[] parents = new int[1 << 14];
    private long steps;
    private int drained;

    // Every sure step, for the way back.
    private int[] from = new int[1 << 16];
    private int[] to = new int[1 << 16];
    private int ways;
    private Found found;

    /**
     * @param drained states in which the command has said so: where there are none, nothing has been shown
     * @param broken what is wrong in the last state; null if there is none
     * @param trace the shortest way there
     * @param stuck a state in which somebody waits for ever; null if there is none
     */
    record Found(int states, long steps, int drained, String broken, List<String> trace, String stuck) {
        String summary() {
            String all = String.format(Locale.ROOT, "%,d states, %,d steps, drained in %,d", states, steps, drained);
            String wrong = stuck == null ? "" : ": somebody waits for ever";
            return all + (broken == null ? wrong : ": " + broken + ", after " + trace.size() + " steps");
        }

        @Override
        public String toString() {
            return summary() + "\n    " + String.join("\n    ", trace) + (stuck == null ? "" : stuck);
        }
    }

    private Explorer(Bounds bounds) {
        this.bounds = bounds;
        this.table = new StateTable(bounds.nodes() + 1);
    }

    static Found explore(Bounds bounds) {
        return new Explorer(bounds).run();
    }

    private Found run() {
        table.add(World.first(bounds).pack());
        for (int number = 0; number < table.size() && found == null; number++) {
            int here = number;
            World now = world(number);
            drained += now.command == Command.SAID ? 1 : 0;
            offer(now, (what, kind, change) -> step(here, what, kind, next(here, change)));
        }
        return found != null ? found : new Found(table.size(), steps, drained, null, List.of(), stuck());
    }

    private void step(int here, String what, Steps.Kind kind, World next) {
        steps++;
        int number = table.add(next.pack());
        boolean isNew = number >= 0;
        number = isNew ? number : -number - 1;
        if (isNew) {
            parents = number < parents.length ? parents : Arrays.copyOf(parents, 2 * parents.length);
            parents[number] = here;
        }
        if (kind == Steps.Kind.SURE) {
            if (ways == from.length) {
                from = Arrays.copyOf(from, 2 * ways);
                to = Arrays.copyOf(to, 2 * ways);
            }
            from[ways] = here;
            to[ways++] = number;
        }
        String broken = isNew && found == null ? next.broken() : null;
        if (broken != null) {
            found = new Found(table.size(), steps, drained, broken, trace(number), null);
        }
    }

    static void offer(World now, Steps steps) {
        new CommandSteps(now, steps).offer();
        for (int i = 0; i < now.nodes.length; i++) {
            new NodeSteps(now, i, steps).offer();
            new RequestSteps(now, i, steps).offer();
        }
    }

    private World world(int number) {
        return World.unpack(bounds, table.states(), table.at(number));
    }

    private World next(int number, Consumer<World> change) {
        World next = world(number);
        change.accept(next);
        return next;
    }

    private List<String> trace(int number) {
        List<String> trace = new ArrayList<>();
        for (int child = number; child > 0; child = parents[child]) {
            trace.add(between(parents[child], child) + "   -> " + world(child));
        }
        Collections.reverse(trace);
        return trace;
    }

    private String between(int parent, int child) {
        long[] wanted = Arrays.copyOfRange(table.states(), table.at(child), table.at(child + 1));
        List<String> found = new ArrayList<>();
        offer(world(parent), (what, kind, change) -> {
            if (Arrays.equals(next(parent, change).pack(), wanted)) {
                found.add(what);
            }
        });
        return found.get(0);
    }

    /** A state in which somebody waits, and from which no sure steps lead to one where nobody does; null if there is none. */
    private String stuck() {
        int[] first = new int[table.size() + 2]; // the ways, by where they lead to
        for (int way = 0; way < ways; way++) {
            first[to[way] + 2]++;
        }
        for (int i = 2; i < first.length; i++) {
            first[i] += first[i - 1];
        }
        int[] sorted = new int[ways];
        for (int way = 0; way < ways; way++) {
            sorted[first[to[way] + 1]++] = from[way];
        }
        boolean[] good = new boolean[table.size()];
        Deque<Integer> queue = new ArrayDeque<>();
        for (int number = 0; number < table.size(); number++) {
            good[number] = !world(number).holdsSomebody();
            if (good[number]) {
                queue.add(number);
            }
        }
        while (!queue.isEmpty()) {
            int number = queue.remove();
            for (int i = first[number]; i < first[number + 1]; i++) {
                if (!good[sorted[i]]) {
                    good[sorted[i]] = true;
                    queue.add(sorted[i]);
                }
            }
        }
        for (int number = 0; number < table.size(); number++) {
            if (!good[number]) {
                return world(number).toString();
            }
        }
        return null;
    }
}
