package dev.holdfast.web;

import dev.holdfast.config.AddressRanges;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;

/** Whose request it is: the peer; or, where that is a trusted proxy, whom {@code X-Forwarded-For} names. */
final class ClientAddress {
    /** One of them says that the request came through another proxy, whoever wrote it. */
    private static final List<String> FORWARDED = List.of(
            "X-Forwarded-For",
            "Forwarded",
            "X-Forwarded-Host",
            "X-Forwarded-Proto",
            "X-Real-IP",
            "Via",
            "CF-Connecting-IP");

    private ClientAddress() {}

    /**
     * The last address in the list that is not a trusted proxy's: what stands before it anybody may have written. Null where the
     * container knows none: the connection is closed by now, or comes over a Unix socket.
     */
    static String of(HttpServletRequest request, AddressRanges trusted) {
        String address = request.getRemoteAddr();
        if (!trusted.contains(address)) {
            return address;
        }
        List<String> list = Collections.list(request.getHeaders("X-Forwarded-For"));
        String[] hops = String.join(",", list).split(",");
        for (int hop = hops.length - 1; hop >= 0 && trusted.contains(address); hop--) {
            String named = hops[hop].strip();
            address = named.isEmpty() ? address : named;
        }
        return address;
    }

    /** Whether it came through a proxy, whose address then says nothing of its client where that proxy is not trusted. */
    static boolean isForwarded(HttpServletRequest request) {
        for (String name : FORWARDED) {
            if (request.getHeader(name) != null) {
                return true;
            }
        }
        return false;
    }
}
