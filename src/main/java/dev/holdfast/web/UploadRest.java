package dev.holdfast.web;

import dev.holdfast.proxy.UnreadBody;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/**
 * What a client over HTTP/2 still sends when an answer of our own has been written: it is read for nobody, and the request is not
 * completed before it ends. For Tomcat resets the stream of an upload that goes on then, and curl 7.88 at a reset throws away an
 * answer that it has not looked at yet, which RFC 9113, section 8.1, forbids. It lost two in three; most clients stop by themselves.
 *
 * <p>Confined to container threads, of which Tomcat lets one at a time work on a stream.
 */
final class UploadRest implements ReadListener, AsyncListener {
    private static final long LONGEST_MILLIS = 5_000; // as nginx: lingering_timeout; Tomcat looks once a second
    private static final int PIECE = 8 * 1024;

    private final AsyncContext context;
    private final ServletInputStream in;

    private UploadRest(AsyncContext context, ServletInputStream in) {
        this.context = context;
        this.in = in;
    }

    /** Completes, at once or when the client has stopped, or has not for too long. To be called when all is written. */
    static void discardAndComplete(AsyncContext context) throws IOException {
        HttpServletRequest request = (HttpServletRequest) context.getRequest();
        UnreadBody.discard(request);
        if (!UnreadBody.isGoingOn(request)) {
            context.complete();
            return;
        }
        UploadRest rest = new UploadRest(context, request.getInputStream());
        try {
            context.setTimeout(LONGEST_MILLIS);
            context.addListener(rest);
            rest.in.setReadListener(rest);
        } catch (IllegalStateException otherContainer) { // or the request is over
            complete(context);
        }
    }

    /** Completes, if nobody has. */
    static void complete(AsyncContext context) {
        try {
            context.complete();
        } catch (IllegalStateException expected) {
            // It has been completed, or the request is over.
        }
    }

    @Override
    public void onDataAvailable() throws IOException {
        byte[] piece = new byte[PIECE];
        while (in.isReady() && in.read(piece) >= 0) {
            // The next one.
        }
    }

    @Override
    public void onAllDataRead() {
        complete(context);
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        complete(context);
    }

    @Override
    public void onError(Throwable clientGone) {
        complete(context);
    }

    @Override
    public void onError(AsyncEvent event) {
        complete(context);
    }

    @Override
    public void onComplete(AsyncEvent event) {
        // By us.
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // Nobody dispatches any more.
    }
}
