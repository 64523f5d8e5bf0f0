package dev.holdfast.balance;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import dev.holdfast.config.Printable;
import dev.holdfast.thread.OneThread;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

/**
 * Wakes the balance thread when something happens in the directory of the balance file. It only makes things fast: whoever
 * is woken looks for himself, and looks without being woken too. Confined to the balance thread, but for a thread of its
 * own, which does nothing but wait and wake.
 */
final class DirectoryWatch {
    private final Path file;
    private final String threadName;
    private final Runnable wake;
    private final Complaint complaint;

    private WatchService service; // null until the system gave one
    private Thread thread;
    private WatchKey key; // null until the directory was watched once
    private Object watchedDirectory;

    /** @param wake called on the watch thread; must not block */
    DirectoryWatch(Path file, String threadName, Runnable wake, Complaint complaint) {
        this.file = file;
        this.threadName = threadName;
        this.wake = wake;
        this.complaint = complaint;
    }

    /**
     * Begins to watch, or begins anew where the path leads to another directory by now: one that was deleted and made again,
     * or a symlink that was switched. To be called before each look, so that nothing between the two is missed.
     */
    void renew(Disk disk) {
        Path directory = file.getParent();
        try {
            Object found =
                    Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
            if (key != null && key.isValid() && Objects.equals(found, watchedDirectory)) {
                return;
            }
            if (service == null) {
                WatchService events = disk.newWatchService();
                service = events;
                thread = OneThread.daemon(() -> waitAndWake(events), threadName);
                thread.start();
            }
            if (key != null) {
                key.cancel();
            }
            key = directory.register(service, ENTRY_CREATE, ENTRY_DELETE, ENTRY_MODIFY);
            watchedDirectory = found;
            complaint.over("directory " + directory + " is watched now");
        } catch (IOException e) {
            String why = Printable.reason(e);
            complaint.say("directory " + directory + " cannot be watched: " + why + "; polling goes on");
        }
    }

    /** Ends the thread and waits for it. */
    void close() {
        if (service != null) {
            try {
                service.close();
                thread.join();
            } catch (IOException | InterruptedException e) {
                complaint.say("directory " + file.getParent() + " could not be left alone: " + e, e);
            }
        }
    }

    private void waitAndWake(WatchService events) {
        try {
            for (; ; ) {
                WatchKey signalled = events.take();
                boolean matters = false;
                for (WatchEvent<?> event : signalled.pollEvents()) {
                    matters |= matters(event);
                }
                boolean directoryGone = !signalled.reset();
                if (matters || directoryGone) {
                    wake.run();
                }
            }
        } catch (ClosedWatchServiceException | InterruptedException expected) {
            // The watch is closed: this thread ends.
        }
    }

    /**
     * Our own files do not matter: one that cannot be written would wake us to write it again, for ever. But we never delete
     * the status file, so somebody wants to see it written. What is written into other files, such as logs, does not matter
     * either. Other names that come and go do: ours may lead through them as a symlink.
     */
    private boolean matters(WatchEvent<?> event) {
        if (!(event.context() instanceof Path name)) {
            return true; // events were lost
        }
        String status = StatusFile.nameFor(file);
        if (event.kind() == ENTRY_DELETE && name.toString().equals(status)) {
            return true;
        }
        boolean ours = name.toString().startsWith(DrainedMarker.nameFor(file))
                || name.toString().startsWith(status);
        return !ours && (event.kind() != ENTRY_MODIFY || name.equals(file.getFileName()));
    }
}
