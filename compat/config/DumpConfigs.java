import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.apache.kafka.server.config.ConfigSynonym;
import org.apache.kafka.server.config.DynamicBrokerConfig;
import org.apache.kafka.server.config.ServerTopicConfigSynonyms;
import org.apache.kafka.server.metrics.ClientMetricsConfigs;
import org.apache.kafka.storage.internals.log.LogConfig;

/** Prints what Apache Kafka's ConfigDefs say of every setting, as one JSON object. Run by broker-settings.test.ts. */
public final class DumpConfigs {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    public static void main(String[] args) throws Exception {
        ObjectNode all = MAPPER.createObjectNode();
        all.set("broker", keys(AbstractKafkaConfig.CONFIG_DEF));
        all.set("topic", keys(LogConfig.configDefCopy()));
        all.set("group", keys(GroupConfig.CONFIG_DEF));
        all.set("clientMetrics", keys(ClientMetricsConfigs.configDef()));
        ObjectNode modes = all.putObject("updateModes");
        DynamicBrokerConfig.dynamicConfigUpdateModes().forEach(modes::put);
        ObjectNode topicSynonyms = all.putObject("topicSynonyms");
        ServerTopicConfigSynonyms.ALL_TOPIC_CONFIG_SYNONYMS.forEach((topic, synonyms) -> {
            ArrayNode list = topicSynonyms.putArray(topic);
            for (ConfigSynonym synonym : synonyms) {
                // The converter is known by what it makes of 7: 7, 420000 (minutes) or 25200000 (hours).
                list.addObject().put("name", synonym.name()).put("seven", synonym.converter().apply("7"));
            }
        });
        ObjectNode groupSynonyms = all.putObject("groupSynonyms");
        GroupConfig.ALL_GROUP_CONFIG_SYNONYMS.forEach((group, broker) -> groupSynonyms.put(group, broker.orElse(null)));
        System.out.println(MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(all));
    }

    private static ArrayNode keys(ConfigDef def) {
        ArrayNode list = MAPPER.createArrayNode();
        for (String name : new TreeSet<>(def.configKeys().keySet())) {
            ConfigDef.ConfigKey key = def.configKeys().get(name);
            ObjectNode node = list.addObject();
            node.put("name", name).put("type", key.type.name()).put("importance", key.importance.name()).put("internal", key.internalConfig);
            node.put("required", !key.hasDefault());
            node.put("default", key.hasDefault() ? ConfigDef.convertToString(key.defaultValue, key.type) : null);
            node.put("validator", Optional.ofNullable(key.validator).map(Object::toString).orElse(null));
            node.put("validatorClass", Optional.ofNullable(key.validator).map(v -> v.getClass().getName()).orElse(null));
            node.put("doc", key.documentation);
        }
        return list;
    }
}
