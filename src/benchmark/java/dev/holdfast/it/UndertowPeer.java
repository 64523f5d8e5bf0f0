package dev.holdfast.it;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.handlers.proxy.LoadBalancingProxyClient;
import io.undertow.server.handlers.proxy.ProxyHandler;
import java.net.InetSocketAddress;
import java.net.URI;

/** Undertow's ProxyHandler, as its documentation has it, but for more connections to the site than ten a thread. */
final class UndertowPeer {
    private static final int MOST_CONNECTIONS_PER_THREAD = 1000;

    private UndertowPeer() {}

    public static void main(String[] args) {
        LoadBalancingProxyClient client = new LoadBalancingProxyClient();
        client.setConnectionsPerThread(MOST_CONNECTIONS_PER_THREAD); // of hosts that are added later
        client.addHost(URI.create("http://127.0.0.1:" + args[0]));
        Undertow undertow = Undertow.builder()
                .addHttpListener(0, "127.0.0.1")
                .setServerOption(UndertowOptions.ENABLE_HTTP2, true)
                .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, -1L)
                .setHandler(ProxyHandler.builder().setProxyClient(client).build())
                .build();
        undertow.start();
        InetSocketAddress address =
                (InetSocketAddress) undertow.getListenerInfo().get(0).getAddress();
        System.out.println("serves " + address.getPort());
    }
}
