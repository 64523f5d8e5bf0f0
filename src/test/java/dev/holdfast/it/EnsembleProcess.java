package dev.holdfast.it;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Three ZooKeeper servers, a process each, which can be killed and started again. While one is down its ports are its own, too.
 */
final class EnsembleProcess implements AutoCloseable {
    static final int SERVERS = 3;
    private static final int TICK_MILLIS = 500;

    /** What a server listens on. */
    private record Ports(ReservedPort clients, ReservedPort followers, ReservedPort elections) {}

    private final Path directory;
    private final List<Ports> ports = new ArrayList<>();
    private final List<ChildProcess> servers = new ArrayList<>();

    private EnsembleProcess(Path directory) {
        this.directory = directory;
    }

    /** Starts all, and waits until they have a leader. */
    static EnsembleProcess start(Path directory) throws IOException {
        EnsembleProcess ensemble = new EnsembleProcess(directory);
        for (int i = 0; i < SERVERS; i++) {
            ensemble.ports.add(new Ports(new ReservedPort(), new ReservedPort(), new ReservedPort()));
            ensemble.servers.add(null);
        }
        for (int i = 0; i < SERVERS; i++) {
            ensemble.start(i);
        }
        ensemble.awaitLeader();
        return ensemble;
    }

    /** Of all servers, as a client wants it. */
    String hosts() {
        return ports.stream()
                .map(server -> "127.0.0.1:" + server.clients().number())
                .collect(Collectors.joining(","));
    }

    /** Starts it, perhaps again. Does not wait. */
    void start(int server) throws IOException {
        Path home = Files.createDirectories(directory.resolve("server-" + (server + 1)));
        Files.writeString(Files.createDirectories(home.resolve("data")).resolve("myid"), Integer.toString(server + 1));
        Path config = Files.writeString(home.resolve("zoo.cfg"), config(server, home.resolve("data")));
        List<String> command = List.of(
                ChildProcess.java(),
                "-Xmx96m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dzookeeper.forceSync=no",
                "-cp",
                System.getProperty("java.class.path"),
                "org.apache.zookeeper.server.quorum.QuorumPeerMain",
                config.toString());
        servers.set(server, ChildProcess.start(home, home.resolve("out"), Map.of(), command));
    }

    void kill(int server) {
        servers.get(server).kill();
    }

    ChildProcess server(int server) {
        return servers.get(server);
    }

    int leader() {
        for (int i = 0; i < SERVERS; i++) {
            if (mode(i).equals("leader")) {
                return i;
            }
        }
        return -1;
    }

    /** Waits until there is one, and those who live follow it. */
    void awaitLeader() {
        await("a leader of the ensemble").atMost(Duration.ofSeconds(60)).until(() -> leader() >= 0);
    }

    private String mode(int server) {
        return says(server, "Mode");
    }

    /** One of the things that the server says of itself, such as "Received"; empty where it does not answer. */
    String says(int server, String what) {
        try (Socket socket = new Socket()) {
            Ports its = ports.get(server);
            socket.connect(new InetSocketAddress("127.0.0.1", its.clients().number()), 1000);
            socket.setSoTimeout(2000);
            socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return answer.lines()
                    .filter(line -> line.startsWith(what + ": "))
                    .map(line -> line.substring(what.length() + 2))
                    .findFirst()
                    .orElse("");
        } catch (IOException down) {
            return "";
        }
    }

    private String config(int server, Path data) {
        StringBuilder config =
                new StringBuilder("tickTime=" + TICK_MILLIS + "\ninitLimit=20\nsyncLimit=4\nmaxClientCnxns=0\n");
        config.append("admin.enableServer=false\n4lw.commands.whitelist=srvr\nclientPortAddress=127.0.0.1\n");
        config.append("dataDir=").append(data).append("\nclientPort=");
        config.append(ports.get(server).clients().number()).append('\n');
        for (int i = 0; i < SERVERS; i++) {
            Ports its = ports.get(i);
            config.append("server.")
                    .append(i + 1)
                    .append("=127.0.0.1:")
                    .append(its.followers().number());
            config.append(':').append(its.elections().number()).append('\n');
        }
        return config.toString();
    }

    @Override
    public void close() throws IOException {
        for (ChildProcess server : servers) {
            if (server != null) {
                server.close();
            }
        }
        for (Ports its : ports) {
            its.clients().close();
            its.followers().close();
            its.elections().close();
        }
    }
}
