package dev.holdfast.proxy;

import dev.holdfast.config.Printable;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A reactor thread. Whoever is called by it within an event may have it run something at the end of that event, when it holds no
 * lock: a container, for instance, what it would wake a thread of its own for, if that never blocks.
 */
final class EngineThread extends Thread implements Executor {
    private static final Logger LOG = Logger.getLogger(EngineThread.class.getName());

    private final Queue<Runnable> due = new ArrayDeque<>(); // of this thread, as is what follows
    private int events;

    EngineThread(Runnable task, String name) {
        super(task, name);
        setDaemon(true);
    }

    /** In any thread; to be followed by {@link #eventEnds}. */
    static void eventBegins() {
        if (Thread.currentThread() instanceof EngineThread here) {
            here.events++;
        }
    }

    static void eventEnds() {
        if (Thread.currentThread() instanceof EngineThread here && --here.events == 0) {
            here.runDue();
        }
    }

    private void runDue() {
        for (Runnable task = due.poll(); task != null; task = due.poll()) {
            try {
                task.run();
            } catch (RuntimeException | Error e) { // would end this thread, and with it every exchange from then on
                LOG.log(Level.SEVERE, "what was to be done after an event failed", Printable.escaped(e));
            }
        }
    }

    /** @throws RejectedExecutionException in another thread, or where no event is */
    @Override
    public void execute(Runnable task) {
        if (Thread.currentThread() != this || events == 0) {
            throw new RejectedExecutionException("not within an event");
        }
        due.add(task);
    }
}
