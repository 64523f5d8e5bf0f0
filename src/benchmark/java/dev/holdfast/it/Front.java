package dev.holdfast.it;

/**
 * A proxy that runs in front of the site, as a process of its own.
 *
 * @param http2Port 0 where it does not speak HTTP/2 without TLS
 */
record Front(Peer peer, ChildProcess process, int port, int http2Port) implements AutoCloseable {
    boolean speaks(Workload workload) {
        return portFor(workload) != 0;
    }

    int portFor(Workload workload) {
        return workload.http2() ? http2Port : port;
    }

    ProcessTree processes() {
        return new ProcessTree(process.handle());
    }

    /** With its children, which may outlive it where it is killed. */
    @Override
    public void close() {
        var children = process.handle().descendants().toList();
        process.close();
        children.forEach(ProcessHandle::destroyForcibly);
    }
}
