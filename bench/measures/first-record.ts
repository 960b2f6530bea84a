import kafkajs from 'kafkajs'
import type { BenchBroker } from '../brokers.ts'

/** From a consumer's first call to its first record, in a group and on a broker that never saw one. In milliseconds. */
export async function firstRecordOfNewGroup(broker: BenchBroker): Promise<number> {
  const kafka = new kafkajs.Kafka({ brokers: [broker.bootstrap], logLevel: kafkajs.logLevel.NOTHING })
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await producer.connect()
  await producer.send({ topic: 'first-record', messages: [{ value: 'x' }] })
  await producer.disconnect()
  const startedMs = performance.now()
  const consumer = kafka.consumer({ groupId: 'new' })
  await consumer.connect()
  await consumer.subscribe({ topics: ['first-record'], fromBeginning: true })
  await new Promise<void>((resolve, reject) => {
    consumer.run({ eachMessage: async () => resolve() }).catch(reject)
  })
  const elapsedMs = performance.now() - startedMs
  await consumer.disconnect()
  return elapsedMs
}
