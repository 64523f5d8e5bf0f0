package dev.holdfast.web;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.java_websocket.WebSocket;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.WebSocketServer;

/** A site of WebSockets that says what it hears, made with a library that many use. */
final class EchoWebSocketServer extends WebSocketServer {
    final BlockingQueue<Integer> closeCodes = new LinkedBlockingQueue<>();
    private final CountDownLatch started = new CountDownLatch(1);

    EchoWebSocketServer() throws InterruptedException {
        super(new InetSocketAddress("127.0.0.1", 0));
        setConnectionLostTimeout(0);
        start();
        started.await();
    }

    @Override
    public void onOpen(WebSocket socket, ClientHandshake handshake) {
        // The client begins.
    }

    @Override
    public void onMessage(WebSocket socket, String text) {
        if (text.startsWith("close ")) {
            socket.close(Integer.parseInt(text.substring(6)), "as you say");
        } else {
            socket.send(text);
        }
    }

    @Override
    public void onMessage(WebSocket socket, ByteBuffer bytes) {
        socket.send(bytes);
    }

    @Override
    public void onClose(WebSocket socket, int code, String reason, boolean byClient) {
        closeCodes.add(code);
    }

    @Override
    public void onError(WebSocket socket, Exception e) {
        closeCodes.add(-1);
    }

    @Override
    public void onStart() {
        started.countDown();
    }

    void close() throws InterruptedException {
        stop(1000);
    }
}
