package dev.holdfast.web;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

final class Answers {
    void conclude(Step step, HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (step instanceof Step.Cut) {
            throw new IOException("the upstream broke off its answer");
        } else if (step instanceof Step.Failed failed) {
            response.setStatus(failed.failure().status());
            response.getOutputStream().println(failed.toString());
        } else if (step instanceof Step.TurnedAway away) {
            response.setStatus(503);
            response.setHeader("Retry-After", "5");
            response.getOutputStream().println(away.toString());
        }
    }

    void badRequest(String message, HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setStatus(400);
        response.getOutputStream().println(message);
    }

    void stopping(AsyncContext context) {
        HttpServletResponse response = (HttpServletResponse) context.getResponse();
        response.setStatus(503);
        response.setHeader("Retry-After", "5");
        context.complete();
    }
}
