import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/**
 * Encodes messages with Kafka's own classes. Reads one JSON object a line, {type, version, value}, and answers each with a
 * line: the bytes in base64, or "!" and what went wrong. args[0] is the directory of the jars.
 */
public final class EncodeMessages {
    public static void main(String[] args) throws Exception {
        Map<String, String> converters = converters(new File(args[0]));
        ObjectMapper json = new ObjectMapper();
        PrintStream out = new PrintStream(System.out, false, "UTF-8");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            JsonNode request = json.readTree(line);
            try {
                out.println(encode(converters, request));
            } catch (Throwable error) {
                out.println("!" + (error.getCause() == null ? error : error.getCause()));
            }
        }
        out.flush();
    }

    private static String encode(Map<String, String> converters, JsonNode request) throws Exception {
        String type = request.get("type").asText();
        String converter = converters.getOrDefault(type + "Data", converters.get(type));
        short version = (short) request.get("version").asInt();
        Message message = (Message) Class.forName(converter).getMethod("read", JsonNode.class, short.class).invoke(null, request.get("value"), version);
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer buffer = ByteBuffer.allocate(message.size(cache, version));
        message.write(new ByteBufferAccessor(buffer), cache, version);
        return Base64.getEncoder().encodeToString(buffer.array());
    }

    /** From the simple name of a message class to the full name of its JSON converter. */
    private static Map<String, String> converters(File directory) throws Exception {
        Map<String, String> found = new HashMap<>();
        for (File jar : directory.listFiles((parent, name) -> name.startsWith("kafka-") && name.endsWith(".jar"))) {
            try (ZipFile zip = new ZipFile(jar)) {
                for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements();) {
                    String name = entries.nextElement().getName();
                    if (!name.endsWith("JsonConverter.class") || name.contains("$")) continue;
                    String full = name.substring(0, name.length() - ".class".length()).replace('/', '.');
                    found.put(full.substring(full.lastIndexOf('.') + 1, full.length() - "JsonConverter".length()), full);
                }
            }
        }
        return found;
    }
}
