import com.github.dockerjava.api.command.InspectContainerResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.kafka.ConfluentKafkaContainer;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.shaded.com.fasterxml.jackson.databind.ObjectMapper;
import org.testcontainers.utility.DockerImageName;

/**
 * HOST-PORT: prints what Testcontainers' modules would have a container do, without Docker: variables, command, and the files that
 * they copy into it when it is starting, as JSON by the module's name.
 */
public class RenderScripts {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static int port;

    public static void main(String[] args) throws Exception {
        port = Integer.parseInt(args[0]);
        Map<String, Object> rendered = new LinkedHashMap<>();
        rendered.put("apache/kafka", new Apache().render());
        rendered.put("confluentinc/cp-kafka", new Confluent().render());
        rendered.put("confluentinc/cp-kafka, older module, ZooKeeper", new Older(false).render());
        rendered.put("confluentinc/cp-kafka, older module, KRaft", new Older(true).render());
        System.out.println(JSON.writeValueAsString(rendered));
    }

    private static DockerImageName standIn(String image) {
        return DockerImageName.parse("odradek:7.6.0").asCompatibleSubstituteFor(image);
    }

    private static InspectContainerResponse started() throws Exception {
        return JSON.readValue("{\"Config\":{\"Hostname\":\"container\"}}", InspectContainerResponse.class);
    }

    private static Map<String, Object> describe(GenericContainer<?> container, Map<String, String> files) {
        return Map.of("environment", container.getEnvMap(), "command", List.of(container.getCommandParts()), "files", files);
    }

    private static String text(Transferable file) {
        return new String(file.getBytes(), StandardCharsets.UTF_8);
    }

    private static class Apache extends KafkaContainer {
        private final Map<String, String> files = new LinkedHashMap<>();

        Apache() {
            super(standIn("apache/kafka"));
            withListener("container:19092");
        }

        Map<String, Object> render() throws Exception {
            configure();
            containerIsStarting(started());
            return describe(this, files);
        }

        @Override
        public String getHost() {
            return "localhost";
        }

        @Override
        public Integer getMappedPort(int original) {
            return port;
        }

        @Override
        public void copyFileToContainer(Transferable file, String path) {
            files.put(path, text(file));
        }
    }

    private static class Confluent extends ConfluentKafkaContainer {
        private final Map<String, String> files = new LinkedHashMap<>();

        Confluent() {
            super(standIn("confluentinc/cp-kafka"));
        }

        Map<String, Object> render() throws Exception {
            configure();
            containerIsStarting(started());
            return describe(this, files);
        }

        @Override
        public String getHost() {
            return "localhost";
        }

        @Override
        public Integer getMappedPort(int original) {
            return port;
        }

        @Override
        public void copyFileToContainer(Transferable file, String path) {
            files.put(path, text(file));
        }
    }

    @SuppressWarnings("deprecation")
    private static class Older extends org.testcontainers.containers.KafkaContainer {
        private final Map<String, String> files = new LinkedHashMap<>();

        Older(boolean isKraft) {
            super(standIn("confluentinc/cp-kafka"));
            if (isKraft) withKraft();
        }

        /** Not asked of an engine, which would have to have the image. */
        @Override
        public String getDockerImageName() {
            return "odradek:7.6.0";
        }

        Map<String, Object> render() throws Exception {
            configure();
            containerIsStarting(started());
            Map<String, Object> described = new LinkedHashMap<>(describe(this, files));
            // It is set when the container is made, out of sight here.
            described.put("entrypoint", List.of("sh"));
            return described;
        }

        @Override
        public String getHost() {
            return "localhost";
        }

        @Override
        public Integer getMappedPort(int original) {
            return port;
        }

        @Override
        public void copyFileToContainer(Transferable file, String path) {
            files.put(path, text(file));
        }
    }
}
