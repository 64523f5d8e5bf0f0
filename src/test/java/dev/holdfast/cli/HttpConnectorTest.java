package dev.holdfast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Response;
import org.apache.coyote.http2.Http2Protocol;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** What {@code java -jar}, and mostly our server.xml too, asks of Tomcat: above all that nothing a client leaves behind is used again. */
class HttpConnectorTest {
    @Test
    void usesNoChannelAgain() throws Exception {
        Connector connector = HttpConnector.at(new InetSocketAddress("127.0.0.1", 0));
        assertEquals("0", connector.getProperty("socket.bufferPool"));
        assertEquals("0", serverXml("Connector").getAttribute("socket.bufferPool"));
    }

    @Test
    void usesNoRequestAgain() throws Exception {
        Connector connector = HttpConnector.at(new InetSocketAddress("127.0.0.1", 0));
        Http2Protocol http2 = (Http2Protocol) connector.findUpgradeProtocols()[0];
        assertEquals(true, http2.getDiscardRequestsAndResponses());
        assertEquals("true", serverXml("UpgradeProtocol").getAttribute("discardRequestsAndResponses"));
    }

    /** One that waited could wait for ever: its turn came when no other of its connection was left to give it. */
    @Test
    void runsAsManyStreamsAsAConnectionMayHave() throws Exception {
        Connector connector = HttpConnector.at(new InetSocketAddress("127.0.0.1", 0));
        Http2Protocol http2 = (Http2Protocol) connector.findUpgradeProtocols()[0];
        assertEquals(http2.getMaxConcurrentStreams(), http2.getMaxConcurrentStreamExecution());
        assertEquals(
                Long.toString(http2.getMaxConcurrentStreams()),
                serverXml("UpgradeProtocol").getAttribute("maxConcurrentStreamExecution"));
    }

    /** The rest of it is a fifth of what a held request takes. One that has grown for a large answer stays for the next. */
    @Test
    void setsLittleAsideForAnAnswer() {
        Connector connector = HttpConnector.at(new InetSocketAddress("127.0.0.1", 0));
        Response response = connector.createResponse(new org.apache.coyote.Response());
        response.setRequest(connector.createRequest(new org.apache.coyote.Request()));
        assertEquals(2048, response.getBufferSize());
        response.setBufferSize(32 * 1024);
        response.recycle();
        assertEquals(32 * 1024, response.getBufferSize());
    }

    private static Element serverXml(String element) throws Exception {
        Document document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Path.of("tomcat-conf", "server.xml").toFile());
        return (Element) document.getElementsByTagName(element).item(0);
    }
}
