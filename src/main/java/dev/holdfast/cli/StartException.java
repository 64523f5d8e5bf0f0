package dev.holdfast.cli;

/** Holdfast cannot start; the message, made for the operator, says why. */
final class StartException extends Exception {
    private static final long serialVersionUID = 1;

    StartException(String message) {
        super(message);
    }

    /** What to tell the operator: the message of an exception of ours, else what went wrong first. */
    static String describe(Throwable failure) {
        Throwable told = failure;
        while (told.getCause() != null && !isOurs(told)) {
            told = told.getCause();
        }
        return isOurs(told) ? told.getMessage() : told.toString();
    }

    /** By its name: an exception of the WAR's has another class loader. */
    private static boolean isOurs(Throwable failure) {
        return failure.getClass().getName().startsWith("dev.holdfast.");
    }
}
