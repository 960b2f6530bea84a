import type { KafkaProgram } from './kafka-program.ts'

interface ProgramEntry {
  load(): Promise<KafkaProgram>
}

/** The programs of Kafka's names, a line for each. */
export const kafkaPrograms: Readonly<Record<string, ProgramEntry>> = {
  'kafka-topics': { load: async () => (await import('./topics/kafka-topics.ts')).kafkaTopics },
  'kafka-console-producer': { load: async () => (await import('./console/kafka-console-producer.ts')).kafkaConsoleProducer },
  'kafka-console-consumer': { load: async () => (await import('./console/kafka-console-consumer.ts')).kafkaConsoleConsumer },
  'kafka-consumer-groups': { load: async () => (await import('./groups/kafka-consumer-groups.ts')).kafkaConsumerGroups },
  'kafka-configs': { load: async () => (await import('./configs/kafka-configs.ts')).kafkaConfigs },
  'kafka-get-offsets': { load: async () => (await import('./offsets/kafka-get-offsets.ts')).kafkaGetOffsets },
  'kafka-broker-api-versions': { load: async () => (await import('./kafka-broker-api-versions.ts')).kafkaBrokerApiVersions },
}

/** The one whose options stand behind an action, so that it reads its command line itself. */
export const KAFKA_STORAGE = 'kafka-storage'

/** What works under its own name. */
export const workingKafkaPrograms: readonly string[] = [...Object.keys(kafkaPrograms), KAFKA_STORAGE]

const KAFKAS_OWN = "Kafka's own program works with this broker"

/** All other programs of Apache Kafka 4.3.1: what to call in their place, or that there is nothing. Each is a whole sentence. */
export const otherKafkaPrograms: Readonly<Record<string, string>> = {
  'kafka-server-start': '`odradek start --config FILE` does what it does.',
  'kafka-server-stop': 'A node stops in order when its process gets SIGTERM: `kill PID`, `docker stop`, Ctrl-C.',
  'kafka-acls': 'ACLs are not served yet, so that there is nothing to list or change.',
  'kafka-client-metrics':
    '`odradek configs describe client-metrics NAME`, `odradek configs set client-metrics NAME …` and `odradek configs unset` do what it does.',
  'kafka-cluster': '`odradek cluster id`, `odradek cluster brokers` and `odradek cluster unregister` do what it does.',
  'kafka-console-share-consumer': 'Share groups are not served yet. `odradek consume` reads with a consumer group.',
  'kafka-consumer-perf-test': `There is no load generator here. ${KAFKAS_OWN}.`,
  'kafka-delegation-tokens': 'Delegation tokens are not served yet: nobody is asked who they are.',
  'kafka-delete-records': '`odradek topics delete-records` does what it does.',
  'kafka-dump-log': '`odradek log FILE` does what it does.',
  'kafka-e2e-latency': `There is no load generator here. ${KAFKAS_OWN}.`,
  'kafka-features': '`odradek cluster features`, `odradek cluster upgrade` and `odradek cluster downgrade` do what it does.',
  'kafka-groups': '`odradek groups list` does what it does.',
  'kafka-jmx': 'There is no JMX: figures are at `/metrics` of port 9404 and up, in the text that Prometheus reads.',
  'kafka-leader-election': '`odradek elect` does what it does.',
  'kafka-log-dirs': '`odradek cluster log-dirs` does what it does.',
  'kafka-metadata-quorum': '`odradek quorum`, `odradek cluster add-controller` and `odradek cluster remove-controller` do what it does.',
  'kafka-metadata-shell':
    '`odradek log FILE --records` shows the records of the metadata log and of its snapshots, `odradek metadata export` what a cluster has as JSON.',
  'kafka-producer-perf-test': `There is no load generator here. ${KAFKAS_OWN}.`,
  'kafka-reassign-partitions':
    '`odradek reassign plan`, `odradek reassign execute`, `odradek reassign verify`, `odradek reassign cancel` and `odradek reassign list` do what it does.',
  'kafka-replica-verification': '`odradek topics describe` shows which replicas are in sync, and `odradek cluster log-dirs` how far each is behind.',
  'kafka-share-groups': 'Share groups are not served yet.',
  'kafka-streams-application-reset':
    '`odradek groups reset APPLICATION --to earliest --execute` sets it back to the beginning of its topics, and `odradek topics delete` takes its internal topics away, whose names begin with `APPLICATION-`.',
  'kafka-streams-groups':
    'Groups of the streams protocol are not served yet. Of applications with the classic protocol `odradek groups list` and `odradek groups describe` tell.',
  'kafka-transactions': '`odradek topics producers` shows the producers that partitions remember. Transactions are not served yet, so that none can hang.',
  'kafka-verifiable-consumer': `It is for Kafka's system tests. \`odradek consume\` prints records. ${KAFKAS_OWN}.`,
  'kafka-verifiable-producer': `It is for Kafka's system tests. \`odradek produce\` writes lines. ${KAFKAS_OWN}.`,
}
