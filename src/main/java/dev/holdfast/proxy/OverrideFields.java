package dev.holdfast.proxy;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Enumeration;
import java.util.List;

/** Fields by which a client makes some sites go by another path or method than the request line has. */
public final class OverrideFields {
    private static final List<String> OF_PATH = List.of("X-Original-URL", "X-Rewrite-URL");
    private static final List<String> OF_METHOD =
            List.of("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override");

    private OverrideFields() {}

    public static boolean namePath(HttpServletRequest client) {
        return haveOne(client, OF_PATH);
    }

    public static boolean nameMethod(HttpServletRequest client) {
        return haveOne(client, OF_METHOD);
    }

    private static boolean haveOne(HttpServletRequest client, List<String> fields) {
        Enumeration<String> names = client.getHeaderNames();
        while (names.hasMoreElements()) {
            String name = names.nextElement();
            for (String field : fields) {
                if (FieldNames.isCalled(name, field)) {
                    return true;
                }
            }
        }
        return false;
    }
}
