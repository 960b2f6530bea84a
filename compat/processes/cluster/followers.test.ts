import { randomBytes } from 'node:crypto'
import { cp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import kafkajs from 'kafkajs'
import { afterEach, beforeEach, describe, test } from 'vitest'
import { kafka, until } from '../../kafkajs/support.ts'
import { createTopic, partitionState, untilState } from '../../support/cluster/administer.ts'
import { type Cluster, type ClusterOptions, startCluster } from '../../support/cluster/cluster.ts'
import { judge } from '../../support/cluster/judge.ts'
import { flipBit } from '../damage.ts'
import { areLeftOut } from '../left-out.ts'
import { mountSmallDisk, whyNoMounts } from '../small-disk.ts'
import { plan, QUICK, SOME, says, underLoad, untilWhole } from './faults.ts'

const TIMEOUT_MS = 180_000
const noMounts = areLeftOut(await whyNoMounts())

let stack: AsyncDisposableStack
beforeEach(() => {
  stack = new AsyncDisposableStack()
})
afterEach(() => stack.disposeAsync())

/** One controller and two brokers: the first leads. */
async function leaderAndFollower(settings: ClusterOptions['settings'] = {}, ofFollower: ClusterOptions['settings'] = {}): Promise<Cluster> {
  const nodes = [plan(100, 'controller'), plan(1, 'broker'), plan(2, 'broker', ofFollower)]
  return stack.use(await startCluster({ nodes, settings: { ...QUICK, 'min.insync.replicas': 1, 'offsets.topic.replication.factor': 1, ...settings } }))
}

async function lastSegment(dataDirectory: string, topic: string): Promise<string> {
  const directory = join(dataDirectory, `${topic}-0`)
  const segments = (await readdir(directory)).filter((name) => name.endsWith('.log')).sort()
  return join(directory, segments.at(-1) as string)
}

test(
  'a partition between two brokers only: the leader goes on alone, says so, and the other catches up when it is healed',
  async () => {
    const cluster = await leaderAndFollower()
    const load = await underLoad(cluster, 'cut', [1, 2])
    for (const id of cluster.brokerIds) cluster.proxy(id, 'replication').silence()
    await untilState(cluster, 1, 'cut', 'broker 1 leads alone', ({ leader, isr }) => leader === 1 && isr.length === 1)
    await load.producer.more(SOME)
    await says(cluster.node(1), /replicas lag and are to leave the in-sync ones/)
    await says(cluster.node(2), new RegExp(`127\\.0\\.0\\.1:${cluster.proxy(1, 'replication').port}`))
    for (const id of cluster.brokerIds) cluster.proxy(id, 'replication').heal()
    await untilWhole(load, 1)
    await judge(load)
  },
  TIMEOUT_MS,
)

test(
  'a segment of a follower that is damaged, found after kill -9: it is cut off there, fetched again, and the process says so',
  async () => {
    const cluster = await leaderAndFollower()
    const load = await underLoad(cluster, 'damaged', [1, 2])
    await cluster.node(2).kill()
    await flipBit(await lastSegment(cluster.node(2).dataDirectory, 'damaged'), 500)
    await cluster.node(2).start()
    await untilWhole(load, 1)
    await says(cluster.node(2), /A log ends before a damaged batch/)
    await judge(load)
  },
  TIMEOUT_MS,
)

test(
  'an old data directory, put back from a copy: the follower fetches what is newer',
  async () => {
    const cluster = await leaderAndFollower()
    const load = await underLoad(cluster, 'restored', [1, 2])
    const follower = cluster.node(2)
    const copy = `${follower.dataDirectory}-copy`
    await follower.stop()
    await cp(follower.dataDirectory, copy, { recursive: true })
    await follower.start()
    await untilWhole(load, 1)
    await follower.stop()
    await rm(follower.dataDirectory, { recursive: true })
    await rename(copy, follower.dataDirectory)
    await follower.start()
    await untilWhole(load, 1)
    await judge(load)
  },
  TIMEOUT_MS,
)

describe.skipIf(noMounts)('a follower whose disk is full', () => {
  test(
    'says so and leaves the in-sync replicas, the leader goes on; with room again it catches up after a restart',
    async () => {
      const disk = stack.use(await mountSmallDisk(20))
      const cluster = await leaderAndFollower({}, { 'log.dirs': join(disk.small, 'data') })
      const load = await underLoad(cluster, 'full', [1, 2])
      await fillFollower(cluster)
      await untilState(cluster, 1, 'full', 'broker 1 leads alone', ({ leader, isr }) => leader === 1 && isr.length === 1)
      await load.producer.more(SOME)
      await says(cluster.node(2), /the volume is full/)
      await says(cluster.node(2), /All log directories are offline/)
      // It ended by itself.
      await cluster.node(2).stop()
      await disk.resize(100)
      await cluster.node(2).start()
      await untilWhole(load, 1)
      await judge(load)
    },
    TIMEOUT_MS,
  )
})

/** Writes to another topic until the follower does not follow any more. */
async function fillFollower(cluster: Cluster): Promise<void> {
  await createTopic(cluster, 1, { name: 'filler', assignments: [[1, 2]] })
  const producer = kafka(`127.0.0.1:${cluster.clientPort(1)}`).producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await producer.connect()
  stack.defer(() => producer.disconnect())
  await until('the follower leaves the in-sync replicas', async () => {
    await producer.send({ topic: 'filler', acks: 1, messages: [{ value: randomBytes(500_000) }] })
    return (await partitionState(cluster, 1, 'filler'))?.isr.length === 1
  })
}
