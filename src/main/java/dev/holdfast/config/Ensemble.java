package dev.holdfast.config;

import java.util.regex.Pattern;

/**
 * Where ZooKeeper is, and the node below which Holdfast's are.
 *
 * @param hosts of its servers, each with a port, and commas between
 * @param path begins with a slash and ends without one; empty for the root
 */
public record Ensemble(String hosts, String path) {
    static final String ALLOWED =
            "hosts with ports and commas between, and perhaps a path, such as zk1:2181,zk2:2181/web";

    private static final Pattern HOSTS = Pattern.compile(
            "(?:(?:\\[[0-9a-fA-F:.]+]|[A-Za-z0-9_][A-Za-z0-9._-]*):[0-9]{1,5}" + "(?:,(?!$|/)|(?=$|/)))+");

    /* What ZooKeeper takes, without what a shell or a terminal would not. */
    private static final Pattern NAME = Pattern.compile("(?!zookeeper$|\\.{1,2}$)[A-Za-z0-9._~:@+-]{1,200}");

    static final String NAME_ALLOWED = "at most 200 letters, digits and characters of ._~:@+-";

    /** @throws IllegalArgumentException if it is anything else; the message names the value and what is allowed */
    public static Ensemble parse(String value) {
        int slash = value.indexOf('/');
        String hosts = slash < 0 ? value : value.substring(0, slash);
        String path = slash < 0 || slash == value.length() - 1 ? "" : value.substring(slash);
        if (!HOSTS.matcher(hosts).matches()) {
            throw new IllegalArgumentException(ValueType.refusal(value, ALLOWED));
        }
        for (String host : hosts.split(",")) {
            int port = Integer.parseInt(host.substring(host.lastIndexOf(':') + 1));
            if (port < 1 || port > 65535) {
                throw new IllegalArgumentException(ValueType.refusal(value, ALLOWED));
            }
        }
        for (String name : path.isEmpty() ? new String[0] : path.substring(1).split("/", -1)) {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(ValueType.refusal(value, ALLOWED));
            }
        }
        return new Ensemble(hosts, path);
    }

    /**
     * The name of a site or of a node.
     *
     * @throws IllegalArgumentException if ZooKeeper could not have a node of that name; the message names it and what is allowed
     */
    public static String checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(ValueType.refusal(name, NAME_ALLOWED));
        }
        return name;
    }

    /** The same with what no name may have replaced. */
    static String nameOf(String text) {
        return checkName(text.replaceAll("[^A-Za-z0-9._~:@+-]+", "_"));
    }

    @Override
    public String toString() {
        return hosts + path;
    }
}
