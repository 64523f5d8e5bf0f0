package dev.holdfast.cluster;

import java.util.List;

/**
 * A fleet, as one server of ZooKeeper has it.
 *
 * @param before what the switch said before the nodes were looked at
 * @param nodes by name
 */
public record FleetView(SwitchReading before, List<NodeView> nodes) {}
