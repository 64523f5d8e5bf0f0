package dev.holdfast.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangesTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8,          10.255.255.255, 11.0.0.0",
        "10.0.0.0/8,          ::ffff:10.1.2.3, ::ffff:11.0.0.0",
        "192.168.1.7,         192.168.1.7,    192.168.1.8",
        "192.168.1.6/31,      192.168.1.7,    192.168.1.8",
        "172.16.0.0/12,       172.31.255.255, 172.32.0.0",
        "0.0.0.0/0,           203.0.113.9,    2001:db8::1",
        "::1,                 0:0:0:0:0:0:0:1, ::2",
        "fd00::/8,            fdff:1::2,      fe00::",
        "2001:db8::/33,       2001:db8:7fff::, 2001:db8:8000::",
        "::/0,                2001:db8::1,    10.0.0.1",
        "::ffff:10.0.0.0/104, 10.9.9.9,       11.0.0.0",
        "fe80::/10,           fe80::1%eth0,   fec0::1",
    })
    void containsItsRangeAndNoMore(String range, String inside, String outside) {
        var ranges = AddressRanges.parse(range);

        assertTrue(ranges.contains(inside));
        assertFalse(ranges.contains(outside));
        assertFalse(ranges.isEmpty());
    }

    @Test
    void containsAnyRangeOfTheList() {
        var ranges = AddressRanges.parse("10.0.0.1,  fd00::/8 ,127.0.0.1");

        assertTrue(ranges.contains("10.0.0.1"));
        assertTrue(ranges.contains("fd00::1"));
        assertTrue(ranges.contains("127.0.0.1"));
        assertFalse(ranges.contains("10.0.0.2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "none"})
    void nobodyIsOneOfThem(String list) {
        var ranges = AddressRanges.parse(list);

        assertTrue(ranges.isEmpty());
        assertFalse(ranges.contains("127.0.0.1"));
        assertEquals("none", ranges.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "proxy.example",
                "10",
                "10.1",
                "10.0.0.256",
                "010.0.0.1",
                "10.0.0.1/",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/8/8",
                "10.0.0.1,",
                ",",
                "10.0.0.1 10.0.0.2",
                "fd00::/129",
                "::ffff:10.0.0.0/95",
                "[::1]",
                "fe80::1%eth0",
                "1::2::3",
                "1:2",
                ":",
                "dead:beef",
                "10.0.0.1,none",
                "*"
            })
    void refusesEverythingElse(String list) {
        var refused = assertThrows(IllegalArgumentException.class, () -> AddressRanges.parse(list));

        assertTrue(refused.getMessage().contains("addresses and ranges"), refused.getMessage());
    }

    @Test
    void refusesARangeThatDoesNotBeginWhereItSays() {
        var refused = assertThrows(IllegalArgumentException.class, () -> AddressRanges.parse("10.1.2.3/8"));

        assertTrue(refused.getMessage().contains("did you mean 10.0.0.0/8?"), refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "unknown", "_hidden", "localhost", "10.0.0.1:80", "[::1]:80", "%eth0", "a.b.c.d"})
    void whatIsNoAddressIsNotTrustedAndNotLookedUp(String text) {
        var ranges = AddressRanges.parse("0.0.0.0/0,::/0");

        // A look-up would trust "localhost", whose addresses are in the ranges.
        assertFalse(assertTimeoutPreemptively(Duration.ofSeconds(5), () -> ranges.contains(text)));
    }
}
