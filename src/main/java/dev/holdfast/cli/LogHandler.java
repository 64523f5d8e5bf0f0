package dev.holdfast.cli;

import java.io.PrintStream;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.ErrorManager;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/**
 * Writes the log in a thread of its own, without tearing the progress line apart that may stand there: who logs never waits for a
 * disk, or for a program that does not read our stderr. What cannot be written for so long that too much of it waits is counted,
 * and told later. No {@code ConsoleHandler}: to each of them Tomcat's own logging gives another formatter when it begins. Thread-safe.
 */
final class LogHandler extends Handler {
    /** Some megabytes at most. */
    static final int MOST_WAITING = 10_000;

    private static final long LONGEST_FLUSH_SECONDS = 2;

    private final PrintStream out;
    private final ProgressLine progress;
    private final AtomicLong lost = new AtomicLong();
    private final ThreadPoolExecutor writer = new ThreadPoolExecutor(
            1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MOST_WAITING), LogHandler::daemon, (task, full) -> {
                lost.incrementAndGet();
            });

    LogHandler(PrintStream out, Formatter format, ProgressLine progress) {
        this.out = out;
        this.progress = progress;
        writer.prestartCoreThread();
        setFormatter(format);
        setLevel(Level.ALL);
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "holdfast-log");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void publish(LogRecord record) {
        if (isLoggable(record)) {
            try {
                String line = getFormatter().format(record); // now: its parameters may change
                writer.execute(() -> print(line));
            } catch (RuntimeException e) {
                reportError(null, e, ErrorManager.FORMAT_FAILURE);
            }
        }
    }

    private void print(String line) {
        long gap = lost.getAndSet(0);
        progress.printAbove(() -> {
            if (gap > 0) {
                out.print(getFormatter().format(loss(gap)));
            }
            out.print(line);
            out.flush();
        });
    }

    private static LogRecord loss(long lines) {
        LogRecord record = new LogRecord(
                Level.WARNING, "lines of the log lost here, which could not be written as fast as they came: " + lines);
        record.setLoggerName(LogHandler.class.getName());
        return record;
    }

    /** Waits until all of it so far is written; not for ever. */
    @Override
    public void flush() {
        isWritten();
    }

    private boolean isWritten() {
        if (writer.isShutdown()) {
            return true;
        }
        try {
            FutureTask<Void> end = new FutureTask<>(() -> null);
            // Not by execute(), which would not wait for room.
            if (!writer.getQueue().offer(end, LONGEST_FLUSH_SECONDS, TimeUnit.SECONDS)) {
                return false;
            }
            end.get(LONGEST_FLUSH_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException cannotBeWritten) {
            return false; // nor could that be told
        }
    }

    /** At the end of the process, which still has something to say there. */
    @Override
    public void close() {
        boolean written = isWritten();
        writer.shutdown();
        if (written) { // else the line stays as it is, with whoever waits for the terminal
            progress.end();
        }
    }
}
