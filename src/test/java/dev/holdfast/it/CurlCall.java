package dev.holdfast.it;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One request to be made with curl, in the directory of the files.
 *
 * @param site the site that is asked
 * @param status what the site answers; 0 when that is the site's own matter
 * @param target path and query, appended to the URL of the site or of the front
 */
record CurlCall(PeerSite.Kind site, int status, String target, List<String> options) {

    /** The same request to each site. */
    static Stream<CurlCall> call(int status, String target, String... options) {
        return callTo(EnumSet.allOf(PeerSite.Kind.class), status, target, options);
    }

    /** A request to those sites that know what to do with it. */
    static Stream<CurlCall> callTo(Set<PeerSite.Kind> sites, int status, String target, String... options) {
        return sites.stream().map(site -> new CurlCall(site, status, target, List.of(options)));
    }

    boolean isHead() {
        return options.contains("-I");
    }

    /** Whether the answer says what the site was asked. */
    boolean isEcho() {
        return target.startsWith("/echo");
    }

    boolean isHttp10() {
        return options.contains("--http1.0");
    }

    @Override
    public String toString() {
        String shown = String.join(" ", options) + " " + target;
        return shown.substring(0, Math.min(100, shown.length())).strip();
    }
}
