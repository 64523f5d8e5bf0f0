package dev.holdfast.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;

/** What a node of a fleet is called where nobody says it: there is one Holdfast for a balance file, and one such path on a machine. */
final class NodeName {
    private static final int LONGEST = 200;

    private NodeName() {}

    static String of(Path balanceFile) {
        String name = machine()
                + balanceFile
                        .normalize()
                        .toString()
                        .replace(balanceFile.getFileSystem().getSeparator(), ":");
        return Ensemble.nameOf(name.length() <= LONGEST ? name : name.substring(0, LONGEST - 9) + "~" + hash(name));
    }

    private static String hash(String name) {
        return String.format("%08x", name.hashCode());
    }

    private static String machine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "localhost";
        }
    }
}
