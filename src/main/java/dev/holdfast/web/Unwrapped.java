package dev.holdfast.web;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;

/** The container's own objects, for those who use what the Servlet API does not show of them. */
final class Unwrapped {
    private Unwrapped() {}

    /** What the container made, below all wrappers. */
    static ServletRequest request(ServletRequest request) {
        ServletRequest inner = request;
        while (inner instanceof ServletRequestWrapper wrapper) {
            inner = wrapper.getRequest();
        }
        return inner;
    }

    /** What the container made, below all wrappers. */
    static ServletResponse response(ServletResponse response) {
        ServletResponse inner = response;
        while (inner instanceof ServletResponseWrapper wrapper) {
            inner = wrapper.getResponse();
        }
        return inner;
    }

    /** To be thrown: what a method handle throws is declared as anything, and is unchecked. An Error is thrown here. */
    static RuntimeException unexpected(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
    }
}
