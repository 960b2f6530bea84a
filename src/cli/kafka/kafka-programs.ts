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

/** Programs that have no other spelling here, and what does their work. */
export const otherKafkaPrograms: Readonly<Record<string, string>> = {
  'kafka-server-start': '`odradek start --config FILE`',
  'kafka-server-stop': 'a SIGTERM to `odradek start`',
  'kafka-cluster': '`odradek cluster`',
  'kafka-features': '`odradek cluster features`',
  'kafka-reassign-partitions': '`odradek reassign`',
  'kafka-dump-log': '`odradek log`',
  'kafka-metadata-quorum': '`odradek quorum`',
  'kafka-groups': '`odradek groups list`',
  'kafka-client-metrics': '`odradek configs`, with `client-metrics` as the kind',
}
