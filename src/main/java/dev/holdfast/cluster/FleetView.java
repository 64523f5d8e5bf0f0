package dev.holdfast.cluster;

import java.util.List;

/**
 * A fleet, as one server of ZooKeeper has it.
 *
 * @param says what the switch said before the nodes were looked at, and still said after that
 * @param nodes by name
 */
public record FleetView(SwitchReading says, List<NodeView> nodes) {}
