package dev.holdfast.web;

import java.util.Map;

/** Fills in what an operator's page leaves open, such as {@code {{since}}}. */
final class Placeholders {
    private static final String BEGIN = "{{";
    private static final String END = "}}";

    private Placeholders() {}

    /** Names that are not known stay as they are; what a value says is not looked at again. */
    static String replace(String text, Map<String, String> values) {
        StringBuilder replaced = new StringBuilder(text.length() + 256);
        int done = 0;
        for (int begin = text.indexOf(BEGIN); begin >= 0; begin = text.indexOf(BEGIN, begin + 1)) {
            int end = text.indexOf(END, begin);
            if (end < 0) {
                break;
            }
            String value =
                    values.get(text.substring(begin + BEGIN.length(), end).strip());
            if (value != null) {
                replaced.append(text, done, begin).append(value);
                done = end + END.length();
            }
        }
        return replaced.append(text, done, text.length()).toString();
    }
}
