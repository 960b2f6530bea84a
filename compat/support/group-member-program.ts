/** BOOTSTRAP GROUP TOPIC: a member of the group until it is killed; prints its first assignment as a line of JSON. */
import kafkajs from 'kafkajs'

const [bootstrap = '', groupId = '', topic = ''] = process.argv.slice(2)
const consumer = new kafkajs.Kafka({ brokers: [bootstrap], logLevel: kafkajs.logLevel.ERROR }).consumer({ groupId })
consumer.on('consumer.group_join', ({ payload }) => void process.stdout.write(`${JSON.stringify(payload.memberAssignment)}\n`))
await consumer.connect()
await consumer.subscribe({ topics: [topic] })
await consumer.run({ eachMessage: async () => {} })
