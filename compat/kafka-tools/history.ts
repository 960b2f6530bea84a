import kafkajs, { type Kafka, type Producer } from 'kafkajs'
import { kafka, readAll, texts, until } from '../kafkajs/support.ts'

const { CompressionTypes, Partitioners } = kafkajs

/** What a directory must still tell to the next broker that starts on it. */
export interface History {
  /** The topics that are there, sorted. */
  readonly topics: readonly string[]
  readonly records: ReadonlyMap<string, readonly string[]>
  /** Offset that the group `readers` committed, by topic, partition 0. */
  readonly committed: ReadonlyMap<string, string>
  /** The first offset of partition 0 of `trimmed`; null where the crash came before a checkpoint of it. */
  readonly trimmedFrom: string | null
}

const GROUP = 'readers'
const SEGMENT_BYTES = 1024 * 1024
const LARGE = 2_500

/** Topics of several segments and codecs, one deleted, one trimmed, commits, and with a broker that has them transactions. */
export async function writeHistory(bootstrap: string, options: { readonly transactions: boolean; readonly trims: boolean }): Promise<History> {
  const client = kafka(bootstrap)
  const admin = client.admin()
  const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await Promise.all([admin.connect(), producer.connect()])
  const configEntries = [{ name: 'segment.bytes', value: String(SEGMENT_BYTES) }]
  const names = ['large', 'compressed', 'trimmed', 'gone', ...(options.transactions ? ['transactional'] : [])]
  await admin.createTopics({ topics: names.map((topic) => ({ topic, numPartitions: 1, replicationFactor: 1, configEntries })), waitForLeaders: true })
  const large = numbered(LARGE, 'x'.repeat(1_000))
  for (let from = 0; from < LARGE; from += 250) await send(producer, 'large', large.slice(from, from + 250))
  await send(producer, 'compressed', numbered(300, 'words'), CompressionTypes.GZIP)
  await send(producer, 'compressed', numbered(300, 'more words'), CompressionTypes.LZ4)
  await send(producer, 'trimmed', numbered(20, 't'))
  await send(producer, 'gone', ['gone'])
  if (options.transactions) await runTransactions(client)
  if (options.trims) {
    // kafkajs looks for the leader among the topics that it has asked for already.
    await admin.fetchTopicOffsets('trimmed')
    await admin.deleteTopicRecords({ topic: 'trimmed', partitions: [{ partition: 0, offset: '10' }] })
  }
  await admin.setOffsets({ groupId: GROUP, topic: 'large', partitions: [{ partition: 0, offset: '1234' }] })
  await admin.deleteTopics({ topics: ['gone'] })
  await Promise.all([admin.disconnect(), producer.disconnect()])
  const records = new Map([
    ['large', large],
    ['compressed', [...numbered(300, 'words'), ...numbered(300, 'more words')]],
    ['trimmed', numbered(20, 't').slice(options.trims ? 10 : 0)],
  ])
  if (options.transactions) records.set('transactional', numbered(30, 'committed'))
  const topics = names.filter((name) => name !== 'gone').sort()
  return { topics, records, committed: new Map([['large', '1234']]), trimmedFrom: options.trims ? '10' : null }
}

/** Reads back what `writeHistory` gave, in the same form. */
export async function readHistory(bootstrap: string, expected: History): Promise<History> {
  const client = kafka(bootstrap)
  const admin = client.admin()
  await admin.connect()
  const topics = (await admin.listTopics()).filter((name) => !name.startsWith('__')).sort()
  const records = new Map<string, readonly string[]>()
  for (const [topic, values] of expected.records) records.set(topic, texts(await readAll(client, topic, values.length)))
  const [offsets] = await admin.fetchOffsets({ groupId: GROUP, topics: ['large'] })
  const [trimmed] = await admin.fetchTopicOffsets('trimmed')
  await admin.disconnect()
  const committed = new Map([['large', offsets?.partitions[0]?.offset ?? 'none']])
  return { topics, records, committed, trimmedFrom: expected.trimmedFrom === null ? null : (trimmed?.low ?? 'none') }
}

/** Makes a topic of one partition and sends one record after another to it until the broker is gone; gives the acknowledged ones. `crash` is called while they are under way. */
export async function sendUntil(bootstrap: string, topic: string, crash: () => Promise<void>): Promise<readonly string[]> {
  const client = kafka(bootstrap, { retry: { retries: 0 } })
  const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  const admin = client.admin()
  await Promise.all([admin.connect(), producer.connect()])
  await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 1 }], waitForLeaders: true })
  await admin.disconnect()
  const acknowledged: string[] = []
  let lost = false
  const sending = (async () => {
    for (let index = 0; !lost; index++) {
      await producer.send({ topic, acks: -1, messages: [{ value: String(index) }] })
      acknowledged.push(String(index))
    }
  })().catch(() => {
    lost = true
  })
  await until('two hundred records are acknowledged', () => acknowledged.length > 200)
  await crash()
  await sending
  await producer.disconnect()
  return acknowledged
}

/** All records of a topic of one partition, as far as it goes now. */
export async function valuesOf(bootstrap: string, topic: string): Promise<readonly string[]> {
  const client = kafka(bootstrap)
  const admin = client.admin()
  await admin.connect()
  const [partition] = await admin.fetchTopicOffsets(topic)
  await admin.disconnect()
  return texts(await readAll(client, topic, Number(partition?.high) - Number(partition?.low)))
}

async function send(producer: Producer, topic: string, values: readonly string[], compression = CompressionTypes.None): Promise<void> {
  await producer.send({ topic, acks: -1, compression, messages: values.map((value) => ({ key: value.slice(0, 8), value })) })
}

/** Three committed transactions of ten records, each followed by an aborted one. */
async function runTransactions(client: Kafka): Promise<void> {
  const producer = client.producer({ transactionalId: 'history', idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  const committed = numbered(30, 'committed')
  for (let from = 0; from < 30; from += 10) {
    for (const isCommitted of [true, false]) {
      const transaction = await producer.transaction()
      const values = isCommitted ? committed.slice(from, from + 10) : numbered(10, 'aborted')
      await transaction.send({ topic: 'transactional', messages: values.map((value) => ({ value })) })
      await (isCommitted ? transaction.commit() : transaction.abort())
    }
  }
  await producer.disconnect()
}

function numbered(count: number, text: string): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${index} ${text}`)
}
