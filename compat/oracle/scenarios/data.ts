import { DeleteRecordsApi } from '../../../protocol/messages/delete-records.ts'
import { FetchApi } from '../../../protocol/messages/fetch.ts'
import { InitProducerIdApi } from '../../../protocol/messages/init-producer-id.ts'
import { ListOffsetsApi } from '../../../protocol/messages/list-offsets.ts'
import { MetadataApi } from '../../../protocol/messages/metadata.ts'
import { OffsetForLeaderEpochApi } from '../../../protocol/messages/offset-for-leader-epoch.ts'
import { ProduceApi } from '../../../protocol/messages/produce.ts'
import { type BatchOptions, buildBatch, type NewRecord } from '../../../protocol/records/build-batch.ts'
import { type Uuid, ZERO_UUID } from '../../../protocol/uuid.ts'
import { type Scenario, type Stage, versions } from '../scenario.ts'
import { createTopic } from './topics.ts'

const PRODUCE = versions(3, 13)
const FETCH = versions(4, 18)
const UNKNOWN_ID = 'abcdefghijklmnopqrstuA' as Uuid

export async function topicIdOf(stage: Stage, name: string): Promise<Uuid> {
  const metadata = await stage.client.ask(MetadataApi, 12, { topics: [{ name }], allowAutoTopicCreation: false })
  return metadata.topics[0]?.topicId ?? UNKNOWN_ID
}

interface Part {
  readonly topic: string
  readonly topicId?: Uuid
  readonly index?: number
  readonly records: Buffer | null
}

function produceRequest(version: number, parts: readonly Part[], { acks = -1, transactionalId = null as string | null } = {}) {
  const topicData = parts.map(({ topic, topicId, index, records }) => ({
    ...(version >= 13 ? { topicId: topicId ?? UNKNOWN_ID } : { name: topic }),
    partitionData: [{ index: index ?? 0, records }],
  }))
  return { transactionalId, acks, timeoutMs: 5_000, topicData }
}

/** Appends one batch to partition 0 by the newest version that names topics. */
export async function append(stage: Stage, topic: string, records: readonly NewRecord[], options: BatchOptions = {}): Promise<void> {
  const answer = await stage.client.ask(ProduceApi, 12, produceRequest(12, [{ topic, records: buildBatch(options, records) }]))
  const errorCode = answer.responses[0]?.partitionResponses[0]?.errorCode
  if (errorCode !== 0) throw new Error(`append to ${topic}: ${errorCode}`)
}

/** Asks until there is one: a fresh Apache Kafka answers COORDINATOR_LOAD_IN_PROGRESS while it gets its first block of ids. */
async function newProducerId(stage: Stage): Promise<number> {
  for (let attempt = 0; attempt < 500; attempt++) {
    const { errorCode, producerId } = await stage.client.ask(InitProducerIdApi, 5, { transactionalId: null, transactionTimeoutMs: 1_000 })
    if (errorCode === 0) return producerId
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('no producer id')
}

const three: readonly NewRecord[] = [0, 1, 2].map((n) => ({ timestamp: 1_700_000_000_000 + n, key: Buffer.from(`k${n}`), value: Buffer.from(`value ${n}`) }))

/** Gives the bytes to be sent to a topic that exists; what the broker says of them is compared. */
function production(
  title: string,
  bytes: () => Buffer | null,
  options: {
    readonly configs?: Readonly<Record<string, string>>
    readonly acks?: number
    readonly versions?: readonly number[]
    readonly transactionalId?: string
  } = {},
): Scenario {
  return {
    name: `Produce: ${title}`,
    versions: options.versions ?? [3, 7, 8, 12, 13],
    run: async (stage, version) => {
      const topic = stage.name('t')
      await createTopic(stage, topic, 1, options.configs)
      const topicId = await topicIdOf(stage, topic)
      const request = produceRequest(version, [{ topic, topicId, records: bytes() }], {
        acks: options.acks ?? -1,
        transactionalId: options.transactionalId ?? null,
      })
      const outcome = await stage.client.exchange(ProduceApi, version, request, 1_500)
      const other = await stage.open()
      const end = await other.ask(ListOffsetsApi, 1, {
        replicaId: -1,
        isolationLevel: 0,
        topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp: -1n }] }],
      })
      return [outcome, end]
    },
  }
}

function changed(batch: Buffer, change: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.from(batch)
  change(bytes)
  return bytes
}

const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
const LENGTH_AT = 8
const MAGIC_AT = 16
const CRC_AT = 17
const ATTRIBUTES_AT = 21
const COUNT_AT = 57

function withCrc(batch: Buffer, change: (bytes: Buffer) => void, crc: (bytes: Buffer) => number): Buffer {
  const bytes = changed(batch, change)
  bytes.writeUInt32BE(crc(bytes.subarray(ATTRIBUTES_AT)), CRC_AT)
  return bytes
}

export function dataScenarios(crc32c: (bytes: Buffer) => number): readonly Scenario[] {
  const batch = buildBatch({}, three)
  return [
    ...codecs.map((compression) =>
      production(`codec ${compression}`, () => buildBatch({ compression }, three), { versions: compression === 'zstd' ? [7, 8, 13] : PRODUCE }),
    ),
    {
      name: 'Produce: versions that are advertised and not served',
      versions: versions(0, 2),
      // acks, time and no topics.
      run: async ({ client }, version) => client.exchangeBody(ProduceApi, version, Buffer.from('ffff0000271000000000', 'hex')),
    },
    production('zstd before its version', () => buildBatch({ compression: 'zstd' }, three), { versions: [3, 6] }),
    ...[1, 0, 2, -2].map((acks) => production(`acks ${acks}`, () => batch, { acks, versions: [3, 9, 13] })),
    production('null records', () => null, { versions: [3, 9, 13] }),
    production('empty records', () => Buffer.alloc(0)),
    production('a cut batch', () => batch.subarray(0, batch.length - 5)),
    production('a few bytes', () => Buffer.from('hello')),
    production('two batches', () => Buffer.concat([batch, batch])),
    production('a wrong CRC', () => changed(batch, (bytes) => bytes.writeUInt32BE(1, CRC_AT))),
    production('magic 3', () => changed(batch, (bytes) => bytes.writeInt8(3, MAGIC_AT))),
    production('magic 1', () => changed(batch, (bytes) => bytes.writeInt8(1, MAGIC_AT))),
    production('magic -1', () => changed(batch, (bytes) => bytes.writeInt8(-1, MAGIC_AT))),
    production('a negative batch length', () => changed(batch, (bytes) => bytes.writeInt32BE(-1, LENGTH_AT))),
    production('a batch length too small', () => changed(batch, (bytes) => bytes.writeInt32BE(10, LENGTH_AT))),
    production('more records counted than there are', () => withCrc(batch, (bytes) => bytes.writeInt32BE(4, COUNT_AT), crc32c)),
    production('fewer records counted than there are', () => withCrc(batch, (bytes) => bytes.writeInt32BE(2, COUNT_AT), crc32c)),
    production('no records counted', () => withCrc(batch, (bytes) => bytes.writeInt32BE(0, COUNT_AT), crc32c)),
    production('records negative in number', () => withCrc(batch, (bytes) => bytes.writeInt32BE(-1, COUNT_AT), crc32c)),
    production('a codec that does not exist', () => withCrc(batch, (bytes) => bytes.writeInt16BE(6, ATTRIBUTES_AT), crc32c)),
    production('a control batch', () =>
      buildBatch({ isControl: true, producerId: 1, producerEpoch: 0 }, [{ timestamp: 1, key: Buffer.from([0, 0, 0, 0]), value: Buffer.alloc(6) }]),
    ),
    production('a transactional batch without a transactional id', () =>
      buildBatch({ isTransactional: true, producerId: 1, producerEpoch: 0, baseSequence: 0 }, three),
    ),
    production('log append time', () => batch, { configs: { 'message.timestamp.type': 'LogAppendTime' } }),
    production('a timestamp too old', () => batch, { configs: { 'message.timestamp.before.max.ms': '1000' } }),
    production('a timestamp too far ahead', () => buildBatch({}, [{ timestamp: 99_999_999_999_999, value: Buffer.from('x') }])),
    production('a negative timestamp', () => buildBatch({}, [{ timestamp: -5, value: Buffer.from('x') }])),
    production('no timestamp', () => buildBatch({}, [{ timestamp: -1, value: Buffer.from('x') }])),
    production('a batch that is too large', () => buildBatch({}, [{ timestamp: 1_700_000_000_000, value: Buffer.alloc(2_000) }]), {
      configs: { 'max.message.bytes': '1000' },
    }),
    production('no key where the topic is compacted', () => buildBatch({}, [{ timestamp: 1_700_000_000_000, value: Buffer.from('x') }, ...three]), {
      configs: { 'cleanup.policy': 'compact' },
    }),
    ...codecs.map((codec) =>
      production(`into a topic of ${codec}`, () => batch, { configs: { 'compression.type': codec === 'none' ? 'uncompressed' : codec }, versions: [9] }),
    ),
    production('gzip into an uncompressed topic', () => buildBatch({ compression: 'gzip' }, three), {
      configs: { 'compression.type': 'uncompressed' },
      versions: [9],
    }),
    {
      name: 'Produce: several topics and partitions, some unknown',
      versions: PRODUCE,
      run: async (stage, version) => {
        const topic = stage.name('t')
        await createTopic(stage, topic, 2)
        const topicId = await topicIdOf(stage, topic)
        const parts = [
          { topic, topicId, index: 1, records: batch },
          { topic: stage.name('absent'), records: batch },
        ]
        const known = await stage.client.exchange(ProduceApi, version, produceRequest(version, parts))
        const partition = await stage.client.exchange(ProduceApi, version, produceRequest(version, [{ topic, topicId, index: 7, records: batch }]))
        return [known, partition]
      },
      unordered: ['responses'],
    },
    {
      name: 'Produce: internal topics are not for clients',
      versions: [9],
      run: async ({ client }, version) => client.exchange(ProduceApi, version, produceRequest(version, [{ topic: '__consumer_offsets', records: batch }])),
    },
    {
      name: 'Produce: sequences of an idempotent producer',
      versions: [9, 12],
      run: async (stage, version) => {
        const topic = stage.name('t')
        await createTopic(stage, topic, 1)
        const producerId = await newProducerId(stage)
        const send = (baseSequence: number, producerEpoch = 0) =>
          stage.client.exchange(
            ProduceApi,
            version,
            produceRequest(version, [{ topic, records: buildBatch({ producerId, producerEpoch, baseSequence }, three) }]),
          )
        const outcomes = []
        for (const [sequence, epoch] of [[0], [3], [0], [3], [9], [6], [6], [0, 1], [3, 1], [9, 0], [2, 2], [0, 2], [6, 1]] as const)
          outcomes.push(await send(sequence, epoch))
        return outcomes
      },
    },
    {
      name: 'Produce: an unknown producer that begins in the middle',
      versions: [9],
      run: async (stage, version) => {
        const topic = stage.name('t')
        await createTopic(stage, topic, 1)
        return stage.client.exchange(
          ProduceApi,
          version,
          produceRequest(version, [{ topic, records: buildBatch({ producerId: 77_777, producerEpoch: 3, baseSequence: 50 }, three) }]),
        )
      },
    },
    {
      name: 'Produce: sequences that wrap around',
      versions: [9],
      run: async (stage, version) => {
        const topic = stage.name('t')
        await createTopic(stage, topic, 1)
        const producerId = await newProducerId(stage)
        const send = (baseSequence: number) =>
          stage.client.exchange(
            ProduceApi,
            version,
            produceRequest(version, [{ topic, records: buildBatch({ producerId, producerEpoch: 0, baseSequence }, three) }]),
          )
        return [await send(2_147_483_645), await send(0), await send(2_147_483_645), await send(3)]
      },
    },
    ...fetchScenarios(),
    ...offsetScenarios(),
  ]
}

interface FetchPart {
  readonly partition?: number
  readonly fetchOffset: number
  readonly currentLeaderEpoch?: number
  readonly partitionMaxBytes?: number
  readonly lastFetchedEpoch?: number
}

interface FetchOptions {
  readonly maxWaitMs?: number
  readonly minBytes?: number
  readonly maxBytes?: number
  readonly isolationLevel?: number
  readonly sessionId?: number
  readonly sessionEpoch?: number
}

function fetchRequest(
  version: number,
  topics: readonly { readonly topic: string; readonly topicId: Uuid; readonly parts: readonly FetchPart[] }[],
  options: FetchOptions = {},
) {
  return {
    maxWaitMs: options.maxWaitMs ?? 0,
    minBytes: options.minBytes ?? 1,
    maxBytes: options.maxBytes ?? 50_000_000,
    isolationLevel: options.isolationLevel ?? 0,
    ...(version >= 7 ? { sessionId: options.sessionId ?? 0, sessionEpoch: options.sessionEpoch ?? -1 } : {}),
    topics: topics.map(({ topic, topicId, parts }) => ({
      ...(version >= 13 ? { topicId } : { topic }),
      partitions: parts.map((part) => ({ partition: 0, partitionMaxBytes: 1_000_000, ...part, ...(version < 12 ? { lastFetchedEpoch: -1 } : {}) })),
    })),
    forgottenTopicsData: [],
  }
}

function fetching(title: string, parts: readonly FetchPart[], options: FetchOptions = {}, fetchVersions: readonly number[] = [4, 11, 12, 13, 18]): Scenario {
  return {
    name: `Fetch: ${title}`,
    versions: fetchVersions,
    run: async (stage, version) => {
      const topic = stage.name('t')
      await createTopic(stage, topic, 2)
      for (let batch = 0; batch < 3; batch++) await append(stage, topic, three)
      const topicId = await topicIdOf(stage, topic)
      return stage.client.exchange(FetchApi, version, fetchRequest(version, [{ topic, topicId, parts }], options))
    },
  }
}

function fetchScenarios(): readonly Scenario[] {
  return [
    fetching('from the beginning', [{ fetchOffset: 0 }], {}, FETCH),
    fetching('from the middle of a batch', [{ fetchOffset: 4 }]),
    fetching('at the end', [{ fetchOffset: 9 }]),
    fetching('behind the end', [{ fetchOffset: 10 }]),
    fetching('before the beginning', [{ fetchOffset: -1 }]),
    fetching('an unknown partition', [{ partition: 9, fetchOffset: 0 }]),
    fetching('an empty partition and a full one', [
      { partition: 1, fetchOffset: 0 },
      { partition: 0, fetchOffset: 0 },
    ]),
    fetching('one byte of a partition', [{ fetchOffset: 0, partitionMaxBytes: 1 }]),
    fetching('one byte in all', [{ fetchOffset: 0 }], { maxBytes: 1 }),
    fetching('one batch and a half', [{ fetchOffset: 0, partitionMaxBytes: 200 }]),
    fetching('no bytes', [{ fetchOffset: 0, partitionMaxBytes: 0 }], { maxBytes: 0 }),
    fetching('committed only', [{ fetchOffset: 0 }], { isolationLevel: 1 }),
    fetching('an isolation level that does not exist', [{ fetchOffset: 0 }, { partition: 9, fetchOffset: 0 }], { isolationLevel: 2 }, FETCH),
    fetching('an isolation level that does not exist, in a new session', [{ fetchOffset: 0 }], { isolationLevel: 9, sessionEpoch: 0 }, [7, 12, 13, 18]),
    {
      name: 'Fetch: the id of no topic',
      versions: [13, 16, 18],
      run: async (stage, version) => {
        const topic = stage.name('t')
        await createTopic(stage, topic, 1)
        await append(stage, topic, three)
        const known = { topic, topicId: await topicIdOf(stage, topic), parts: [{ fetchOffset: 0 }] }
        const nameless = { topic: '', topicId: ZERO_UUID, parts: [{ fetchOffset: 0 }] }
        return [
          await stage.client.exchange(FetchApi, version, fetchRequest(version, [known, nameless])),
          await stage.client.exchange(FetchApi, version, fetchRequest(version, [nameless])),
        ]
      },
    },
    fetching('an old leader epoch', [{ fetchOffset: 0, currentLeaderEpoch: -5 }], {}, [9, 12, 18]),
    fetching('a leader epoch from the future', [{ fetchOffset: 0, currentLeaderEpoch: 9 }], {}, [9, 12, 18]),
    fetching('a diverging epoch', [{ fetchOffset: 5, lastFetchedEpoch: 7 }], {}, [12, 18]),
    fetching('more bytes than there are, with a short wait', [{ fetchOffset: 0 }], { minBytes: 1_000_000, maxWaitMs: 200 }),
    {
      name: 'Fetch: a topic that does not exist',
      versions: [4, 12, 13, 18],
      run: async (stage, version) =>
        stage.client.exchange(FetchApi, version, fetchRequest(version, [{ topic: stage.name('absent'), topicId: UNKNOWN_ID, parts: [{ fetchOffset: 0 }] }])),
    },
    {
      name: 'Fetch: partitions that are there and that are not, in the order of the answer',
      versions: [4, 12, 13, 18],
      run: async (stage, version) => {
        const topic = stage.name('t')
        await createTopic(stage, topic, 2)
        await append(stage, topic, three)
        const absent = { topic: stage.name('absent'), topicId: UNKNOWN_ID, parts: [{ fetchOffset: 0 }] }
        const parts = [9, 1, 0].map((partition) => ({ partition, fetchOffset: 0 }))
        const known = { topic, topicId: await topicIdOf(stage, topic), parts }
        return [
          await stage.client.exchange(FetchApi, version, fetchRequest(version, [known, absent])),
          await stage.client.exchange(FetchApi, version, fetchRequest(version, [absent, known])),
        ]
      },
    },
    {
      name: 'Fetch: a session, whole, incremental, with wrong epochs and ids',
      versions: [7, 11, 12, 13, 17, 18],
      run: async (stage, version) => {
        const topic = stage.name('t')
        await createTopic(stage, topic, 2)
        await append(stage, topic, three)
        const topicId = await topicIdOf(stage, topic)
        const all = [
          {
            topic,
            topicId,
            parts: [
              { partition: 0, fetchOffset: 0 },
              { partition: 1, fetchOffset: 0 },
            ],
          },
        ]
        const first = await stage.client.ask(FetchApi, version, fetchRequest(version, all, { sessionEpoch: 0 }))
        const sessionId = first.sessionId
        const ask = (topics: typeof all, sessionEpoch: number, id = sessionId) =>
          stage.client.exchange(FetchApi, version, fetchRequest(version, topics, { sessionId: id, sessionEpoch }))
        const moved = [{ topic, topicId, parts: [{ partition: 0, fetchOffset: 3 }] }]
        const answers = [first, await ask(moved, 1), await ask([], 2)]
        await append(stage, topic, three)
        answers.push(
          (await ask([], 3)) as never,
          (await ask([], 9)) as never,
          (await ask([], 1, 123_456)) as never,
          (await ask([], -1)) as never,
          (await ask([], 4)) as never,
        )
        return [sessionId > 0, ...answers]
      },
    },
  ]
}

function offsetScenarios(): readonly Scenario[] {
  return [
    {
      name: 'ListOffsets: a topic in pieces, one without partitions, one partition twice, a level that does not exist',
      versions: versions(2, 11),
      run: async (stage, version) => {
        const [topic, empty] = [stage.name('t'), stage.name('empty')]
        await createTopic(stage, topic, 2)
        const latest = (partitionIndex: number) => ({ partitionIndex, timestamp: -1n })
        const topics = [
          { name: topic, partitions: [latest(0)] },
          { name: empty, partitions: [] },
          { name: topic, partitions: [latest(1), latest(1)] },
        ]
        const ask = (isolationLevel: number) => stage.client.exchange(ListOffsetsApi, version, { replicaId: -1, isolationLevel, topics })
        return [await ask(0), await ask(2)]
      },
      unordered: ['topics', 'partitions'],
    },
    {
      name: 'ListOffsets: every special time and some plain ones',
      versions: versions(1, 11),
      run: async (stage, version) => {
        const topic = stage.name('t')
        await createTopic(stage, topic, 1)
        await append(stage, topic, three)
        await append(stage, topic, [{ timestamp: 1_600_000_000_000, value: Buffer.from('older') }])
        const timestamps = [-1, -2, -3, -4, -5, -6, -7, 0, 1_600_000_000_000, 1_700_000_000_001, 1_700_000_000_003, 9_999_999_999_999]
        const outcomes = []
        for (const timestamp of timestamps) {
          for (const isolationLevel of version >= 2 ? [0, 1] : [0]) {
            const topics = [{ name: topic, partitions: [{ partitionIndex: 0, timestamp: BigInt(timestamp) }] }]
            outcomes.push(await stage.client.exchange(ListOffsetsApi, version, { replicaId: -1, isolationLevel, topics, timeoutMs: 1_000 }))
          }
        }
        return outcomes
      },
    },
    {
      name: 'ListOffsets: unknown partitions, epochs, a partition twice, an empty log',
      versions: [1, 4, 7, 11],
      run: async (stage, version) => {
        const topic = stage.name('t')
        await createTopic(stage, topic, 1)
        const ask = (partitions: readonly { partitionIndex: number; timestamp: bigint; currentLeaderEpoch?: number }[], name = topic) =>
          stage.client.exchange(ListOffsetsApi, version, { replicaId: -1, isolationLevel: 0, topics: [{ name, partitions }] })
        return [
          await ask([{ partitionIndex: 5, timestamp: -1n }]),
          await ask([{ partitionIndex: 0, timestamp: -1n }], stage.name('absent')),
          await ask([{ partitionIndex: 0, timestamp: -1n, currentLeaderEpoch: 9 }]),
          await ask([
            { partitionIndex: 0, timestamp: -1n },
            { partitionIndex: 0, timestamp: -2n },
          ]),
          await ask([{ partitionIndex: 0, timestamp: 0n }]),
          await ask([{ partitionIndex: 0, timestamp: -2n }]),
        ]
      },
    },
    {
      name: 'OffsetForLeaderEpoch: this epoch, others, unknown partitions',
      versions: versions(2, 4),
      run: async (stage, version) => {
        const topic = stage.name('t')
        await createTopic(stage, topic, 1)
        await append(stage, topic, three)
        const ask = (partition: number, leaderEpoch: number, currentLeaderEpoch = -1) =>
          stage.client.exchange(OffsetForLeaderEpochApi, version, { topics: [{ topic, partitions: [{ partition, currentLeaderEpoch, leaderEpoch }] }] })
        return [await ask(0, 0), await ask(0, 5), await ask(0, -1), await ask(0, -2), await ask(3, 0), await ask(0, 0, 9), await ask(0, 0, 0)]
      },
    },
    {
      name: 'DeleteRecords: before an offset, all, out of range, unknown',
      versions: versions(0, 2),
      run: async (stage, version) => {
        const topic = stage.name('t')
        await createTopic(stage, topic, 1)
        await append(stage, topic, three)
        await append(stage, topic, three)
        const ask = (offset: number, partitionIndex = 0, name = topic) =>
          stage.client.exchange(DeleteRecordsApi, version, { timeoutMs: 5_000, topics: [{ name, partitions: [{ partitionIndex, offset }] }] })
        return [await ask(2), await ask(1), await ask(7), await ask(-5), await ask(-1), await ask(0, 4), await ask(0, 0, stage.name('absent'))]
      },
    },
    {
      name: 'InitProducerId: for an idempotent producer',
      versions: versions(0, 5),
      run: async (stage, version) => [
        (await newProducerId(stage)) >= 0,
        await stage.client.exchange(InitProducerIdApi, version, { transactionalId: null, transactionTimeoutMs: 1_000 }),
        await stage.client.exchange(InitProducerIdApi, version, { transactionalId: '', transactionTimeoutMs: 1_000 }),
        ...(version < 3
          ? []
          : [
              await stage.client.exchange(InitProducerIdApi, version, { transactionalId: null, transactionTimeoutMs: 1_000, producerId: 1, producerEpoch: -1 }),
            ]),
      ],
    },
  ]
}
