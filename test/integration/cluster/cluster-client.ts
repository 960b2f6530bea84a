import kafkajs, { type Consumer, type Kafka, type Producer } from 'kafkajs'

const { logLevel, Partitioners } = kafkajs

/** A node that stands still answers nothing, either. */
const SILENT_MS = 3_000

/** A client as it would be with a cluster of which nodes come and go: it asks again, and soon. */
export function clusterClient(bootstrapServers: string): Kafka {
  const retry = { initialRetryTime: 50, maxRetryTime: 500, retries: 60 }
  return new kafkajs.Kafka({ clientId: 'test', brokers: bootstrapServers.split(','), logLevel: logLevel.NOTHING, requestTimeout: SILENT_MS, retry })
}

/** @param idempotent what is sent again, as an answer was lost or a leader moved, is there once */
export async function connectedProducer(bootstrapServers: string, { idempotent = false } = {}): Promise<Producer> {
  const producer = clusterClient(bootstrapServers).producer({ createPartitioner: Partitioners.DefaultPartitioner, metadataMaxAge: 1000, idempotent })
  await producer.connect()
  return producer
}

/** A leader that is cut off from the others answers nothing: whoever asked it turns to the others after this long. */
const ACKNOWLEDGED_WITHIN_MS = 1_000

/** Sends `v<from>` to `v<to - 1>`, one after another, each acknowledged by all replicas that are in sync. */
export async function send(producer: Producer, topic: string, from: number, to: number): Promise<string[]> {
  const sent: string[] = []
  for (let number = from; number < to; number++) {
    await producer.send({ topic, acks: -1, timeout: ACKNOWLEDGED_WITHIN_MS, messages: [{ key: `k${number}`, value: `v${number}` }] })
    sent.push(`v${number}`)
  }
  return sent
}

/** kafkajs leaves a group when the fetch that waits has ended. */
const MAX_WAIT_MS = 100

/** Reads as a member of a group until all of `values` have come, commits and leaves. */
export async function readAll(bootstrapServers: string, groupId: string, topic: string, values: readonly string[]): Promise<string[]> {
  const consumer = clusterClient(bootstrapServers).consumer({ groupId, heartbeatInterval: 500, sessionTimeout: 10_000, maxWaitTimeInMs: MAX_WAIT_MS })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  const read = await untilRead(consumer, new Set(values))
  await consumer.disconnect()
  return read
}

function untilRead(consumer: Consumer, missing: Set<string>): Promise<string[]> {
  const read: string[] = []
  return new Promise((resolve, reject) => {
    consumer.on('consumer.crash', ({ payload }) => {
      if (payload.restart !== true) reject(payload.error)
    })
    const eachMessage = async ({ message }: { message: { value: Buffer | null } }) => {
      read.push(String(message.value))
      missing.delete(String(message.value))
      if (missing.size === 0) resolve(read)
    }
    consumer.run({ eachMessage }).catch(reject)
  })
}

/** The leader of a partition as the cluster tells it now. */
export async function leaderOf(bootstrapServers: string, topic: string, partition: number): Promise<number> {
  const admin = clusterClient(bootstrapServers).admin()
  await admin.connect()
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
    return topics[0]?.partitions.find(({ partitionId }) => partitionId === partition)?.leader ?? -1
  } finally {
    await admin.disconnect()
  }
}
