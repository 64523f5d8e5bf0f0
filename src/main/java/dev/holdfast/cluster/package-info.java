/**
 * Several nodes with one switch: on ZooKeeper, through Curator; only this room knows either. Nothing of it is loaded where the
 * setting {@code zookeeper} is absent.
 *
 * <pre>
 *   {@code <path>/<site>}
 *      /switch          its data: what "open" said last, for the next release
 *      /switch/open     there: forward, to where its data says, in the grammar of the balance file; absent: hold
 *      /nodes/{@code <name>}    one a living Holdfast, gone with its session: how it is (NodeReport)
 *      /known/{@code <name>}    one a Holdfast that has not said goodbye (KnownNode)
 * </pre>
 *
 * <p>The version of the switch is the zxid of what moved it last, be it a deletion: the parent's pzxid, or mzxid of "open". A node
 * tells the version that its gate has been moved to; so "drained" is said of this very hold and of no other. Whoever is known and
 * not there has not said that he is drained, and nobody says it for him.
 *
 * <p>Threads: {@link dev.holdfast.cluster.ClusterLink} has one that talks to ZooKeeper and may block; the cluster thread of
 * {@link dev.holdfast.cluster.ClusterNode} decides and never blocks, so that it notices when the process was paused; Curator's and
 * ZooKeeper's own only wake these two. A request asks {@link dev.holdfast.cluster.Knowledge}, which is one volatile field.
 */
package dev.holdfast.cluster;
