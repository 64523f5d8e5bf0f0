package dev.holdfast.proxy;

import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicHeader;

/** The fields that came after a body in chunks, which the container gives only where it is told to. RFC 9110, section 6.5. */
final class RequestTrailers {
    private RequestTrailers() {}

    /**
     * To be asked when all of the body has been read.
     *
     * @param heldHeader may be null
     * @return null when there are none
     */
    static List<Header> of(HttpServletRequest client, String heldHeader) {
        if (!client.isTrailerFieldsReady()) {
            return null;
        }
        Map<String, String> fields = client.getTrailerFields();
        if (fields.isEmpty()) {
            return null;
        }
        List<Header> trailers = new ArrayList<>(fields.size());
        fields.forEach((name, value) -> {
            if (mayTrail(name, heldHeader) && FieldNames.isToken(name) && FieldNames.isValue(value)) {
                trailers.add(new BasicHeader(name, value));
            }
        });
        return trailers;
    }

    /** Not what a recipient that merges them with the head would take for ours, or for the body's end. */
    private static boolean mayTrail(String name, String heldHeader) {
        return !FieldNames.isHopByHop(name)
                && !FieldNames.isForEverybody(name)
                && !ForwardedFields.isOne(name)
                && !BypassFields.isHeader(name)
                && !(heldHeader != null && FieldNames.isCalled(name, heldHeader));
    }
}
