package dev.holdfast.cluster;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Of this JVM, as long as it is open: what they were before is restored. */
final class SystemProperties implements AutoCloseable {
    private final Map<String, String> before = new HashMap<>();

    /** @param settings each a name, an equals sign and a value */
    SystemProperties(List<String> settings) {
        for (String setting : settings) {
            String name = setting.substring(0, setting.indexOf('='));
            before.put(name, System.setProperty(name, setting.substring(name.length() + 1)));
        }
    }

    @Override
    public void close() {
        before.forEach((name, value) -> {
            if (value == null) {
                System.clearProperty(name);
            } else {
                System.setProperty(name, value);
            }
        });
    }
}
