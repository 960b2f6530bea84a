/** BOOTSTRAP TOPIC: writes a record at a time with acks=all until its input ends, and prints how many were acknowledged and how many were not. */
import { Kafka, logLevel } from 'kafkajs'

const [bootstrap = '', topic = ''] = process.argv.slice(2)
const kafka = new Kafka({ brokers: bootstrap.split(','), logLevel: logLevel.NOTHING, clientId: 'steady-writes' })
const producer = kafka.producer()
await producer.connect()
let isEnding = false
process.stdin.resume().on('end', () => {
  isEnding = true
})
let acknowledged = 0
let failed = 0
while (!isEnding) {
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
