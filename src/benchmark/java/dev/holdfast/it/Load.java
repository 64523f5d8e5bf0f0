package dev.holdfast.it;

import java.time.Duration;

/**
 * What the clients saw in one slice.
 *
 * @param requests that were answered to their end
 * @param bytes that came, those of answers that were cut off by the end of the slice included
 * @param failures answers other than 2xx, broken connections, time-outs
 */
record Load(long requests, Duration time, long bytes, double p50Millis, double p99Millis, long failures) {}
