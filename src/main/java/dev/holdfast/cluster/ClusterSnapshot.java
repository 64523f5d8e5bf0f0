package dev.holdfast.cluster;

import java.time.Duration;

/**
 * What is known of the fleet's switch.
 *
 * @param node the name of this one
 * @param connected whether ZooKeeper is there
 * @param age of what is known: how long ago the question was sent that was answered last
 * @param version of the switch that the gate has been moved to; {@link SwitchReading#NONE} for none
 * @param says what the switch said then, as a phrase that goes on after its name
 * @param problem what is the matter; empty when nothing is
 */
public record ClusterSnapshot(
        String node, boolean connected, Duration age, long version, String says, String problem) {}
