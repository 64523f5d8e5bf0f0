package dev.holdfast.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.Filter;
import jakarta.servlet.ServletInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Uploads over HTTP/2 whose last piece comes in the moment in which Tomcat looks whether all has been read. About one in
 * 100,000 reached the upstream without that piece, and looked whole; here the container is wrong whenever it is asked.
 */
class Rfc9113Section81LastPieceTest {
    /** What Tomcat says, after the wrong answer that it gives when T2 adds the last piece and the end while T1 asks. */
    private static final class WrongAtFirst extends OtherInput {
        private boolean finishedAsked;
        private boolean readyAsked;

        WrongAtFirst(ServletInputStream tomcat) {
            super(tomcat);
        }

        @Override
        public boolean isFinished() {
            finishedAsked = !finishedAsked;
            return finishedAsked || tomcat.isFinished();
        }

        @Override
        public boolean isReady() {
            readyAsked = !readyAsked;
            return !readyAsked && tomcat.isReady();
        }
    }

    private static final String LARGE = "x".repeat(4_000); // many small ones Tomcat takes for an attack

    private static final Filter FILTER = OtherInput.filter(WrongAtFirst::new);

    @Test
    void isNotLost() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream();
                TestSite site = TestSite.behind(FILTER, upstream.port());
                H2Wire client = new H2Wire(site.port())) {
            for (List<String> pieces : List.of(List.of("whole"), List.of(LARGE, "last"), List.of(LARGE, LARGE, ""))) {
                for (boolean announced : List.of(true, false)) {
                    String body = String.join("", pieces);
                    String[] fields = announced ? new String[] {"content-length", "" + body.length()} : new String[0];
                    int stream = client.request("POST", "/", false, fields);
                    for (int i = 0; i < pieces.size(); i++) {
                        client.data(stream, pieces.get(i), i == pieces.size() - 1);
                    }
                    try (Wire arrived = upstream.accept()) {
                        StrictRequest request =
                                StrictRequest.read(arrived.socket().getInputStream());
                        assertEquals(announced ? List.of() : List.of("chunked"), request.values("transfer-encoding"));
                        assertEquals(body, new String(request.body(), StandardCharsets.ISO_8859_1));
                        arrived.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
                        H2Wire.Response response = client.readResponse(stream);
                        assertTrue(response.fields().startsWith(":status: 200\n"), response.fields());
                        assertEquals("ok", response.body());
                    }
                }
            }
        }
    }
}
