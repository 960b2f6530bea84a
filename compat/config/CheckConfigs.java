import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import kafka.server.KafkaConfig;
import org.apache.kafka.common.Endpoint;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.apache.kafka.server.config.DynamicBrokerConfig;
import org.apache.kafka.server.metrics.ClientMetricsConfigs;
import org.apache.kafka.storage.internals.log.LogConfig;

/**
 * Asks Apache Kafka what it says to configurations. Reads one JSON object a line and answers one a line:
 * {"error": message or null, "value": what it made of it, where that is asked}. Run by the tests beside it.
 */
public final class CheckConfigs {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    public static void main(String[] args) throws Exception {
        // What Kafka logs must not stand between the answers.
        PrintStream out = System.out;
        System.setOut(System.err);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            JsonNode request = MAPPER.readTree(line);
            ObjectNode answer = MAPPER.createObjectNode();
            try {
                answer.set("value", MAPPER.valueToTree(ask(request)));
                answer.putNull("error");
            } catch (Throwable refused) {
                answer.put("error", refused.getMessage());
            }
            out.println(MAPPER.writeValueAsString(answer));
        }
    }

    private static Object ask(JsonNode request) throws IOException {
        Map<String, String> configs = new HashMap<>();
        request.path("configs").fields().forEachRemaining(field -> configs.put(field.getKey(), field.getValue().asText()));
        switch (request.get("ask").asText()) {
            case "value":
                return value(request.get("scope").asText(), request.get("name").asText(), request.get("text").asText());
            case "topic":
                LogConfig.validate(Map.of(), configs, kafkaConfig(Map.of()).extractLogConfigMap(), false);
                return null;
            case "topicValues":
                return topicValues(kafkaConfig(configs));
            case "node":
                return describe(kafkaConfig(configs));
            case "properties": {
                Properties read = new Properties();
                read.load(new StringReader(request.get("text").asText()));
                // Pairs and not an object: V8's JSON.parse mistakes a name that is an escape, as "\\t", for one of an earlier object.
                return new TreeMap<>(read).entrySet().stream().map(entry -> List.of(entry.getKey(), entry.getValue())).toList();
            }
            case "clientMetrics":
                ClientMetricsConfigs.validate("m", configs);
                return null;
            case "dynamic":
                DynamicBrokerConfig.validateConfigs(properties(configs), request.get("perBroker").asBoolean());
                return null;
            default:
                throw new IllegalArgumentException("unknown question");
        }
    }

    private static String value(String scope, String name, String text) {
        ConfigDef def = switch (scope) {
            case "broker" -> AbstractKafkaConfig.CONFIG_DEF;
            case "topic" -> LogConfig.configDefCopy();
            default -> GroupConfig.CONFIG_DEF;
        };
        ConfigDef.ConfigKey key = def.configKeys().get(name);
        ConfigDef one = new ConfigDef().define(key);
        return ConfigDef.convertToString(one.parse(Map.of(name, text)).get(name), key.type);
    }

    /** A node's settings must be whole: these are what every question starts from. */
    private static KafkaConfig kafkaConfig(Map<String, String> configs) {
        Map<String, String> all = new HashMap<>(Map.of("process.roles", "broker,controller", "node.id", "1",
            "controller.quorum.voters", "1@localhost:9093", "controller.listener.names", "CONTROLLER",
            "listeners", "PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093"));
        configs.forEach((name, text) -> {
            if (text.equals("(unset)")) all.remove(name);
            else all.put(name, text);
        });
        return KafkaConfig.fromProps(properties(all), false);
    }

    private static Map<String, Object> describe(KafkaConfig config) {
        Map<String, Object> values = new TreeMap<>();
        values.put("listeners", endpoints(config.listeners()));
        values.put("advertised", endpoints(config.effectiveAdvertisedBrokerListeners()));
        values.put("controllers", endpoints(config.effectiveAdvertisedControllerListeners()));
        values.put("interBroker", config.interBrokerListenerName().value());
        values.put("logDirs", config.logDirs());
        values.put("metadataLogDir", config.metadataLogDir());
        return values;
    }

    private static List<String> endpoints(scala.collection.Seq<Endpoint> seq) {
        List<String> all = new ArrayList<>();
        seq.foreach(endpoint -> all.add(endpoint.listener() + "/" + endpoint.securityProtocol() + "/" + endpoint.host() + "/" + endpoint.port()));
        return all;
    }

    private static Map<String, Object> topicValues(KafkaConfig config) {
        Map<String, Object> values = new TreeMap<>();
        Map<String, Object> defaults = config.extractLogConfigMap();
        LogConfig topic = new LogConfig(defaults);
        for (String name : LogConfig.configNames()) {
            ConfigDef.Type type = LogConfig.configType(name).get();
            values.put(name, ConfigDef.convertToString(topic.values().get(name), type));
        }
        return values;
    }

    private static Properties properties(Map<String, String> configs) {
        Properties properties = new Properties();
        properties.putAll(configs);
        return properties;
    }
}
