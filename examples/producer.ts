/**
 * Sends orders, one each second, until Ctrl-C or until as many are sent as were asked for.
 *
 *     npx odradek start
 *     node examples/producer.ts [--brokers localhost:9092] [--topic orders] [--count 10] [--interval-ms 1000]
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Kafka, logLevel } from 'kafkajs'

const { values } = parseArgs({
  options: {
    brokers: { type: 'string', default: 'localhost:9092' },
    topic: { type: 'string', default: 'orders' },
    count: { type: 'string', default: 'Infinity' },
    'interval-ms': { type: 'string', default: '1000' },
  },
})

const customers = ['anna', 'ben', 'clara', 'david']
const stopped = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort())

const kafka = new Kafka({ clientId: 'example-producer', brokers: values.brokers.split(','), logLevel: logLevel.WARN })
// With idempotence a record that is sent again after a lost connection is not written twice.
const producer = kafka.producer({ idempotent: true })
await producer.connect()
try {
  for (let number = 1; number <= Number(values.count) && !stopped.signal.aborted; number++) {
    // Records with the same key go to the same partition: each customer's orders stay in order.
    const key = customers[number % customers.length] ?? ''
    const order = { number, customer: key, spools: 1 + (number % 3) }
    const [written] = await producer.send({ topic: values.topic, messages: [{ key, value: JSON.stringify(order) }] })
    console.log(`order ${number} of ${key}: partition ${written?.partition}, offset ${written?.baseOffset}`)
    if (number < Number(values.count)) await sleep(Number(values['interval-ms']), null, { signal: stopped.signal }).catch(ignoreAbort)
  }
} finally {
  await producer.disconnect()
}
console.log('the producer is done')

/** Ctrl-C ends the pause early; that is what it is for. */
function ignoreAbort(error: unknown): void {
  if (!stopped.signal.aborted) throw error
}
