package dev.holdfast.cli;

import dev.holdfast.config.Setting;
import dev.holdfast.config.UpstreamAddress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Holdfast, a sample site behind it, and the story of one upgrade for a newcomer. */
@Command(
        name = "demo",
        description = {
            "Starts Holdfast and, at the port of --upstream, a sample site.",
            "Says what to type in a second terminal, and tells what happens. Ends with Ctrl-C.",
            ""
        })
final class DemoCommand implements Callable<Integer> {
    /** An {@code IntSupplier} of the WAR's: how many requests wait. */
    private static final String HELD = "dev.holdfast.held";

    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1");

    /** Kept: a logger that nobody holds forgets its level. */
    private Logger log;

    @Spec
    private CommandSpec command;

    @Mixin
    private ServerOptions options;

    @Override
    public Integer call() throws StartException, InterruptedException {
        Logging.configure(options.log(), new ProgressLine(System.out)); // which stays empty: the story tells it
        log = Logger.getLogger("dev.holdfast");
        log.setLevel(Level.WARNING); // the story tells the rest
        Path balance = options.balanceFile();
        ScheduledExecutorService timer =
                Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "holdfast-demo"));
        try (SampleSite site = new SampleSite(sitePort());
                WarServer server = options.server()) {
            site.start();
            boolean created = createIfAbsent(balance);
            OrderlyExit.serve(server, () -> {
                introduce(server, balance, created);
                DemoStory story = new DemoStory(balance, site, this::say);
                timer.scheduleWithFixedDelay(() -> look(story, server, balance), 0, 100, TimeUnit.MILLISECONDS);
            });
        } finally {
            log.setLevel(null); // what runs in this JVM after us may have something to say
            timer.shutdownNow();
        }
        return 0;
    }

    private int sitePort() {
        UpstreamAddress upstream = UpstreamAddress.parse(options.value(Setting.UPSTREAM));
        if (upstream.secure() || upstream.socket() != null || !THIS_MACHINE.contains(upstream.host())) {
            throw options.refused(
                    Setting.UPSTREAM.option(),
                    upstream.toString(),
                    "http://localhost:<port>, because the demo starts its site there");
        }
        return upstream.port();
    }

    private static boolean createIfAbsent(Path balance) throws StartException {
        try {
            if (Files.exists(balance)) {
                return false;
            }
            Files.createFile(balance);
            return true;
        } catch (IOException e) {
            throw new StartException("cannot create the balance file (--balance-file): " + e);
        }
    }

    private void introduce(WarServer server, Path balance, boolean created) {
        say(options.serving(server));
        if (created) {
            say("(the balance file was not there; it is now)");
        }
        String file = balance.getFileName().toString();
        String curl = "curl " + server.url() + "/";
        say("");
        say("In a second terminal, type:");
        say("  cd " + balance.getParent());
        say("  " + curl + "      # version 1 answers");
        say("  rm " + file);
        say("  " + curl + " &    # waits; do it again, if you like");
        say("  touch " + file + "      # when version 2 is up: it answers those who waited");
        say("");
    }

    /** On the demo's thread. */
    private void look(DemoStory story, WarServer server, Path balance) {
        try {
            int held = server.attribute(HELD) instanceof IntSupplier count ? count.getAsInt() : 0;
            Path marker = balance.resolveSibling(balance.getFileName() + ".drained");
            story.look(Files.exists(balance), Files.exists(marker), held, System.nanoTime());
        } catch (StartException | RuntimeException e) {
            say("the demo ends here: " + StartException.describe(e));
            throw new IllegalStateException(e); // and is not called again
        }
    }

    private void say(String line) {
        PrintWriter out = command.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
