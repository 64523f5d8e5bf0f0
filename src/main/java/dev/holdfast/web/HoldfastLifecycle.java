package dev.holdfast.web;

import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * Starts the sites before the first request, and stops them so that nobody who is held is left without an answer.
 *
 * <p>Under the context attribute {@value #STOP} lies a {@link Runnable} for whoever wants to stop the container more gently
 * than it stops itself: it turns away whoever is held and waits for whoever is in flight, while the container still runs.
 * Under {@value #HELD} lies an {@link IntSupplier} that tells how many requests are held; under {@value #PROGRESS} a
 * {@link Supplier} of the words that say how an upgrade goes, empty while there is none.
 */
public final class HoldfastLifecycle implements ServletContextListener {
    public static final String STOP = "dev.holdfast.stop";

    public static final String HELD = "dev.holdfast.held";

    public static final String PROGRESS = "dev.holdfast.progress";

    private Sites sites;

    @Override
    public void contextInitialized(ServletContextEvent event) {
        sites = Sites.start(event.getServletContext());
        event.getServletContext().setAttribute(STOP, (Runnable) sites::drain);
        event.getServletContext().setAttribute(HELD, (IntSupplier) sites::held);
        event.getServletContext().setAttribute(PROGRESS, (Supplier<String>) sites::progress);
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        if (sites != null) {
            sites.drain();
            sites.close();
        }
    }
}
