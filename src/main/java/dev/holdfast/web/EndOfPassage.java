package dev.holdfast.web;

import dev.holdfast.gate.Passage;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletResponse;

/** Ends the passage of a request when the site of the same web application that stands behind the filter has answered it. */
record EndOfPassage(Passage passage, HttpServletResponse response) implements AsyncListener {
    @Override
    public void onComplete(AsyncEvent event) {
        Visit.answered(passage, response.getStatus());
        passage.end();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        event.getAsyncContext().addListener(this);
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        // The site's own affair; onComplete follows.
    }

    @Override
    public void onError(AsyncEvent event) {
        // As above.
    }
}
