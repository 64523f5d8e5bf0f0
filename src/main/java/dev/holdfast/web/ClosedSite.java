package dev.holdfast.web;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a page can say of the closed gate; asked only where somebody wants a page. Thread-safe.
 *
 * @param closedFor how long
 * @param operatorsPage the text of the page that the operator wants shown, with placeholders; empty where there is none
 */
record ClosedSite(Supplier<Duration> closedFor, Supplier<Optional<String>> operatorsPage) {}
