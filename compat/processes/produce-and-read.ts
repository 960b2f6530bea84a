/** BOOTSTRAP: sends a record and reads it back in a group, by kafkajs; prints it. */
import kafkajs from 'kafkajs'

const kafka = new kafkajs.Kafka({ brokers: [process.argv[2] ?? ''], logLevel: kafkajs.logLevel.ERROR })
const producer = kafka.producer()
await producer.connect()
await producer.send({ topic: 'reached', messages: [{ value: 'a record' }] })
await producer.disconnect()
const consumer = kafka.consumer({ groupId: `readers-${process.pid}` })
await consumer.connect()
await consumer.subscribe({ topics: ['reached'], fromBeginning: true })
const value = await new Promise<string>((resolve, reject) => {
  consumer.run({ eachMessage: async ({ message }) => resolve(String(message.value)) }).catch(reject)
})
await consumer.disconnect()
process.stdout.write(`${value}\n`)
