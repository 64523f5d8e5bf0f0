package dev.holdfast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.http2.Http2Protocol;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** Of what a client leaves behind in Tomcat, nothing is used again for another: of {@code java -jar} and of our server.xml. */
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

    private static Element serverXml(String element) throws Exception {
        Document document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Path.of("tomcat-conf", "server.xml").toFile());
        return (Element) document.getElementsByTagName(element).item(0);
    }
}
