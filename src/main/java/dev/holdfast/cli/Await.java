package dev.holdfast.cli;

import dev.holdfast.balance.SwitchFile;
import dev.holdfast.cli.Goal.Verdict;
import dev.holdfast.config.Durations;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine;

/** Waits for a {@link Goal}, says how it ended, and returns the exit code. For one wait. */
final class Await {
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final Duration PROGRESS_EACH = Duration.ofSeconds(1);

    private final SwitchFile file;
    private final StatusWatch status;
    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean terminal;
    private final long startNanos = System.nanoTime();
    private long toldNanos = startNanos;
    private StatusView closed; // when it was heard to be closed first

    Await(SwitchFile file, CommandLine command) {
        this.file = file;
        this.status = new StatusWatch(file.status());
        this.out = command.getOut();
        this.err = command.getErr();
        this.terminal = Terminal.isThere();
    }

    /**
     * Where no limit is given, waits until Holdfast has done it, which it does at once unless something is wrong.
     *
     * @param limit null for none
     */
    int until(Goal goal, Duration limit) throws IOException, CommandException, InterruptedException {
        status.ask();
        for (; ; ) {
            status.look();
            Optional<StatusView> heard = status.heard();
            Verdict verdict = heard.isEmpty() ? Verdict.NOT_YET : judge(goal, heard.get());
            if (verdict == Verdict.REACHED) {
                out.println(heard.get().summary(after()));
                return Exit.DONE;
            }
            if (verdict == Verdict.UNDONE) {
                return fail(Exit.UNDONE, "somebody else moved " + file.file() + " meanwhile; now " + now());
            }
            boolean over = elapsed().compareTo(limit == null ? status.patience() : limit) >= 0;
            if (status.isSilent() || (over && heard.isEmpty())) {
                return nobodyAnswers();
            }
            if (over) {
                String reasons = heard.get().reasons();
                String message = "not " + goal.word() + after() + "; "
                        + heard.get().summary() + (reasons.isEmpty() ? "" : "; " + reasons);
                return fail(limit == null ? Exit.FAILED : Exit.NOT_DONE, message);
            }
            tellProgress();
            Thread.sleep(PAUSE.toMillis());
        }
    }

    private Verdict judge(Goal goal, StatusView heard) throws IOException {
        if (heard.closedByFile()) {
            closed = closed == null ? heard : closed;
        }
        boolean anotherHold =
                closed != null && closed.instance().equals(heard.instance()) && closed.holds() != heard.holds();
        if (anotherHold && (goal == Goal.DRAINED || goal == Goal.HELD)) {
            return Verdict.UNDONE;
        }
        return goal.judge(heard, file.says());
    }

    /** Says what Holdfast is doing; for the operator who just wants to know. */
    int answer(boolean json) throws IOException, CommandException, InterruptedException {
        status.ask();
        for (status.look(); status.heard().isEmpty(); status.look()) {
            if (status.isSilent()) {
                if (json) {
                    status.lastWords().ifPresent(view -> out.print(view.line()));
                }
                return nobodyAnswers();
            }
            Thread.sleep(PAUSE.toMillis());
        }
        StatusView heard = status.heard().get();
        out.println(json ? heard.line().strip() : heard.describe());
        return Exit.DONE;
    }

    private int nobodyAnswers() {
        return fail(
                Exit.FAILED,
                "no Holdfast answers at " + file.status() + after() + ": is " + file.file()
                        + " its balance file, does it run, and can it write there?"
                        + status.lastWords()
                                .map(last -> " It was heard of last by " + last.written() + ": " + last.summary())
                                .orElse(""));
    }

    private int fail(int exit, String message) {
        err.println("holdfast: " + message);
        return exit;
    }

    private void tellProgress() {
        long now = System.nanoTime();
        if (terminal && now - toldNanos >= PROGRESS_EACH.toNanos()) {
            toldNanos = now;
            err.println(now());
        }
    }

    private String now() {
        return status.heard().map(StatusView::summary).orElse("nothing heard of Holdfast yet");
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    private String after() {
        return " after " + Durations.inSeconds(elapsed());
    }
}
