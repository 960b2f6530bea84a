/** The Apache Kafka that is the oracle of every test here. A newer one is work of its own (docs/architecture.md). */
export const KAFKA_VERSION = '4.3.1'
