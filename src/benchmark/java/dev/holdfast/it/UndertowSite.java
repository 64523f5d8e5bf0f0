package dev.holdfast.it;

import io.undertow.Undertow;
import io.undertow.server.HttpHandler;
import io.undertow.server.handlers.PathHandler;
import io.undertow.server.handlers.resource.PathResourceManager;
import io.undertow.server.handlers.resource.ResourceHandler;
import io.undertow.util.Headers;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** The site where there is no nginx; in the directory with the large files. */
final class UndertowSite {
    private UndertowSite() {}

    public static void main(String[] args) {
        HttpHandler post = exchange -> exchange.getRequestReceiver().receivePartialBytes((same, bytes, last) -> {
            if (last) {
                same.getResponseSender().send("ok");
            }
        });
        Undertow undertow = Undertow.builder()
                .addHttpListener(0, "127.0.0.1")
                .setHandler(new PathHandler(new ResourceHandler(
                                new PathResourceManager(Path.of("").toAbsolutePath())))
                        .addExactPath("/get-0", bytes(0))
                        .addExactPath("/get-1k", bytes(1 << 10))
                        .addPrefixPath(
                                "/held",
                                exchange -> exchange.getResponseSender().send("ok"))
                        .addExactPath("/post", post))
                .build();
        undertow.start();
        InetSocketAddress address =
                (InetSocketAddress) undertow.getListenerInfo().get(0).getAddress();
        System.out.println("serves " + address.getPort());
    }

    private static HttpHandler bytes(int count) {
        ByteBuffer body = ByteBuffer.allocateDirect(count);
        return exchange -> {
            exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain");
            exchange.getResponseSender().send(body.duplicate());
        };
    }
}
