/**
 * The container's side: the filter that holds, the servlet that forwards, and the listener that wires, starts and stops.
 *
 * <pre>
 *   HoldingFilter ── gate open ─────────────────────▶ chain ─▶ ProxyServlet
 *        │ gate closed                                   ▲          │
 *        ▼                                               │          │ refused: held again
 *   HeldClient ── released ─▶ dispatch ─▶ HoldingFilter ─┘          │ failed, cut: dispatch ─▶ answered, cut
 *        ▲──────────────────────────────────────────────────────────┘
 * </pre>
 *
 * <p>Whatever happens to a request on another thread becomes a {@link dev.holdfast.web.Step} and a dispatch: it is acted on
 * by a container thread, which may write. One {@link dev.holdfast.web.Visit} a request carries it there.
 */
package dev.holdfast.web;
