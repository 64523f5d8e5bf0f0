package dev.holdfast.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminHostsTest {
    private static final AdminHosts NONE = AdminHosts.parse("none");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "localhost.",
                "holdfast",
                "a.LOCALHOST",
                "x.internal",
                "x.y.local",
                "nas.home.arpa",
                "10.0.0.5",
                "[fd00::5]",
                "::1"
            })
    void needNotNameWhatNobodyCanHaveInThePublicDns(String host) {
        assertTrue(NONE.contain(host));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "a.example",
                "internal.example",
                "a.xinternal",
                "10.0.0.5.example",
                "1.2.3.4.5",
                "[evil.example]",
                "evil.example:80",
                "home.arpa.example",
                "a..",
                "[::1].example"
            })
    void allOthersHaveToBeNamed(String host) {
        assertFalse(NONE.contain(host));
    }

    @Test
    void areTheNamedOnes() {
        AdminHosts hosts = AdminHosts.parse("a.example, Ops_1.Corp.Example");

        assertTrue(hosts.contain("A.example"));
        assertTrue(hosts.contain("ops_1.corp.example."));
        assertFalse(hosts.contain("b.a.example"));
        assertEquals(hosts, AdminHosts.parse("A.example,ops_1.corp.example"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.example:80", "http://a.example", "*.example", "a.example,", ".example", "a b"})
    void refusesWhatIsNoName(String list) {
        String message = assertThrows(IllegalArgumentException.class, () -> AdminHosts.parse(list))
                .getMessage();
        assertTrue(message.endsWith(AdminHosts.ALLOWED), message);
    }
}
