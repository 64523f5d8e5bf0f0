package dev.holdfast.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Addresses of some who may do what others may not. Immutable. Literal addresses only: no name is ever looked up. */
public final class AddressRanges {
    static final String ALLOWED =
            "none, or addresses and ranges with commas between, such as 10.0.0.0/8, 192.168.1.7, fd00::/8";

    private final List<Range> ranges;
    private final String text;

    private AddressRanges(List<Range> ranges, String text) {
        this.ranges = ranges;
        this.text = text;
    }

    /**
     * Parses addresses and CIDR ranges with commas between; an empty list, and {@code none}, are nobody.
     *
     * @throws IllegalArgumentException if an entry is no address or range; the message names it and what is allowed
     */
    public static AddressRanges parse(String list) {
        if (list.isBlank() || list.strip().equals("none")) {
            return new AddressRanges(List.of(), "none");
        }
        List<Range> ranges = Arrays.stream(list.split(",", -1))
                .map(String::strip)
                .map(Range::parse)
                .toList();
        return new AddressRanges(ranges, list);
    }

    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    /** Whether the address, such as that of a request's client, is one of them; false for what is not an address, and for null. */
    public boolean contains(String literalAddress) {
        if (ranges.isEmpty() || literalAddress == null) {
            return false;
        }
        int zone = literalAddress.indexOf('%'); // Java appends the interface to link-local addresses
        Optional<byte[]> address = AddressLiteral.parse(zone < 0 ? literalAddress : literalAddress.substring(0, zone));
        return address.isPresent() && ranges.stream().anyMatch(range -> range.contains(address.get()));
    }

    /** Written in the same way. */
    @Override
    public boolean equals(Object other) {
        return other instanceof AddressRanges proxies && proxies.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** The list as it was given. */
    @Override
    public String toString() {
        return text;
    }

    /** The addresses that agree with {@code base} in their first {@code bits} bits. */
    private record Range(byte[] base, int bits) {
        static Range parse(String entry) {
            int slash = entry.indexOf('/');
            String literal = slash < 0 ? entry : entry.substring(0, slash);
            byte[] base = AddressLiteral.parse(literal).orElseThrow(() -> refused(entry, ALLOWED));
            // An IPv4-mapped IPv6 address has become 4 bytes; its prefix still counts the 96 bits before those.
            int mapped = base.length == 4 && literal.contains(":") ? 96 : 0;
            int most = base.length * 8 + mapped;
            int bits = most;
            if (slash >= 0) {
                String prefix = entry.substring(slash + 1);
                bits = prefix.matches("[0-9]{1,3}") ? Integer.parseInt(prefix) : -1;
            }
            if (bits < mapped || bits > most) {
                throw refused(entry, ALLOWED + "; the prefix of " + literal + " is from " + mapped + " to " + most);
            }
            Range range = new Range(masked(base, bits - mapped), bits - mapped);
            if (!Arrays.equals(base, range.base)) {
                throw refused(entry, ALLOWED + "; did you mean " + range + "?");
            }
            return range;
        }

        boolean contains(byte[] address) {
            return address.length == base.length && Arrays.equals(masked(address, bits), base);
        }

        private static byte[] masked(byte[] address, int bits) {
            byte[] masked = new byte[address.length];
            for (int i = 0; i < address.length; i++) {
                int kept = Math.max(0, Math.min(8, bits - i * 8));
                masked[i] = (byte) (address[i] & (0xFF << (8 - kept)));
            }
            return masked;
        }

        private static IllegalArgumentException refused(String entry, String allowed) {
            return new IllegalArgumentException(ValueType.refusal(entry, allowed));
        }

        @Override
        public String toString() {
            try {
                return InetAddress.getByAddress(base).getHostAddress() + "/" + bits;
            } catch (UnknownHostException impossible) {
                throw new AssertionError(impossible); // only for a wrong number of bytes
            }
        }
    }
}
