package dev.holdfast.proxy;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The HTTP/2 connections of clients: on each, the exchanges read and write in turn, on container threads.
 *
 * <p>Over HTTP/2 Tomcat blocks where the Servlet API promises that nothing does: while the socket of the connection takes
 * no more, whoever writes to it waits, be it only the window that a read grants. On a reactor thread that would stop all
 * clients; and without turns, one client that reads nothing would stop as many container threads as it has streams.
 *
 * <p>Thread-safe.
 */
final class ClientTurns {
    /** Who waits for a turn, by connection; no entry where nobody has it. */
    private final Map<String, Queue<ClientTurn>> connections = new ConcurrentHashMap<>();

    /** Gives it the turn when those before it on its connection have had theirs. Does not wait. */
    void queue(ClientTurn turn) {
        Queue<ClientTurn> none = new ArrayDeque<>(1);
        Queue<ClientTurn> queue = connections.merge(turn.connection(), none, (waiting, unused) -> {
            waiting.add(turn);
            return waiting;
        });
        if (queue == none) {
            give(turn);
        }
    }

    /** Its turn is over: it is the next one's. */
    void pass(ClientTurn turn) {
        give(next(turn.connection()));
    }

    private void give(ClientTurn first) {
        for (ClientTurn turn = first; turn != null; turn = next(turn.connection())) {
            try {
                turn.context().start(turn);
                return;
            } catch (RuntimeException requestIsOver) { // or the container is going down
                turn.isLost();
            }
        }
    }

    /** Null when nobody waits. */
    private ClientTurn next(String connection) {
        ClientTurn[] next = new ClientTurn[1];
        connections.computeIfPresent(connection, (id, waiting) -> {
            next[0] = waiting.poll();
            return next[0] == null ? null : waiting;
        });
        return next[0];
    }
}
