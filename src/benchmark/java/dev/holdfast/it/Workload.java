package dev.holdfast.it;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What clients do in one case of the benchmark: each of them the same request again and again, one at a time.
 *
 * @param path of the site, what it answers says its name
 * @param bodyBytes of the request
 * @param large a body so large that the costs of its bytes are what counts, not those of a request
 */
record Workload(String name, boolean http2, String method, String path, int bodyBytes, int connections, boolean large) {
    static final int LARGE_CONNECTIONS = 4;

    /** All, in the order of the report. */
    static List<Workload> all() {
        List<Workload> all = new ArrayList<>();
        for (boolean http2 : List.of(false, true)) {
            for (int connections : List.of(64, 1000)) {
                all.add(get("0", connections, http2));
                all.add(get("1k", connections, http2));
                all.add(get("64k", connections, http2));
                all.add(post("1k", 1 << 10, connections, http2));
                all.add(post("1m", 1 << 20, connections, http2));
            }
            all.add(get("100m", LARGE_CONNECTIONS, http2));
            all.add(post("100m", 100 << 20, LARGE_CONNECTIONS, http2));
        }
        return all;
    }

    static Workload named(String name) {
        return all().stream()
                .filter(workload -> workload.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Workload get(String size, int connections, boolean http2) {
        String path = "/get-" + size;
        return new Workload(
                name("get-" + size, connections, http2), http2, "GET", path, 0, connections, "100m".equals(size));
    }

    private static Workload post(String size, int bytes, int connections, boolean http2) {
        return new Workload(
                name("post-" + size, connections, http2),
                http2,
                "POST",
                "/post",
                bytes,
                connections,
                "100m".equals(size));
    }

    private static String name(String what, int connections, boolean http2) {
        return (http2 ? "h2-" : "") + what + (connections == 1000 ? "-1000" : "");
    }

    /** Of a large upload, only what came to its end is counted. */
    Duration slice(Duration usual) {
        return large && bodyBytes > 0 ? usual.multipliedBy(5) : usual;
    }

    String title() {
        String what = bodyBytes > 0
                ? size(bodyBytes)
                : path.substring("/get-".length()).replace("k", " KiB").replace("m", " MiB");
        return "%s %s, %s, %,d connections".formatted(method, what, http2 ? "HTTP/2" : "HTTP/1.1", connections);
    }

    private static String size(int bytes) {
        return bytes < 1 << 20 ? (bytes >> 10) + " KiB" : (bytes >> 20) + " MiB";
    }
}
