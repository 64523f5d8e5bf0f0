package dev.holdfast.cli;

import dev.holdfast.balance.SwitchFile;
import dev.holdfast.config.UpstreamAddress;
import java.io.IOException;
import java.time.Duration;
import picocli.CommandLine;

/** The Holdfast that watches a balance file. */
record FileTarget(SwitchFile file, CommandLine command) implements Target {
    @Override
    public String hold() throws IOException {
        return file.hold();
    }

    @Override
    public String release() throws IOException {
        return file.release(forwardedTo());
    }

    @Override
    public String releaseTo(UpstreamAddress upstream) throws IOException {
        return file.releaseTo(upstream);
    }

    @Override
    public String refuse(String message) throws IOException {
        return file.refuse(message);
    }

    @Override
    public int until(Goal goal, Duration limit) throws IOException, CommandException, InterruptedException {
        return new Await(file, command).until(goal, limit);
    }

    @Override
    public int answer(boolean json) throws IOException, CommandException, InterruptedException {
        return new Await(file, command).answer(json);
    }

    /** As the status has it, be it old: nothing has been forwarded since. */
    private String forwardedTo() throws IOException {
        return StatusView.parse(SwitchFile.read(file.status()))
                .map(StatusView::forwardedTo)
                .orElse(null);
    }
}
