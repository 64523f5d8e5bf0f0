package dev.holdfast.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** A running site that others wrote. */
record PeerSite(Kind kind, int port, Runnable stop) {
    private static final Pattern SERVES = Pattern.compile("site serves (\\d+)");

    enum Kind {
        EXPRESS,
        FASTIFY,
        JETTY
    }

    /** @param peers where {@link PeerPrograms#install} put them */
    static PeerSite start(Kind kind, Path peers) throws Exception {
        Path files = peers.resolve("files");
        if (kind == Kind.JETTY) {
            JettySite jetty = new JettySite(files);
            return new PeerSite(kind, jetty.port(), jetty::close);
        }
        Path output = Files.createTempFile(peers, kind.name(), ".out");
        List<String> command = List.of("node", kind.name().toLowerCase(Locale.ROOT) + "-site.js", files.toString());
        ChildProcess node = ChildProcess.start(peers, output, Map.of("NODE_ENV", "production"), command);
        return new PeerSite(kind, Integer.parseInt(node.awaitOutput(SERVES).group(1)), node::close);
    }
}
