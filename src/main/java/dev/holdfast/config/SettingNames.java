package dev.holdfast.config;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The names of the settings, and which one somebody may have meant. */
final class SettingNames {
    private SettingNames() {}

    static boolean isKnown(String name) {
        return Arrays.stream(Setting.values()).anyMatch(setting -> setting.key().equals(name));
    }

    static String all() {
        return Arrays.stream(Setting.values()).map(Setting::key).collect(Collectors.joining(", "));
    }

    /** Whether it may be a password that was given this name. */
    static boolean isLikeASecret(String name) {
        return letters(name).matches(".*(pass|pw|secret|key|token).*")
                || Arrays.stream(Setting.values())
                        .filter(Setting::isSecret)
                        .map(Setting::key)
                        .anyMatch(key -> distance(key, name) <= key.length() / 2);
    }

    /** The name that is nearest to this one, if any is near: at most a third of its letters differ. */
    static Optional<String> nearest(String name) {
        return Arrays.stream(Setting.values())
                .map(Setting::key)
                .min(Comparator.comparingInt(key -> distance(key, name)))
                .filter(key -> distance(key, name) <= key.length() / 3);
    }

    /** Letters to add, remove or replace (Levenshtein), where case, dots, hyphens and underscores do not count. */
    private static int distance(String left, String right) {
        String a = letters(left);
        String b = letters(right);
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, j -> j);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    private static String letters(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[._-]", "");
    }
}
