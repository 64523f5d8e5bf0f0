package dev.holdfast.web;

import dev.holdfast.proxy.UnreadBody;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;

/**
 * Brings an {@link OwnAnswer} to the client, so that one who does not read blocks no thread.
 *
 * <p>Written and completed plainly, even a small answer can wait for the client, when earlier answers of the same
 * connection have filled its window: in {@code complete()} a container thread waits, in Tomcat 11 with a Content-Length
 * the writing thread itself (there the last byte closes the response, and closing flushes). Hence {@link #write}: in the
 * thread of a dispatch, with a WriteListener.
 */
final class AnswerWriter {
    private AnswerWriter() {}

    /**
     * Answers a held request while its context is being stopped: from {@code contextDestroyed}, to be followed by waiting
     * for {@code onComplete}, or the answer may be lost; and from {@code onTimeout}, for a container that finds the request
     * then times it out, timeout or not. Does not wait for the client, but a container thread may.
     *
     * @throws IllegalStateException if the request is over
     */
    static void sendDirectly(OwnAnswer answer, AsyncContext held) throws IOException {
        HttpServletRequest request = (HttpServletRequest) held.getRequest();
        HttpServletResponse response = (HttpServletResponse) held.getResponse();
        AnswerBody body = head(answer, request, response);
        if (request.getMethod().equals("HEAD")) {
            response.setContentLength(body.bytes().length);
        } else {
            // It must all fit, for what overflows is written at once; and no Content-Length, see above: the container
            // adds it, as it sees the whole.
            response.setBufferSize(Math.max(response.getBufferSize(), body.bytes().length + 1));
            ServletOutputStream out = response.getOutputStream();
            out.isReady(); // where it had been handed to the proxy, which listens, a write has to be preceded by this
            out.write(body.bytes());
        }
        held.complete();
    }

    /** Answers the request that this container thread is running; returns before the client has got it all. */
    static void write(OwnAnswer answer, HttpServletRequest request, HttpServletResponse response) throws IOException {
        AnswerBody body = head(answer, request, response);
        write(body.bytes(), request, response);
    }

    /** The same for a body whose head is set, but for its length. */
    static void write(byte[] body, HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentLength(body.length);
        UnreadBody.discard(request);
        if (UnreadBody.isGoingOn(request)) {
            UploadLength.forget(request);
        }
        if (request.getMethod().equals("HEAD")) {
            return; // and to a listener, over HTTP/2, Tomcat would send the end of the stream before the head
        }
        AsyncContext context = request.startAsync(request, response);
        context.setTimeout(0); // one who stops reading meets the connector's write timeout
        ServletOutputStream out = response.getOutputStream();
        out.setWriteListener(new Listener(context, out, body));
    }

    /** Sets status and fields. */
    private static AnswerBody head(OwnAnswer answer, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        AnswerBody body = AnswerBody.of(answer, request.getMethod(), Collections.list(request.getHeaders("Accept")));
        response.setStatus(answer.kind().status);
        response.setContentType(body.contentType());
        response.setHeader("Cache-Control", "no-store");
        response.addHeader("Vary", "Accept");
        response.setHeader("X-Content-Type-Options", "nosniff");
        if (!body.securityPolicy().isEmpty()) {
            response.setHeader("Content-Security-Policy", body.securityPolicy());
        }
        if (answer.kind().status == HttpServletResponse.SC_SERVICE_UNAVAILABLE) {
            response.setHeader("Retry-After", Long.toString(answer.retryAfterSeconds()));
        }
        // A container that keeps the connection reads what is left of the body first, and a thread waits for it.
        if (request.getProtocol().startsWith("HTTP/1") && bodyIsLeft(request)) {
            response.setHeader("Connection", "close");
        }
        return body;
    }

    private static boolean bodyIsLeft(HttpServletRequest request) throws IOException {
        boolean hasBody = request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null;
        try {
            return hasBody && !request.getInputStream().isFinished();
        } catch (IllegalStateException aReaderIsInUse) {
            return true; // so who knows
        }
    }

    /** Writes, flushes, completes: each only when the container is ready for it. Confined to container threads. */
    private static final class Listener implements WriteListener {
        private enum Step {
            HEAD,
            WRITE,
            FLUSH,
            COMPLETE,
            NOTHING
        }

        private final AsyncContext context;
        private final ServletOutputStream out;
        private final byte[] bytes;
        private Step next;

        Listener(AsyncContext context, ServletOutputStream out, byte[] bytes) {
            this.context = context;
            this.out = out;
            this.bytes = bytes;
            this.next = context.getRequest().getProtocol().startsWith("HTTP/1") ? Step.WRITE : Step.HEAD;
        }

        @Override
        public void onWritePossible() throws IOException {
            while (out.isReady()) {
                switch (next) {
                    case HEAD -> {
                        next = Step.WRITE;
                        out.flush();
                        AnnouncedLength.forget(context.getResponse());
                    }
                    case WRITE -> {
                        next = Step.FLUSH;
                        out.write(bytes);
                    }
                    case FLUSH -> {
                        next = Step.COMPLETE;
                        out.flush();
                    }
                    case COMPLETE -> {
                        next = Step.NOTHING;
                        UploadRest.discardAndComplete(context);
                        return;
                    }
                    case NOTHING -> {
                        return;
                    }
                }
            }
        }

        @Override
        public void onError(Throwable clientGone) {
            UploadRest.complete(context);
        }
    }
}
