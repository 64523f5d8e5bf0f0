package dev.holdfast.thread;

import static java.util.concurrent.TimeUnit.HOURS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class OneThreadTest {
    private final CompletableFuture<Thread> itself = new CompletableFuture<>();

    @Test
    void runsOneAfterTheOtherInADaemonOfThatName() throws Exception {
        List<Integer> ran = new ArrayList<>(); // of that thread
        try (OneThread thread = new OneThread("holdfast-of-a-test")) {
            for (int i = 0; i < 100; i++) {
                int number = i;
                thread.execute(() -> ran.add(number));
            }
            thread.execute(() -> itself.complete(Thread.currentThread()));
            assertEquals("holdfast-of-a-test", itself.get().getName());
            assertTrue(itself.get().isDaemon());
            assertEquals(100, ran.size());
            assertEquals(99, ran.get(99));
        }
    }

    /** Once it was only told to end: an undeployed web application seemed to leak it, as Tomcat said on a busy machine. */
    @Test
    void hasEndedWhenItIsClosed() throws Exception {
        for (int i = 0; i < 1000; i++) {
            CompletableFuture<Thread> one = new CompletableFuture<>();
            OneThread thread = new OneThread("one");
            thread.execute(() -> one.complete(Thread.currentThread()));
            Thread running = one.get();

            thread.close();

            assertFalse(running.isAlive());
        }
    }

    @Test
    void dropsWhatWaitsAndWhatComesAfterItsEnd() throws Exception {
        CountDownLatch dropped = new CountDownLatch(1);
        OneThread thread = new OneThread("one");
        thread.schedule(dropped::countDown, 1, HOURS);

        thread.close();
        thread.execute(dropped::countDown);
        thread.schedule(dropped::countDown, 0, HOURS);
        thread.close();

        assertTrue(thread.isTerminated());
        assertEquals(1, dropped.getCount());
    }

    @Test
    void mayBeClosedByItsOwnTask() throws Exception {
        OneThread thread = new OneThread("one");
        thread.execute(() -> {
            thread.close();
            itself.complete(Thread.currentThread());
        });
        itself.get().join();
        assertTrue(thread.isTerminated());
    }

    @Test
    void isLeftAloneWhenItsTaskGoesOn() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        OneThread thread = new OneThread("one");
        thread.execute(() -> {
            itself.complete(Thread.currentThread());
            while (end.getCount() > 0) {
                Thread.onSpinWait();
            }
        });
        Thread running = itself.get();

        thread.close();

        assertTrue(running.isAlive());
        end.countDown();
        running.join();
    }
}
