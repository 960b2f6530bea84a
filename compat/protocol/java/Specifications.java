import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.util.Enumeration;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Prints every message specification in the jars of a directory, one JSON object a line: {jar, path, text}. */
public final class Specifications {
    public static void main(String[] args) throws Exception {
        ObjectMapper json = new ObjectMapper();
        for (File jar : new File(args[0]).listFiles((directory, name) -> name.startsWith("kafka-") && name.endsWith(".jar"))) {
            try (ZipFile zip = new ZipFile(jar)) {
                for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements();) {
                    ZipEntry entry = entries.nextElement();
                    if (!entry.getName().endsWith(".json")) continue;
                    String text = new String(zip.getInputStream(entry).readAllBytes(), "UTF-8");
                    if (text.contains("\"validVersions\""))
                        System.out.println(json.writeValueAsString(Map.of("jar", jar.getName(), "path", entry.getName(), "text", text)));
                }
            }
        }
    }
}
