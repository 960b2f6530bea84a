import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.util.Base64;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;

/**
 * What Kafka answers when a request fails as a whole. Reads lines of API key, version, error code and the request's body in
 * base64, with blanks between, and answers each with a line: the response's body in base64, "-" for no response, or "!"
 * and what went wrong.
 */
public final class FailRequests {
    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, false, "UTF-8");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            try {
                out.println(fail(line.split(" ", -1)));
            } catch (Throwable error) {
                // In one line, whatever the message has.
                out.println(("!" + error).replaceAll("\\R", " "));
            }
        }
        out.flush();
    }

    private static String fail(String[] order) throws Exception {
        short version = Short.parseShort(order[1]);
        ByteBuffer body = ByteBuffer.wrap(Base64.getDecoder().decode(order[3]));
        AbstractRequest request = AbstractRequest.parseRequest(ApiKeys.forId(Short.parseShort(order[0])), version, new ByteBufferAccessor(body)).request;
        AbstractResponse response = request.getErrorResponse(0, Errors.forCode(Short.parseShort(order[2])).exception());
        if (response == null) return "-";
        Message message = response.data();
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer buffer = ByteBuffer.allocate(message.size(cache, version));
        message.write(new ByteBufferAccessor(buffer), cache, version);
        return Base64.getEncoder().encodeToString(buffer.array());
    }
}
