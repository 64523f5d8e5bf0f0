package dev.holdfast.it;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http2.Http2Protocol;
import org.mitre.dsmiley.httpproxy.ProxyServlet;

/** MITRE's ProxyServlet, in a Tomcat with its default connector; with as many connections to the site as Holdfast has. */
final class MitrePeer {
    private MitrePeer() {}

    public static void main(String[] args) throws Exception {
        Path base = Files.createDirectories(Path.of("base").toAbsolutePath());
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(base.toString());
        tomcat.setPort(0);
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        tomcat.getConnector().addUpgradeProtocol(new Http2Protocol());
        Context context = tomcat.addContext("", base.toString());
        Wrapper servlet = Tomcat.addServlet(context, "proxy", new ProxyServlet());
        servlet.addInitParameter("targetUri", "http://127.0.0.1:" + args[0]);
        servlet.addInitParameter("http.maxConnections", "1024");
        servlet.addMapping("/*");
        tomcat.start();
        System.out.println("serves " + tomcat.getConnector().getLocalPort());
    }
}
