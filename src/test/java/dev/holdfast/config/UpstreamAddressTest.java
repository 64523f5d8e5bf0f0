package dev.holdfast.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamAddressTest {
    @ParameterizedTest
    @CsvSource({
        "http://localhost:2000,   false, localhost,      2000, http://localhost:2000",
        "http://localhost:2000/,  false, localhost,      2000, http://localhost:2000",
        "HTTP://Site.Example,     false, site.example,   80,   http://site.example:80",
        "https://site.example,    true,  site.example,   443,  https://site.example:443",
        "https://10.0.0.7:8443,   true,  10.0.0.7,       8443, https://10.0.0.7:8443",
        "http://[::1]:2000,       false, ::1,            2000, http://[::1]:2000",
        "http://[fd00::a1],       false, fd00::a1,       80,   http://[fd00::a1]:80",
        "http://my_app:2000,      false, my_app,         2000, http://my_app:2000",
        "http://h:65535,          false, h,              65535, http://h:65535",
    })
    void readsSchemeHostAndPort(String text, boolean secure, String host, int port, String url) {
        var address = UpstreamAddress.parse(text);

        assertEquals(new UpstreamAddress(secure, host, port), address);
        assertEquals(url, address.toString());
        assertEquals(address, UpstreamAddress.parse(url));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "localhost:2000",
                "//localhost",
                "ftp://localhost",
                "http://",
                "http://:2000",
                "http://h:",
                "http://h:0",
                "http://h:65536",
                "http://h:-1",
                "http://h:+1",
                "http://h:1x",
                "http://user@h",
                "http://user:pass@h:80",
                "http://h/path",
                "http://h//",
                "http://h?q",
                "http://h/#f",
                "http://[::1",
                "http://[::g]",
                "http://[1:2]",
                "http://[::1%eth0]",
                "http://::1",
                "http://[10.0.0.1]",
                "http://h h",
                " http://h",
                "http://h\n",
                "http://-h",
                "http://h-",
                "http://h,",
                "http://bücher.example",
                "unix:",
                "unix:/",
                "unix:run/puma.sock",
                "unix://run/puma.sock",
                "unix:///run/puma.sock",
                "unix:/run/",
                "unix:/run/a\nb",
                "unix:/run/a\0b",
                "unix:/run/a ",
                "unix: /run/a",
                " unix:/run/a",
                "unix:@abstract",
                "https+unix:/run/a"
            })
    void refusesEverythingElse(String text) {
        var refused = assertThrows(IllegalArgumentException.class, () -> UpstreamAddress.parse(text));

        assertTrue(refused.getMessage().contains('"' + text + '"'), refused.getMessage());
        assertTrue(refused.getMessage().contains("http:// or https://"), refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"unix:/run/puma.sock", "UNIX:/run/puma.sock"})
    void readsTheSocketsPath(String text) {
        var address = UpstreamAddress.parse(text);

        assertEquals(new UpstreamAddress(false, "localhost", 80, Path.of("/run/puma.sock")), address);
        assertEquals("unix:/run/puma.sock", address.toString());
        assertEquals("localhost", address.authority());
        assertEquals(address, UpstreamAddress.parse(address.toString()));
    }

    @Test
    void readsSocketsWithSpacesAndOfOneLetter() {
        assertEquals(Path.of("/a b/c"), UpstreamAddress.parse("unix:/a b/c").socket());
        assertEquals(Path.of("/s"), UpstreamAddress.parse("unix:/s").socket());
    }

    /** The JDK says so only when it connects; where its limit changed, this one would have to follow. */
    @Test
    void takesASocketsPathAsLongAsTheJdkDoes() throws IOException {
        var longest = "/tmp/" + "x".repeat(UpstreamAddress.LONGEST_SOCKET - 5);
        var tooLong = "unix:" + longest + "x";

        assertEquals(Path.of(longest), UpstreamAddress.parse("unix:" + longest).socket());
        var refused = assertThrows(IllegalArgumentException.class, () -> UpstreamAddress.parse(tooLong));
        assertTrue(refused.getMessage().contains(tooLong), refused.getMessage());
        assertTrue(refused.getMessage().contains("106 bytes"), refused.getMessage());
        assertEquals("No such file or directory", connectFailure(longest));
        assertEquals("Unix domain path too long", connectFailure(longest + "x"));
    }

    private static String connectFailure(String path) throws IOException {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return assertThrows(SocketException.class, () -> channel.connect(UnixDomainSocketAddress.of(path)))
                    .getMessage();
        }
    }

    @Test
    void refusesAPortOutsideTheRange() {
        assertThrows(IllegalArgumentException.class, () -> new UpstreamAddress(false, "h", 0));
    }
}
