/**
 * {@code java -jar holdfast.war}: the WAR by itself, in an embedded Tomcat; and the operator's commands to a Holdfast that
 * runs, here or in another container.
 *
 * <p>The commands move the balance file ({@link dev.holdfast.cli.SwitchFile}) and listen to what Holdfast writes beside it
 * ({@link dev.holdfast.cli.StatusWatch}); {@link dev.holdfast.cli.Await} waits until the {@link dev.holdfast.cli.Goal} is
 * reached. They load no class of Tomcat's, since a deploy script waits for them.
 *
 * <p>{@link dev.holdfast.cli.WarServer} deploys the very WAR that it was started from, with its {@code web.xml}, in a class
 * loader of its own; so nothing here can touch the other packages' objects. What both sides must share goes through
 * attributes of the {@code ServletContext}, as types of the JDK. Knows {@code config} and Tomcat, nothing else.
 *
 * <p>Threads: {@code main} starts and then waits; {@code holdfast-stop} is the JVM's shutdown hook; {@code holdfast-demo}
 * tells the demo's story.
 */
package dev.holdfast.cli;
