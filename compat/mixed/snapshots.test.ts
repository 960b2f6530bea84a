import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DescribeConfigsApi } from '../../protocol/messages/describe-configs.ts'
import { DescribeQuorumApi } from '../../protocol/messages/describe-quorum.ts'
import { FetchApi } from '../../protocol/messages/fetch.ts'
import { IncrementalAlterConfigsApi } from '../../protocol/messages/incremental-alter-configs.ts'
import { METADATA_TOPIC_ID, ZERO_UUID } from '../../protocol/uuid.ts'
import { until } from '../kafkajs/support.ts'
import { RawClient } from '../oracle/raw-client.ts'
import { ask, createTopic, reassign, untilState } from '../support/cluster/administer.ts'
import { type Cluster, startCluster } from '../support/cluster/cluster.ts'
import type { ClusterNode } from '../support/cluster/cluster-node.ts'
import { type Judged, judge } from '../support/cluster/judge.ts'
import type { NodeKind } from '../support/cluster/node-plan.ts'
import { produceSteadily } from '../support/cluster/steady-producer.ts'
import { QUICK_SESSIONS } from './scenario.ts'

const CONTROLLER = 100
/** Of the controller's kind, and of the other kind. */
const [STAYS, EMPTIED] = [1, 2]
/** Apache Kafka looks once a minute whether it may delete the beginning of the metadata log. */
const TRIMMED_WITHIN_MS = 120_000
const PAUSE_MS = 200
const TIMEOUT_MS = 300_000
const SOME = 30
/** A topic, in requests on settings. */
const TOPIC = 2
/** A snapshot now and then, and nothing kept that the last ones hold. */
const SNAPSHOTS = { 'metadata.log.max.record.bytes.between.snapshots': 1_000, 'metadata.max.retention.bytes': 1_000 }
const RETENTION = { name: 'retention.ms', value: '123456789' }

let stack: AsyncDisposableStack
beforeEach(() => {
  stack = new AsyncDisposableStack()
})
afterEach(() => stack.disposeAsync())

/** Whether the log of the controller begins behind a snapshot: one who asks from the start is told which. */
async function isTrimmed(cluster: Cluster): Promise<boolean> {
  await using client = await RawClient.open(`127.0.0.1:${cluster.node(CONTROLLER).place.ports.controller?.bound}`)
  const described = await client.ask(DescribeQuorumApi, 2, { topics: [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }] })
  const currentLeaderEpoch = described.topics[0]?.partitions[0]?.leaderEpoch as number
  const asked = { partition: 0, partitionMaxBytes: 0, currentLeaderEpoch, fetchOffset: 0, lastFetchedEpoch: 0, replicaDirectoryId: ZERO_UUID }
  const { responses } = await client.ask(FetchApi, 17, {
    ...{ replicaState: { replicaId: -1, replicaEpoch: -1 }, maxWaitMs: 0, minBytes: 0, maxBytes: 1_000_000, forgottenTopicsData: [] },
    topics: [{ topicId: METADATA_TOPIC_ID, partitions: [asked] }],
  })
  const partition = responses[0]?.partitions[0]
  expect(partition?.errorCode).toBe(0)
  return (partition?.snapshotId.endOffset ?? -1) > 0
}

/** Changes settings until the metadata log has been replaced by snapshots. */
async function untilTrimmed(cluster: Cluster, topic: string): Promise<void> {
  let number = 0
  const alter = async () => {
    for (let count = 0; count < 20; count++) {
      const configs = [{ name: 'flush.messages', configOperation: 0, value: String(++number) }]
      const resources = [{ resourceType: TOPIC, resourceName: topic, configs }]
      await ask(cluster, STAYS, IncrementalAlterConfigsApi, 1, { resources, validateOnly: false })
    }
    await sleep(PAUSE_MS)
    return await isTrimmed(cluster)
  }
  await until('the beginning of the metadata log is deleted', alter, TRIMMED_WITHIN_MS)
}

async function settingAt(cluster: Cluster, brokerId: number, topic: string, name: string): Promise<string | null | undefined> {
  const resources = [{ resourceType: TOPIC, resourceName: topic, configurationKeys: [name] }]
  const { results } = await ask(cluster, brokerId, DescribeConfigsApi, 4, { resources, includeSynonyms: false, includeDocumentation: false })
  return results[0]?.configs[0]?.value
}

/** Offsets at which the segments of a node's metadata log begin, and at which its snapshots end; of what formatting wrote, 0. */
async function metadataFiles({ dataDirectory }: ClusterNode): Promise<{ readonly segments: readonly number[]; readonly snapshots: readonly number[] }> {
  const names = (await readdir(join(dataDirectory, '__cluster_metadata-0'))).sort()
  const offsets = (ending: string) => names.filter((name) => name.endsWith(ending) && /^\d/.test(name)).map((name) => Number(name.slice(0, 20)))
  return { segments: offsets('.log'), snapshots: offsets('.checkpoint') }
}

async function underLoad(cluster: Cluster, topic: string, assigned: readonly number[], replicas: readonly number[]): Promise<Judged> {
  await createTopic(cluster, STAYS, { name: topic, assignments: [assigned], configs: { [RETENTION.name]: RETENTION.value } })
  const producer = await produceSteadily(cluster, topic)
  await producer.more(SOME)
  return { cluster, topic, replicas, producer }
}

const KINDS: readonly (readonly [NodeKind, NodeKind])[] = [
  ['kafka', 'odradek'],
  ['odradek', 'kafka'],
]

describe.each(KINDS)('a snapshot of the metadata that a controller of kind %s wrote', (one, other) => {
  test(
    `fills a broker of kind ${other} that has lost its disk: it knows topics, settings and a move that has begun, and takes its part in them`,
    async () => {
      const nodes = [
        { id: CONTROLLER, kind: one, roles: 'controller' },
        { id: STAYS, kind: one, roles: 'broker' },
        { id: EMPTIED, kind: other, roles: 'broker' },
      ] as const
      const cluster = stack.use(await startCluster({ nodes, settings: { ...QUICK_SESSIONS, ...SNAPSHOTS } }))
      const both = [STAYS, EMPTIED]
      const loads = [await underLoad(cluster, 'kept', both, both), await underLoad(cluster, 'moved', [STAYS], both)]
      const broker = cluster.node(EMPTIED)
      await broker.stop()
      await broker.empty()
      await reassign(cluster, STAYS, 'moved', both)
      await untilTrimmed(cluster, 'kept')

      await broker.start()
      for (const { topic, producer } of loads) {
        await untilState(cluster, EMPTIED, topic, 'both are in sync', ({ replicas, isr }) => `${replicas}` === `${both}` && `${isr}` === `${both}`)
        expect(await settingAt(cluster, EMPTIED, topic, RETENTION.name)).toBe(RETENTION.value)
        await producer.more(SOME)
      }
      const { segments, snapshots } = await metadataFiles(broker)
      expect(Math.min(...segments)).toBeGreaterThan(0)
      expect(Math.max(...snapshots)).toBeGreaterThanOrEqual(Math.min(...segments))
      await judge(...loads)
    },
    TIMEOUT_MS,
  )
})
