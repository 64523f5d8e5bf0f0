package dev.holdfast.web;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;

/**
 * The way from what a servlet sees of a request or a response in Tomcat to what its connector has, by Tomcat's own classes, found
 * by name: the WAR is compiled without them.
 *
 * @param type the facade
 * @param coyote what the connector has
 * @param toCoyote facade → that
 */
record TomcatFacade(Class<?> type, Class<?> coyote, MethodHandle toCoyote) {
    /** @throws ReflectiveOperationException names the class or member that is missing */
    static TomcatFacade ofRequest(ClassLoader loader) throws ReflectiveOperationException {
        return find(loader, "Request", "request");
    }

    /** @throws ReflectiveOperationException names the class or member that is missing */
    static TomcatFacade ofResponse(ClassLoader loader) throws ReflectiveOperationException {
        return find(loader, "Response", "response");
    }

    /** Facade, length → nothing: what the connector takes for the announced length of the body, in bytes; -1 for none. */
    MethodHandle lengthSetter() throws ReflectiveOperationException {
        MethodHandle set = MethodHandles.publicLookup()
                .findVirtual(coyote, "setContentLength", MethodType.methodType(void.class, long.class));
        return MethodHandles.filterArguments(set, 0, toCoyote)
                .asType(MethodType.methodType(void.class, Object.class, long.class));
    }

    private static TomcatFacade find(ClassLoader loader, String name, String fieldName)
            throws ReflectiveOperationException {
        Class<?> inside = Class.forName("org.apache.catalina.connector." + name, false, loader);
        Class<?> facade = Class.forName("org.apache.catalina.connector." + name + "Facade", false, loader);
        Class<?> coyote = Class.forName("org.apache.coyote." + name, false, loader);
        Field field = facade.getDeclaredField(fieldName);
        field.setAccessible(true);
        MethodHandles.Lookup lookup = MethodHandles.publicLookup();
        return new TomcatFacade(
                facade,
                coyote,
                MethodHandles.filterReturnValue(
                        lookup.unreflectGetter(field),
                        lookup.findVirtual(inside, "getCoyote" + name, MethodType.methodType(coyote))));
    }
}
