package dev.holdfast.config;

import java.util.Optional;

/**
 * Who may see how it is with a site, and where.
 *
 * @param path begins with a slash and ends without one; empty when there is nothing to be seen
 * @param addresses that may look, besides those of this machine
 * @param hosts names under which they may
 * @param trustedProxies whose word on their clients' addresses counts
 * @param operatorRole who has it may hold and release; empty when nobody may
 */
public record AdminSettings(
        Optional<String> path,
        AddressRanges addresses,
        AdminHosts hosts,
        AddressRanges trustedProxies,
        Optional<String> operatorRole) {
    static final String PATH_ALLOWED =
            "none, or a path such as /.holdfast, of letters, digits and ._~- with single slashes";

    static final String ROLE_ALLOWED = "the name of a role";

    /** @throws IllegalArgumentException if no role has such a name; the message names it and what is allowed */
    static String checkRole(String role) {
        if (role.isBlank() || role.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(ValueType.refusal(role, ROLE_ALLOWED));
        }
        return role;
    }

    /** @throws IllegalArgumentException if it is not allowed; the message names it and what is allowed */
    static Optional<String> parsePath(String path) {
        if (path.equals("none")) {
            return Optional.empty();
        }
        // Nothing that a browser, a container or somebody in between would write in another way.
        if (!path.matches("(/[A-Za-z0-9._~-]+)+") || path.matches(".*/\\.{1,2}(/.*)?")) {
            throw new IllegalArgumentException(ValueType.refusal(path, PATH_ALLOWED));
        }
        return Optional.of(path);
    }
}
