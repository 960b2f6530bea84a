import kafkajs, { type Consumer, type Kafka, type Producer } from 'kafkajs'
import type { Node } from '../../../src/index.ts'

const { logLevel, Partitioners } = kafkajs

export function kafkaOf(node: Node, clientId = 'test'): Kafka {
  return new kafkajs.Kafka({ clientId, brokers: [node.bootstrapServers], logLevel: logLevel.NOTHING, retry: { initialRetryTime: 20, retries: 8 } })
}

export async function connectedProducer(node: Node, options: { readonly retries?: number; readonly clientId?: string } = {}): Promise<Producer> {
  const { retries, clientId } = options
  const producer = kafkaOf(node, clientId).producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    ...(retries === undefined ? {} : { retry: { retries, initialRetryTime: 20 } }),
  })
  await producer.connect()
  return producer
}

export interface Reader {
  readonly consumer: Consumer
  readonly values: string[]
}

/** A member of `groupId` that keeps what it reads of `topic`, from the beginning. */
export async function reader(node: Node, groupId: string, topic: string): Promise<Reader> {
  const consumer = kafkaOf(node).consumer({ groupId, maxWaitTimeInMs: 50, heartbeatInterval: 100, retry: { initialRetryTime: 20, retries: 8 } })
  const values: string[] = []
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ message }) => {
      values.push(String(message.value))
    },
  })
  return { consumer, values }
}

export function messages(...values: readonly string[]): { value: string }[] {
  return values.map((value) => ({ value }))
}
