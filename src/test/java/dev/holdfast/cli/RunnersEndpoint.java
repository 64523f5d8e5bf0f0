package dev.holdfast.cli;

import org.apache.tomcat.util.net.NioEndpoint;

/** The endpoint of {@code java -jar}, for a Tomcat of a test. */
public final class RunnersEndpoint {
    private RunnersEndpoint() {}

    public static NioEndpoint create() {
        return new PromptEndpoint("/.holdfast");
    }
}
