/**
 * The gate: decides for each request whether it passes, is held or is turned away, and counts.
 *
 * <pre>
 *   tryPass ──open──▶ Passage ──end──▶ gone on
 *      │ shut or a line                ▲   │ holdAgain (the gate shut again, or the upstream refused)
 *      ▼                               │   ▼
 *     hold ──▶ HeldRequest in the WaitingLine ──▶ released / expired / abandoned / refused / ...
 * </pre>
 *
 * <p>It knows no servlet, no HTTP and no file; all it needs is a clock and the {@linkplain dev.holdfast.gate.GateThread
 * gate thread}. Requests pass on the container's threads without a lock. They leave the line on the gate thread, one after
 * the other: so none is asked whether its client is there while it is being released. Only
 * {@link dev.holdfast.gate.HeldRequest#leave} may come from any thread at any time.
 */
package dev.holdfast.gate;
