package dev.holdfast.it;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.Executors;

/**
 * A small web site with a database, run as a process of its own by {@link DatabaseSiteDeploy}. Its version n keeps what it is sent in
 * column {@code TEXT_n}, and needs that one and no other: each version begins by renaming the column of the one before, in two steps
 * with a pause between them, and takes the port from it only then, as careless upgrades do.
 *
 * <p>{@code /exchange} is as {@link NumberedSite} has it; a POST adds a row with its number. A request that comes to another schema
 * than that of its version is answered 500 and noted in the file of violations.
 */
final class DatabaseSite {
    private static final int THREADS = 8;
    private static final long MIGRATION_MILLIS = 150;

    private final String database;
    private final String column;
    private final Path violations;
    private final ThreadLocal<Connection> connections = new ThreadLocal<>();

    private DatabaseSite(String database, int version, Path violations) {
        this.database = database;
        this.column = column(version);
        this.violations = violations;
    }

    /** Arguments: port, JDBC address, version, file of violations, process id of the version before or 0. */
    public static void main(String[] args) throws Exception {
        int version = Integer.parseInt(args[2]);
        DatabaseSite site = new DatabaseSite(args[1], version, Path.of(args[3]));
        site.migrateFrom(version - 1);
        ProcessHandle.of(Long.parseLong(args[4])).ifPresent(before -> {
            before.destroy();
            before.onExit().join();
        });
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])), 1024);
        server.createContext("/", site::home);
        server.createContext("/exchange", site::exchange);
        server.setExecutor(Executors.newFixedThreadPool(THREADS));
        server.start();
        System.out.println("version " + version + " serves");
    }

    static String column(int version) {
        return "TEXT_" + version;
    }

    private void migrateFrom(int version) throws SQLException, InterruptedException {
        try (Statement statement = connection().createStatement()) {
            if (version == 0) {
                statement.execute("create table NOTE (NUMBER bigint, " + column + " varchar)");
                return;
            }
            statement.execute("alter table NOTE alter column " + column(version) + " rename to TEXT_HALF");
            Thread.sleep(MIGRATION_MILLIS);
            statement.execute("alter table NOTE alter column TEXT_HALF rename to " + column);
        }
    }

    private void home(HttpExchange exchange) throws IOException {
        boolean well = exchange.getRequestURI().getPath().equals("/") && hasItsSchema();
        exchange.sendResponseHeaders(well ? 200 : 503, -1);
        exchange.close();
    }

    private boolean hasItsSchema() {
        try {
            query();
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    private void exchange(HttpExchange exchange) throws IOException {
        Map<String, String> query = NumberedSite.query(exchange.getRequestURI());
        String number = query.get("number");
        TestBody.Sum received = TestBody.sum(exchange.getRequestBody());
        try {
            if (exchange.getRequestMethod().equals("POST")) {
                insert(Long.parseLong(number), Long.toString(received.crc()));
            } else {
                query();
            }
        } catch (SQLException e) {
            note(exchange.getRequestMethod() + " " + number + ": "
                    + e.getMessage().lines().findFirst().orElse(""));
            exchange.sendResponseHeaders(500, -1);
            exchange.close();
            return;
        }
        NumberedSite.answer(
                exchange, number, received, Long.parseLong(query.get("size")), query.containsKey("chunked"));
    }

    private void insert(long number, String text) throws SQLException {
        String insert = "insert into NOTE (NUMBER, " + column + ") values (?, ?)";
        try (PreparedStatement statement = connection().prepareStatement(insert)) {
            statement.setLong(1, number);
            statement.setString(2, text);
            statement.executeUpdate();
        }
    }

    private void query() throws SQLException {
        try (Statement statement = connection().createStatement();
                ResultSet row = statement.executeQuery("select count(" + column + ") from NOTE where NUMBER = 1")) {
            row.next();
        }
    }

    private Connection connection() throws SQLException {
        Connection connection = connections.get();
        if (connection == null) {
            connection = DriverManager.getConnection(database);
            connections.set(connection);
        }
        return connection;
    }

    private synchronized void note(String violation) throws IOException {
        Files.writeString(
                violations,
                violation + "\n",
                StandardCharsets.UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }
}
