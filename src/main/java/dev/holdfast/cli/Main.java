package dev.holdfast.cli;

/** Starts Holdfast by itself. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.out.println("x");
    }
}
