package dev.holdfast.proxy;

import java.net.UnixDomainSocketAddress;

/**
 * The file of a Unix socket, asked why nobody could connect. Java throws the same exception for all reasons but one, and its
 * message is in the language of the system.
 */
record UnixSocket(UnixDomainSocketAddress address) {
    /** There is none, as far as we may look. */
    boolean isAbsent() {
        var file = address.getPath().toFile();
        if (file.exists()) {
            return false;
        }
        var parent = file.getParentFile();
        while (parent.getParentFile() != null && !parent.exists()) {
            parent = parent.getParentFile();
        }
        return !parent.isDirectory() || parent.canExecute();
    }

    /** Whether we have the right to connect. */
    boolean isOpenToUs() {
        return address.getPath().toFile().canWrite();
    }
}
