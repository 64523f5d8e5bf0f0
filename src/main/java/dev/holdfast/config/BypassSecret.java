package dev.holdfast.config;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What lets its holder through the closed gate. Shows itself to nobody; compares in a time that tells nothing. Immutable. */
public final class BypassSecret {
    static final String ALLOWED = "none, or 16 to 200 letters, digits and characters of -._~";

    /** None that is written in another way in an URL than in a field. */
    private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9._~-]{16,200}");

    private final byte[] secret; // null: none
    private final String token; // null: none

    private BypassSecret(byte[] secret, String token) {
        this.secret = secret;
        this.token = token;
    }

    /** @throws IllegalArgumentException if it is not allowed; the message does not show it */
    public static BypassSecret parse(String value) {
        if (value.equals("none")) {
            return new BypassSecret(null, null);
        }
        if (!SECRET.matcher(value).matches()) {
            throw new IllegalArgumentException("the value (which is not shown) is not allowed; allowed is " + ALLOWED);
        }
        byte[] secret = value.getBytes(ISO_8859_1);
        return new BypassSecret(secret, derive(secret));
    }

    private static String derive(byte[] secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            byte[] derived = mac.doFinal("holdfast-bypass cookie".getBytes(ISO_8859_1));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(derived);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }

    public boolean isNone() {
        return secret == null;
    }

    /** What a browser keeps in its place, from which it cannot be found out. Null where there is none. */
    public String token() {
        return token;
    }

    /** @param said may be null */
    public boolean is(String said) {
        return secret != null && said != null && MessageDigest.isEqual(secret, said.getBytes(ISO_8859_1));
    }

    /** @param said may be null */
    public boolean isToken(String said) {
        return token != null
                && said != null
                && MessageDigest.isEqual(token.getBytes(ISO_8859_1), said.getBytes(ISO_8859_1));
    }

    @Override
    public String toString() {
        return isNone() ? "none" : "not shown";
    }
}
