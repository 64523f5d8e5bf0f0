package dev.holdfast.proxy;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;

/** The client's connection, when it speaks HTTP no more. Thread-safe but for the streams; no method blocks or throws. */
public interface TunnelClient {
    ServletInputStream in();

    ServletOutputStream out();

    /** Has the container call for the input again, which was left unread. */
    void readAgain();

    /** Ends the connection. What was written and not yet flushed may be lost. */
    void close();

    /** Ends it so that the client cannot take it for a proper end. */
    void reset();
}
