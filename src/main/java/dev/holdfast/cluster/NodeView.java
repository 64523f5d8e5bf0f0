package dev.holdfast.cluster;

import java.util.Optional;

/**
 * A node of the fleet, as ZooKeeper has it.
 *
 * @param lives whether its session is there
 * @param report empty where it does not live, or cannot be understood
 * @param known empty where nobody misses it if it goes, or it cannot be understood
 * @param knownVersion of that, from before it was looked whether it lives
 */
public record NodeView(
        String name, boolean lives, Optional<NodeReport> report, Optional<KnownNode> known, int knownVersion) {}
