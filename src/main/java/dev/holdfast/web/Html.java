package dev.holdfast.web;

import static dev.holdfast.web.AnswerBody.utf8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** What all of our pages need. */
final class Html {
    private Html() {}

    /** Fit for text and for an attribute in quotes, whoever wrote it. */
    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /** The source by which a Content-Security-Policy allows exactly this script or style (CSP Level 3, section 2.3.1). */
    static String source(String content) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(utf8(content));
            return "'sha256-" + Base64.getEncoder().encodeToString(hash) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
