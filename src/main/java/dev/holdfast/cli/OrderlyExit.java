package dev.holdfast.cli;

/** Serves until SIGTERM, SIGINT or SIGHUP; then stops the server in order and ends the JVM with exit code 0. */
final class OrderlyExit {
    private OrderlyExit() {}

    /** Returns only after a stop, which is to say never while the JVM lives on. */
    static void serve(WarServer server, Runnable whenItServes) throws StartException, InterruptedException {
        Thread hook = new Thread(() -> stopAndHalt(server), "holdfast-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            server.start();
        } catch (StartException failed) {
            Runtime.getRuntime().removeShutdownHook(hook);
            throw failed;
        }
        Logging.flush();
        whenItServes.run();
        server.awaitStopped();
    }

    private static void stopAndHalt(WarServer server) {
        try {
            server.close();
        } catch (RuntimeException failed) {
            System.err.println("holdfast: did not stop in order: " + StartException.describe(failed));
        } finally {
            Logging.finish();
            // Left alone, the JVM would end with 128 + signal, which supervisors take for a failure.
            Runtime.getRuntime().halt(0);
        }
    }
}
