/** Threads: how Holdfast makes its own, and ends them. Knows nothing of what they do. */
package dev.holdfast.thread;
