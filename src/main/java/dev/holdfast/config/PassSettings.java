package dev.holdfast.config;

import java.util.Optional;

/**
 * Whose requests do not wait at the closed gate.
 *
 * @param exemptPaths never held
 * @param holdMethods the only ones that are held
 * @param healthPath what we answer ourselves while the gate is closed, in {@linkplain ExemptPaths#isPlain plain} writing
 * @param bypassSecret for those who say it
 * @param bypassAddresses of clients
 */
public record PassSettings(
        ExemptPaths exemptPaths,
        HoldMethods holdMethods,
        Optional<String> healthPath,
        BypassSecret bypassSecret,
        AddressRanges bypassAddresses) {
    /** @throws IllegalArgumentException if it is neither {@code none} nor a path; the message says what is allowed */
    static Optional<String> parseHealthPath(String value) {
        if (value.equals("none")) {
            return Optional.empty();
        }
        Ranges.check(ExemptPaths.isPlain(value), "healthPath", value, ExemptPaths.PATH_ALLOWED);
        return Optional.of(value);
    }
}
