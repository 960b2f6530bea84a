/**
 * Reads orders as a member of a group, until Ctrl-C: then it finishes the order at hand, commits and leaves the group,
 * so that the other members take over its partitions at once. Start it twice to see them shared.
 *
 *     npx odradek start
 *     node examples/consumer.ts [--brokers localhost:9092] [--topic orders] [--group warehouse]
 */
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { Kafka, logLevel } from 'kafkajs'

const { values } = parseArgs({
  options: {
    brokers: { type: 'string', default: 'localhost:9092' },
    topic: { type: 'string', default: 'orders' },
    group: { type: 'string', default: 'warehouse' },
  },
})

const stopped = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort())

const kafka = new Kafka({ clientId: 'example-consumer', brokers: values.brokers.split(','), logLevel: logLevel.WARN })
const consumer = kafka.consumer({ groupId: values.group })
consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
  const partitions = payload.memberAssignment[values.topic] ?? []
  console.log(`joined ${values.group}: partitions ${partitions.join(', ') || 'none'}`)
})

await consumer.connect()
try {
  // A group that has committed goes on from there; a new one begins with the oldest record.
  await consumer.subscribe({ topic: values.topic, fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ partition, message }) => {
      console.log(`partition ${partition}, offset ${message.offset}: ${message.value?.toString()}`)
    },
  })
  if (!stopped.signal.aborted) await once(stopped.signal, 'abort')
} finally {
  // Waits for the order at hand, commits what is done, and leaves.
  await consumer.disconnect()
}
console.log('the consumer has left the group')
