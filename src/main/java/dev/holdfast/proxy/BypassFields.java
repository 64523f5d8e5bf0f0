package dev.holdfast.proxy;

/** What a client says to be let through the closed gate. It is for us alone: no upstream ever sees it. */
public final class BypassFields {
    public static final String HEADER = "Holdfast-Bypass";

    public static final String COOKIE = "holdfast-bypass";

    private BypassFields() {}

    static boolean isHeader(String name) {
        return FieldNames.isCalled(name, HEADER);
    }

    /**
     * The value of our cookie.
     *
     * @param cookies a {@code Cookie} field; may be null
     * @return null if it has none
     */
    public static String cookie(String cookies) {
        if (cookies == null || !mayHaveOurs(cookies)) {
            return null;
        }
        for (String cookie : cookies.split(";")) {
            if (isOurs(cookie) && cookie.contains("=")) {
                return cookie.substring(cookie.indexOf('=') + 1).strip();
            }
        }
        return null;
    }

    /** The field without our cookie, the others byte for byte; empty if there is no other. */
    static String withoutCookie(String cookies) {
        if (!mayHaveOurs(cookies)) {
            return cookies;
        }
        StringBuilder others = new StringBuilder(cookies.length());
        boolean first = true;
        boolean dropped = false;
        for (String cookie : cookies.split(";", -1)) {
            if (isOurs(cookie)) {
                dropped = true;
            } else {
                others.append(first ? "" : ";").append(first && dropped ? cookie.stripLeading() : cookie);
                first = false;
            }
        }
        return dropped ? others.toString() : cookies;
    }

    /** Without an allocation, for the many that have not. */
    private static boolean mayHaveOurs(String cookies) {
        return cookies.contains(COOKIE);
    }

    private static boolean isOurs(String cookie) {
        int equals = cookie.indexOf('=');
        return (equals < 0 ? cookie : cookie.substring(0, equals)).strip().equals(COOKIE);
    }
}
