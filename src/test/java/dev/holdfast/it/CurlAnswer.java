package dev.holdfast.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What curl got, without what may differ from one hop to the next.
 *
 * @param exit curl's exit code: 0, or 18 when the answer was cut
 * @param heads status and fields of each answer but the interim ones, and trailers; names in lower case, sorted
 */
record CurlAnswer(int exit, List<List<String>> heads, byte[] body) {
    /** Of the hop; and Date, which is the moment's. */
    private static final Set<String> OF_THE_HOP =
            Set.of("connection", "keep-alive", "transfer-encoding", "trailer", "upgrade", "via", "date");

    /** What Tomcat takes from an answer that has no body. */
    private static final Set<String> OF_A_BODY = Set.of("content-length", "content-type");

    /** What Holdfast adds, and what only concerns a hop. */
    private static final Set<String> ECHO_OF_THE_HOP = Set.of(
            "connection",
            "expect",
            "transfer-encoding",
            "via",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-proto",
            "x-forwarded-port",
            "x-held-ms");

    private static final int CUT_IN_HTTP_2 = 92;
    private static final int CUT = 18;

    static CurlAnswer parse(CurlCall call, int exit, Path head, Path body) throws IOException {
        String[] blocks = Files.readString(head, ISO_8859_1).split("\r\n\r\n");
        List<List<String>> heads = Stream.of(blocks)
                .map(block -> fields(block, call))
                .filter(block -> !block.isEmpty() && !block.get(0).matches("1\\d\\d"))
                .toList();
        byte[] bytes = call.isHead() || Files.notExists(body) ? new byte[0] : Files.readAllBytes(body);
        return new CurlAnswer(exit == CUT_IN_HTTP_2 ? CUT : exit, heads, call.isEcho() ? asked(bytes) : bytes);
    }

    private static List<String> fields(String block, CurlCall call) {
        List<String> fields = new ArrayList<>();
        String status = "";
        for (String line : block.strip().split("\r\n")) {
            int colon = line.indexOf(':');
            if (line.startsWith("HTTP/")) {
                status = line.split(" ")[1];
            } else if (colon > 0) {
                String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
                if (!OF_THE_HOP.contains(name) && !(call.isEcho() && name.equals("content-length"))) {
                    String value = line.substring(colon + 1).strip();
                    fields.add(name + ": " + (name.equals("content-type") ? mediaType(value) : value));
                }
            }
        }
        if (Set.of("204", "205", "304").contains(status)) {
            fields.removeIf(field -> OF_A_BODY.contains(name(field)));
        }
        fields.sort((a, b) -> name(a).compareTo(name(b))); // stable: repeated fields stay in order
        if (!status.isEmpty()) {
            fields.add(0, status);
        }
        return fields;
    }

    /** Tomcat takes it apart and writes it anew: without spaces and quotes, charset last. */
    private static String mediaType(String value) {
        String[] parts = value.replace("\"", "").split("\\s*;\\s*");
        Arrays.sort(parts, 1, parts.length);
        return String.join(";", parts);
    }

    private static String name(String field) {
        return field.substring(0, field.indexOf(':'));
    }

    /**
     * What the site says it was asked, without what Holdfast adds. Tomcat keeps names in lower case only, and the Servlet API
     * puts fields of the same name together. Jetty adds to Host the port of X-Forwarded-Port.
     */
    private static byte[] asked(byte[] body) {
        List<String> asked = new ArrayList<>();
        for (String line : new String(body, ISO_8859_1).split("\n")) {
            int colon = line.indexOf(": ");
            String name = colon < 0 ? "" : line.substring(0, colon).toLowerCase(Locale.ROOT);
            if (!ECHO_OF_THE_HOP.contains(name)) {
                String field = name + (colon < 0 ? line : line.substring(colon));
                asked.add(field.equals("host: " + CurlRun.HOST + ":80") ? "host: " + CurlRun.HOST : field);
            }
        }
        asked.sort((a, b) -> a.split(":")[0].compareTo(b.split(":")[0])); // stable, as above
        return String.join("\n", asked).getBytes(ISO_8859_1);
    }

    int status() {
        for (int i = heads.size() - 1; i >= 0; i--) {
            String first = heads.get(i).get(0);
            if (first.length() == 3) {
                return Integer.parseInt(first);
            }
        }
        return 0;
    }

    /** How {@code other} differs, line by line; empty when it does not. */
    List<String> differences(CurlAnswer other) {
        List<String> found = new ArrayList<>();
        if (exit == CUT && other.exit == 0 && other.status() == 502) {
            return found; // cut before any of it had gone to the client
        }
        if (exit != other.exit) {
            found.add("curl's exit " + exit + " became " + other.exit);
        }
        List<String> mine = heads.stream().flatMap(List::stream).toList();
        List<String> theirs = other.heads.stream().flatMap(List::stream).toList();
        addLost(found, "lost: ", mine, theirs);
        addLost(found, "new: ", theirs, mine);
        if (found.isEmpty() && !mine.equals(theirs)) {
            found.add("order: " + mine + " became " + theirs);
        }
        if (!Arrays.equals(body, other.body)) {
            List<String> sent = lines(body);
            List<String> came = lines(other.body);
            found.add("body of " + body.length + " became " + other.body.length);
            addLost(found, "body lost: ", sent, came);
            addLost(found, "body new: ", came, sent);
        }
        return found;
    }

    private static void addLost(List<String> found, String what, List<String> from, List<String> to) {
        List<String> lost = new ArrayList<>(from);
        to.forEach(lost::remove);
        lost.stream().limit(6).forEach(line -> found.add(what + line.substring(0, Math.min(200, line.length()))));
    }

    private static List<String> lines(byte[] body) {
        return List.of(new String(body, ISO_8859_1).split("\n"));
    }
}
