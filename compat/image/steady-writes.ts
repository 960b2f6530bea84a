/**
 * BOOTSTRAP TOPIC COUNT: writes a record at a time with acks=all until its input has ended and at least COUNT were acknowledged, and prints
 * how many were and how many were not. A minute behind its input it gives up.
 */
import { Kafka, logLevel } from 'kafkajs'

const GIVE_UP_MS = 60_000
const [bootstrap = '', topic = '', count = ''] = process.argv.slice(2)
const kafka = new Kafka({ brokers: bootstrap.split(','), logLevel: logLevel.NOTHING, clientId: 'steady-writes' })
const producer = kafka.producer()
await producer.connect()
let enough = Number.POSITIVE_INFINITY
const giveUp = new AbortController()
process.stdin.resume().on('end', () => {
  enough = Number(count)
  setTimeout(() => giveUp.abort(), GIVE_UP_MS).unref()
})
let acknowledged = 0
let failed = 0
while (acknowledged < enough && !giveUp.signal.aborted) {
  try {
    await producer.send({ topic, acks: -1, messages: [{ value: `record ${acknowledged}` }] })
    acknowledged++
    if (acknowledged === 1) console.log('writing')
  } catch {
    failed++
  }
}
await producer.disconnect()
console.log(JSON.stringify({ acknowledged, failed }))
