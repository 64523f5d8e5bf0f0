package dev.holdfast.gate;

import java.time.Duration;

/**
 * A request in flight, fit to be shown.
 *
 * @param method in one line, cut where it is long
 * @param path in one line, cut where it is long; without the query and the path parameters, which carry secrets such as
 *     session ids
 * @param age since the gate let it pass; what it was held before does not count
 */
public record InFlightRequest(String method, String path, Duration age) {
    private static final int LONGEST_METHOD = 20;
    private static final int LONGEST_PATH = 120;

    static InFlightRequest of(Traveller traveller, Duration age) {
        String target = traveller.target();
        int query = target.indexOf('?');
        String path = query < 0 ? target : target.substring(0, query);
        return new InFlightRequest(
                shown(traveller.method(), LONGEST_METHOD), shown(withoutParameters(path), LONGEST_PATH), age);
    }

    private static String withoutParameters(String path) {
        return path.indexOf(';') < 0 ? path : path.replaceAll(";[^/]*", "");
    }

    /** Whatever is not plain ASCII could forge a line, or steer the terminal that shows it. */
    private static String shown(String text, int longest) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (shown.length() >= longest) {
                return shown.append("...").toString();
            }
            char c = text.charAt(i);
            if (c > ' ' && c < 0x7f) {
                shown.append(c);
            } else {
                shown.append(String.format(c <= 0xff ? "%%%02X" : "%%u%04X", (int) c));
            }
        }
        return shown.toString();
    }
}
