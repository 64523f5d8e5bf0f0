/**
 * The protocol of the fleet as a small machine, of which every state that can be reached is looked at: all interleavings of
 * requests, nodes, operator and ensemble, with crashes, lost connections, ended sessions, late messages, and pauses, which need
 * no step of their own: whoever is not chosen stands still, for as long as the clock likes.
 *
 * <p>{@link dev.holdfast.cluster.model.NodeSteps} and {@link dev.holdfast.cluster.model.CommandSteps} are the protocol,
 * {@link dev.holdfast.cluster.model.World#broken} is what must never be seen, {@link dev.holdfast.cluster.model.Rule} what happens to be
 * needed for that.
 *
 * <p>In the code: a node asks in {@code ClusterLink}, is told and moves its gate in {@code ClusterSwitch.answered}, loses its connection in
 * {@code ClusterSwitch.goOnAlone}, registers and makes itself unknown in {@code Registration}, and reports in {@code ClusterNode.report}. Its
 * age is that of {@code Knowledge}, which {@code Gate.tryPass} asks, and {@code Passage.mayBegin} right before the first byte. The command is
 * {@code FleetTarget.until}, which
 * looks with {@code Fleet.look}, and asks a majority with {@code Fleet.read}.
 */
package dev.holdfast.cluster.model;
