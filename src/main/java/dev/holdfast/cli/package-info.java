/**
 * {@code java -jar holdfast.war}: the WAR by itself, in an embedded Tomcat; and the operator's commands to a Holdfast that
 * runs, here or in another container.
 *
 * <p>The commands move a {@link dev.holdfast.cli.Target}: the balance file ({@link dev.holdfast.balance.SwitchFile}), where they listen
 * to what Holdfast writes beside it ({@link dev.holdfast.cli.StatusWatch}) and {@link dev.holdfast.cli.Await} waits until the
 * {@link dev.holdfast.cli.Goal} is reached; or the switch of a {@link dev.holdfast.cluster.Fleet}. They load no class of Tomcat's,
 * since a deploy script waits for them, and none of ZooKeeper's where it is not asked for.
 *
 * <p>{@link dev.holdfast.cli.WarServer} deploys the very WAR that it was started from, with its {@code web.xml}, in a class
 * loader of its own; so nothing here can touch the other packages' objects. What both sides must share goes through
 * attributes of the {@code ServletContext}, as types of the JDK. Knows {@code config}, what the commands move, and Tomcat; nothing
 * else.
 *
 * <p>Threads: {@code main} starts and then waits; {@code holdfast-stop} is the JVM's shutdown hook; {@code holdfast-demo}
 * tells the demo's story.
 */
package dev.holdfast.cli;
