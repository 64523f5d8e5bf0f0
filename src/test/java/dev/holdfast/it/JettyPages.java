package dev.holdfast.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;

/** The pages of {@link JettySite}, each answered by one blocking thread. */
final class JettyPages extends Handler.Abstract {
    private static final String EVENT = "id: %d\ndata: event %1$d\n\n";

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        HttpFields.Mutable fields = response.getHeaders();
        Fields query = Request.extractQueryParameters(request);
        String[] path = Request.getPathInContext(request).split("/");
        switch (path.length > 1 ? path[1] : "") {
            case "name" -> text(response, callback, "jetty", UTF_8);
            case "echo" -> text(response, callback, JettyRequests.echo(request), ISO_8859_1);
            case "text" -> text(response, callback, "text ".repeat(size(query) / 5), UTF_8);
            case "whoami" -> text(response, callback, JettyRequests.whoami(request), UTF_8);
            case "form" -> text(response, callback, JettyRequests.form(request), UTF_8);
            case "json" -> {
                response.setStatus(201);
                text(response, callback, JettyRequests.sum(request), UTF_8);
            }
            case "upload" -> text(response, callback, JettyRequests.upload(request), UTF_8);
            case "login" -> {
                Response.addCookie(response, HttpCookie.from("plain", "a+b"));
                Response.addCookie(response, HttpCookie.from("signed", query.getValue("user")));
                Response.sendRedirect(request, response, callback, "/me");
            }
            case "me" -> text(response, callback, String.valueOf(Request.getCookies(request)), UTF_8);
            case "fields" -> {
                oddFields(fields);
                text(response, callback, "fields", UTF_8);
            }
            case "status" -> status(Integer.parseInt(path[2]), response, callback);
            case "download" -> download(request, response, callback);
            case "events" -> {
                fields.put(HttpHeader.CONTENT_TYPE, "text/event-stream");
                OutputStream out = Content.Sink.asOutputStream(response);
                for (int number = 1; number <= 3; number++) {
                    out.write(EVENT.formatted(number).getBytes(UTF_8));
                }
                out.close();
                callback.succeeded();
            }
            case "trailers" -> {
                fields.put(HttpHeader.TRAILER, "X-Sum, X-Last");
                response.setTrailersSupplier(
                        () -> HttpFields.build().put("X-Sum", "sum").put("X-Last", "yes"));
                Content.Sink.asOutputStream(response).write("with trailers".getBytes(UTF_8));
                callback.succeeded();
            }
            case "early" -> {
                response.setStatus(413);
                text(response, callback, "too large\n", UTF_8);
            }
            case "cut" -> {
                if (query.get("length") != null) {
                    fields.put(HttpHeader.CONTENT_LENGTH, 1000);
                }
                Content.Sink.asOutputStream(response).write("the beginning".getBytes(UTF_8));
                Thread.sleep(100); // so that it is seen to begin, mostly
                request.getConnectionMetaData().getConnection().getEndPoint().close();
                callback.succeeded();
            }
            case "hints" -> {
                response.writeInterim(103, HttpFields.build().put("Link", "</style.css>; rel=preload; as=style"))
                        .get();
                text(response, callback, "after the hints\n", UTF_8);
            }
            case "error" -> throw new IllegalStateException("broken on purpose");
            default -> {
                return false;
            }
        }
        return true;
    }

    private static int size(Fields query) {
        return Integer.parseInt(query.getValue("size"));
    }

    private static void text(Response response, Callback callback, String text, Charset charset) {
        if (response.getHeaders().get(HttpHeader.CONTENT_TYPE) == null) {
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain;charset=" + charset);
        }
        response.write(true, ByteBuffer.wrap(text.getBytes(charset)), callback);
    }

    private static void oddFields(HttpFields.Mutable fields) {
        fields.add("Set-Cookie", "a=1; Path=/")
                .add("Set-Cookie", "b=\"two words\"")
                .add("Set-Cookie", "c=; Max-Age=0");
        fields.add("Vary", "Accept").add("Vary", "Accept-Language");
        fields.add("x-lower", "lower")
                .add("X-UPPER", "UPPER")
                .add("X-Empty", "")
                .add("X-Latin", "caf\u00e9");
        fields.add("X-Long", "x".repeat(1500)).add("Server", "sample").add("Content-Language", "de-AT");
        fields.put(HttpHeader.CONTENT_TYPE, "Text/Plain;charset=\"ISO-8859-1\"; odd=1");
    }

    private static void status(int code, Response response, Callback callback) {
        response.setStatus(code);
        switch (code) {
            case 301, 302, 303, 307, 308 -> response.getHeaders().put("Location", "../other//place?x=%2F#part");
            case 304 -> response.getHeaders().put("ETag", "\"tag\"");
            case 401 -> response.getHeaders().put("WWW-Authenticate", "Basic realm=\"site\"");
            case 407 -> response.getHeaders().put("Proxy-Authenticate", "Basic realm=\"proxy\"");
            case 429, 503 -> response.getHeaders().put("Retry-After", "7");
            default -> {}
        }
        if (code == 204 || code == 205 || code == 304) {
            callback.succeeded();
        } else {
            text(response, callback, "status " + code + "\n", UTF_8);
        }
    }

    private static void download(Request request, Response response, Callback callback) throws Exception {
        Fields query = Request.extractQueryParameters(request);
        response.getHeaders().put("Content-Disposition", "attachment; filename=\"a b.bin\"");
        if (query.get("length") != null) {
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, size(query));
        }
        try (OutputStream out = Content.Sink.asOutputStream(response)) {
            new TestBody(1, size(query)).writeTo(out);
        }
        callback.succeeded();
    }
}
