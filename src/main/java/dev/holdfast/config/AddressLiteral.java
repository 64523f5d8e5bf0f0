package dev.holdfast.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads literal IP addresses, and never asks the DNS. */
final class AddressLiteral {
    private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final Pattern V4 = Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}");
    private static final Pattern V6 = Pattern.compile("[0-9a-fA-F]*:[0-9a-fA-F:.]*");

    private AddressLiteral() {}

    /** The 4 or 16 bytes of the address, 4 for an IPv4-mapped IPv6 address; empty if the text is not an address. */
    static Optional<byte[]> parse(String text) {
        // InetAddress looks up whatever it takes for a name. It takes dotted decimals and texts with a colon for
        // addresses, and nothing else gets there; short forms such as 10.1 are refused.
        if (!V4.matcher(text).matches() && !V6.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(text).getAddress());
        } catch (UnknownHostException notAnAddress) {
            return Optional.empty();
        }
    }
}
