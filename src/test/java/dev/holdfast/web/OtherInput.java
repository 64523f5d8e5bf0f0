package dev.holdfast.web;

import jakarta.servlet.Filter;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.util.function.UnaryOperator;

/** Tomcat's input of a request as it is, for those who change some of it. */
class OtherInput extends ServletInputStream {
    final ServletInputStream tomcat;

    OtherInput(ServletInputStream tomcat) {
        this.tomcat = tomcat;
    }

    /** Stands before Holdfast, and lets it read from there. */
    static Filter filter(UnaryOperator<ServletInputStream> changed) {
        return (request, response, chain) -> {
            ServletInputStream in = changed.apply(request.getInputStream());
            chain.doFilter(
                    new HttpServletRequestWrapper((HttpServletRequest) request) {
                        @Override
                        public ServletInputStream getInputStream() {
                            return in;
                        }
                    },
                    response);
        };
    }

    @Override
    public boolean isFinished() {
        return tomcat.isFinished();
    }

    @Override
    public boolean isReady() {
        return tomcat.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
        tomcat.setReadListener(listener);
    }

    @Override
    public int read() throws IOException {
        return tomcat.read();
    }

    @Override
    public int read(byte[] piece, int offset, int length) throws IOException {
        return tomcat.read(piece, offset, length);
    }

    @Override
    public int available() throws IOException {
        return tomcat.available();
    }
}
