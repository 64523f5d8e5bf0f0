/**
 * The balance file: present = forward, absent = hold. Watches it, moves the gate to what it says, and writes the drained
 * marker and the status file.
 *
 * <pre>
 *   DirectoryWatch ──"something happened"──▶ BalanceWatcher ◀── each pollInterval, and when the gate is drained
 *   (holdfast-watch-…)                       (holdfast-balance-…)
 *                                              │ looks at the BalanceFile, lets it settle (Settling)
 *                                              ▼
 *                                        BalanceSwitch ──▶ Gate, upstream
 *                                              ├──▶ DrainedMarker
 *                                              └──▶ StatusFile (StatusKeeper says when, StatusReport what)
 * </pre>
 *
 * <p>It knows no servlet and no HTTP client, and no request ever waits for a file: the request path asks the gate alone.
 * The poll is what makes it right, since events get lost, directories are replaced and network file systems send none (there
 * the attribute cache may add some seconds); the watch only makes it fast. Two threads a site, both owned by {@link
 * dev.holdfast.balance.BalanceWatcher}: all state is confined to the balance thread, and the watch thread does nothing but
 * wake it. Whatever calls {@code snapshot()} reads one volatile field.
 */
package dev.holdfast.balance;
