import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Producer } from 'kafkajs'
import { clusterClient, connectedProducer } from '../cluster/cluster-client.ts'

const EXAMPLES = join(import.meta.dirname, '../../../examples')

/** Sends `v0`, `v1` and so on without end, each acknowledged before the next, and once: a leader that is killed may have written what is sent again. */
export class Orders implements AsyncDisposable {
  /** Those that were acknowledged. */
  readonly acknowledged: string[] = []
  readonly #topic: string
  readonly #producer: Producer
  #isStopped = false
  #sending: Promise<void> = Promise.resolve()

  private constructor(topic: string, producer: Producer) {
    this.#topic = topic
    this.#producer = producer
  }

  static async begin(bootstrapServers: string, topic: string): Promise<Orders> {
    const orders = new Orders(topic, await connectedProducer(bootstrapServers, { idempotent: true }))
    orders.#sending = orders.#send()
    // Told to who stops it.
    orders.#sending.catch(() => {})
    return orders
  }

  /** Resolves when so many more are acknowledged. */
  async more(count: number): Promise<void> {
    const wanted = this.acknowledged.length + count
    while (this.acknowledged.length < wanted) await Promise.race([new Promise((resolve) => setTimeout(resolve, 5)), this.#sending])
  }

  async stop(): Promise<readonly string[]> {
    this.#isStopped = true
    await this.#sending
    return this.acknowledged
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true
    await this.#producer.disconnect()
  }

  async #send(): Promise<void> {
    for (let number = 0; !this.#isStopped; number++) {
      await this.#producer.send({ topic: this.#topic, acks: -1, messages: [{ key: `k${number % 10}`, value: `v${number}`.padEnd(200) }] })
      this.acknowledged.push(`v${number}`)
    }
  }
}

export async function createTopic(bootstrapServers: string, topic: string, numPartitions: number): Promise<void> {
  const admin = clusterClient(bootstrapServers).admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions }], waitForLeaders: false })
  await admin.disconnect()
}

/** A broker that serves gives what it has long before. */
const READ_WITHIN_MS = 45_000

/**
 * What is in a topic, as `examples/consumer.ts` prints it, until all of `wanted` have come: a value for each offset of each partition.
 * Gives what has come when the time is over.
 */
export async function readByExample(bootstrapServers: string, topic: string, wanted: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const args = [join(EXAMPLES, 'consumer.ts'), '--brokers', bootstrapServers, '--topic', topic, '--group', `readers-${process.hrtime.bigint()}`]
  const consumer = spawn(process.execPath, args, { cwd: EXAMPLES, stdio: ['ignore', 'pipe', 'pipe'] })
  const closed = once(consumer, 'close')
  const missing = new Set(wanted)
  const found = new Map<string, string>()
  const lines = createInterface(consumer.stdout)
  const timer = setTimeout(() => consumer.kill('SIGINT'), READ_WITHIN_MS)
  for await (const line of lines) {
    const [, partition, offset, value] = /^partition (\d+), offset (\d+): (.*)$/.exec(line) ?? []
    if (value === undefined) continue
    const at = `${partition}/${offset}`
    if (found.has(at)) throw new Error(`${at} comes twice`)
    found.set(at, value.trim())
    missing.delete(value.trim())
    if (missing.size === 0) consumer.kill('SIGINT')
  }
  clearTimeout(timer)
  await closed
  return found
}

/** Throws unless all of `acknowledged` are found, nothing is found twice, and those of one key are in order. */
export function checkOrders(found: ReadonlyMap<string, string>, acknowledged: readonly string[]): void {
  const values = [...found.values()]
  const missing = acknowledged.filter((value) => !values.includes(value))
  if (missing.length > 0) throw new Error(`${missing.length} of ${acknowledged.length} are lost: ${missing.slice(0, 5).join(', ')}`)
  if (new Set(values).size !== values.length) throw new Error('a record is there twice')
  for (const partition of new Set([...found.keys()].map((at) => at.split('/')[0]))) {
    const records = [...found].filter(([at]) => at.split('/')[0] === partition)
    const inOrder = records.toSorted(([a], [b]) => Number(a.split('/')[1]) - Number(b.split('/')[1])).map(([, value]) => Number(value.slice(1)))
    if (inOrder.some((number, index) => index > 0 && number < (inOrder[index - 1] as number))) throw new Error(`partition ${partition} is out of order`)
  }
}
