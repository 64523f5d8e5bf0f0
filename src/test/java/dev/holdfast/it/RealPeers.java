package dev.holdfast.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Three sites and three fronts, started when they are first asked for and kept for all test classes of this run. */
final class RealPeers implements AutoCloseable {
    private final Path programs;
    private final Path directory;
    private final Map<PeerSite.Kind, PeerSite> sites = new EnumMap<>(PeerSite.Kind.class);
    private final Map<PeerFront.Kind, PeerFront> fronts = new EnumMap<>(PeerFront.Kind.class);
    private final Deque<Runnable> started = new ArrayDeque<>();

    private RealPeers() throws Exception {
        programs = PeerPrograms.install();
        directory = Files.createTempDirectory(programs, "run");
    }

    /** The directory of the scripts and of {@code files}. */
    Path programs() {
        return programs;
    }

    PeerSite site(PeerSite.Kind kind) throws Exception {
        PeerSite site = sites.get(kind);
        if (site == null) {
            site = PeerSite.start(kind, programs);
            started.push(site.stop());
            sites.put(kind, site);
        }
        return site;
    }

    PeerFront front(PeerFront.Kind kind) throws Exception {
        PeerFront front = fronts.get(kind);
        if (front == null) {
            int upstream = site(PeerSite.Kind.EXPRESS).port();
            front = PeerFront.start(kind, directory.resolve(kind.name()), upstream);
            started.push(front.stop());
            fronts.put(kind, front);
        }
        return front;
    }

    @Override
    public void close() {
        started.forEach(Runnable::run);
    }

    /** Gives them to a test; disables it, and says so, where curl, node or npm is not there, unless CI is set. */
    static final class Extension implements ExecutionCondition, ParameterResolver {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            List<String> missing = PeerPrograms.missing();
            return missing.isEmpty() || System.getenv("CI") != null
                    ? ConditionEvaluationResult.enabled("to be run")
                    : ConditionEvaluationResult.disabled("not installed here: " + missing);
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == RealPeers.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getRoot()
                    .getStore(Namespace.create(RealPeers.class))
                    .getOrComputeIfAbsent(RealPeers.class, any -> started(), RealPeers.class);
        }

        private static RealPeers started() {
            try {
                return new RealPeers();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
