package dev.holdfast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LogHandlerTest {
    private final CountDownLatch taken = new CountDownLatch(1);
    private final CountDownLatch room = new CountDownLatch(1);
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final LogHandler log = new LogHandler(
            new PrintStream(new SlowDisk()),
            new Formatter() {
                @Override
                public String format(LogRecord record) {
                    return formatMessage(record) + "\n";
                }
            },
            new ProgressLine(new PrintStream(OutputStream.nullOutputStream())));

    private void tell(Object what) {
        LogRecord record = new LogRecord(Level.INFO, "{0}");
        record.setParameters(new Object[] {what});
        log.publish(record);
    }

    private List<String> lines() {
        return written.toString().lines().toList();
    }

    /** It was written by whoever logged: the gate's thread, on a full pipe, released nobody any more. */
    @Test
    void whoLogsDoesNotWaitForTheDiskAndWhatHasNoRoomIsCounted() throws Exception {
        tell("first");
        taken.await(); // by the thread that writes, which stands now
        for (int i = 0; i < LogHandler.MOST_WAITING + 7; i++) {
            tell("line " + i);
        }
        room.countDown();
        log.flush();
        tell("last");
        log.close();

        List<String> lines = lines();
        assertEquals("first", lines.get(0));
        int behindTheGap = lines.size() - 2;
        assertTrue(lines.stream().anyMatch(line -> line.endsWith("as fast as they came: 7")), () -> lines.get(1));
        assertEquals("line " + (LogHandler.MOST_WAITING - 1), lines.get(behindTheGap));
        assertEquals("last", lines.get(behindTheGap + 1));
        assertEquals(LogHandler.MOST_WAITING + 3, lines.size());
    }

    @Test
    void whatIsToldIsThatOfTheMoment() throws Exception {
        room.countDown();
        StringBuilder changing = new StringBuilder("before");
        tell(changing);
        changing.append(", after");
        log.close();
        assertEquals(List.of("before"), lines());
    }

    @Test
    void aDiskThatNeverComesBackDoesNotKeepTheProcessFromItsEnd() throws Exception {
        tell("first");
        taken.await();
        log.close();
        assertEquals(List.of(), lines());
        room.countDown();
    }

    private final class SlowDisk extends OutputStream {
        @Override
        public void write(int b) {
            written.write(b);
        }

        @Override
        public void write(byte[] bytes, int from, int count) {
            taken.countDown();
            try {
                room.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            written.write(bytes, from, count);
        }
    }
}
