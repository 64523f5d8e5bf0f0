package dev.holdfast.it;

import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.http.MultiPartConfig;
import org.eclipse.jetty.http.MultiPartFormData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.FormFields;
import org.eclipse.jetty.server.Request;

/** What {@link JettyPages} tells about requests. */
final class JettyRequests {
    private JettyRequests() {}

    static String echo(Request request) throws Exception {
        String fields = request.getHeaders().stream()
                .map(field -> field.getName() + ": " + (field.getValue() == null ? "" : field.getValue()) + "\n")
                .collect(Collectors.joining());
        String target = request.getHttpURI().getPathQuery();
        String sum = sum(request);
        HttpFields trailers = request.getTrailers();
        String trailing = trailers == null
                ? ""
                : trailers.stream()
                        .map(field -> "trailer " + field.getLowerCaseName() + ": " + field.getValue() + "\n")
                        .collect(Collectors.joining());
        return request.getMethod() + " " + target + "\n" + fields + trailing + sum + "\n";
    }

    static String sum(Request request) throws Exception {
        try (InputStream in = Content.Source.asInputStream(request)) {
            return sum(in);
        }
    }

    private static String sum(InputStream in) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] buffer = new byte[65536];
        long length = 0;
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            digest.update(buffer, 0, n);
            length += n;
        }
        return length + " " + HexFormat.of().formatHex(digest.digest());
    }

    static String whoami(Request request) {
        return Request.getRemoteAddr(request) + " " + request.getHttpURI().getScheme() + " "
                + Request.getServerName(request) + " " + request.isSecure();
    }

    static String form(Request request) {
        return FormFields.getFields(request).stream()
                .map(field -> field.getName() + "=" + field.getValues())
                .collect(Collectors.joining("\n"));
    }

    static String upload(Request request) throws Exception {
        MultiPartConfig config = new MultiPartConfig.Builder()
                .maxSize(10_000_000)
                .maxPartSize(10_000_000)
                .maxMemoryPartSize(10_000_000)
                .build();
        StringBuilder shown = new StringBuilder();
        String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        try (MultiPartFormData.Parts parts = MultiPartFormData.getParts(request, request, type, config)) {
            for (MultiPart.Part part : parts) {
                try (InputStream in = Content.Source.asInputStream(part.getContentSource())) {
                    shown.append(part.getName() + " " + part.getFileName() + " " + sum(in) + "\n");
                }
            }
        }
        return shown.toString();
    }
}
