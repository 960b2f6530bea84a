import java.io.IOException;
import java.lang.reflect.Modifier;
import java.util.jar.JarFile;

/**
 * Prints the classes of the given jars that somebody starts: those with a main method, and formatters that the console consumer takes
 * by name. Nothing of them is run.
 */
public class ListPrograms {
    public static void main(String[] jars) throws IOException, ReflectiveOperationException {
        for (String jar : jars) {
            try (JarFile file = new JarFile(jar)) {
                for (String entry : file.stream().map(each -> each.getName()).sorted().toList()) {
                    if (entry.endsWith(".class") && !entry.contains("$")) print(entry.substring(0, entry.length() - 6).replace('/', '.'));
                }
            }
        }
    }

    private static void print(String name) throws ReflectiveOperationException {
        Class<?> loaded = Class.forName(name, false, ListPrograms.class.getClassLoader());
        boolean isFormatter = Class.forName("org.apache.kafka.common.MessageFormatter").isAssignableFrom(loaded) && !Modifier.isAbstract(loaded.getModifiers());
        if (hasMain(loaded) || isFormatter) System.out.println(name);
    }

    private static boolean hasMain(Class<?> loaded) {
        try {
            return Modifier.isStatic(loaded.getDeclaredMethod("main", String[].class).getModifiers());
        } catch (NoSuchMethodException | NoClassDefFoundError absent) {
            return false;
        }
    }
}
