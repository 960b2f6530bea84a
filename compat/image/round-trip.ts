/**
 * BOOTSTRAP TOPIC [COUNT]: makes the topic by naming it where it is not there, writes records and reads them back as a member of a group.
 * It runs as a program, so that it can stand where a client stands. It prints what it read, and whom it was told of.
 */
import { Kafka, logLevel } from 'kafkajs'

const [bootstrap = '', topic = '', count = '3'] = process.argv.slice(2)
const kafka = new Kafka({ brokers: bootstrap.split(','), logLevel: logLevel.NOTHING, clientId: 'round-trip', retry: { retries: 8 } })
const run = `${process.pid} ${Date.now()}`
const written = Array.from({ length: Number(count) }, (_, index) => `record ${index}`)

const producer = kafka.producer()
await producer.connect()
await producer.send({ topic, acks: -1, messages: written.map((value) => ({ key: run, value })) })
await producer.disconnect()

const consumer = kafka.consumer({ groupId: `group of ${topic}` })
await consumer.connect()
await consumer.subscribe({ topic, fromBeginning: true })
const read: string[] = []
await new Promise<void>((resolve, reject) => {
  const eachMessage = async ({ message }: { readonly message: { readonly key: Buffer | null; readonly value: Buffer | null } }) => {
    if (message.key?.toString() === run) read.push(message.value?.toString() ?? '')
    if (read.length >= written.length) resolve()
  }
  consumer.run({ eachMessage }).catch(reject)
})
await consumer.disconnect()

const admin = kafka.admin()
await admin.connect()
const { brokers } = await admin.describeCluster()
await admin.disconnect()
console.log(JSON.stringify({ read: read.sort(), brokers: brokers.map(({ nodeId, host, port }) => `${nodeId}@${host}:${port}`).sort() }))
