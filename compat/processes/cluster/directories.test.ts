import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../../kafkajs/support.ts'
import { createTopic, untilState } from '../../support/cluster/administer.ts'
import { type Cluster, startCluster } from '../../support/cluster/cluster.ts'
import type { ClusterNode } from '../../support/cluster/cluster-node.ts'
import { directoryOf, judge } from '../../support/cluster/judge.ts'
import { knownDirectories } from '../../support/cluster/metadata-log.ts'
import { areLeftOut } from '../left-out.ts'
import { mountSmallDisk, type SmallDisk, whyNoMounts } from '../small-disk.ts'
import { plan, QUICK, SOME, says, underLoad, untilWhole } from './faults.ts'

const TIMEOUT_MS = 180_000
const CONTROLLER = 100
/** More than the small disk has. */
const MEGABYTES = 40
const noMounts = areLeftOut(await whyNoMounts())

let stack: AsyncDisposableStack
let disk: SmallDisk
let cluster: Cluster
beforeEach(() => {
  stack = new AsyncDisposableStack()
})
afterEach(() => stack.disposeAsync())

/** A controller and three brokers, of which the first has a large directory and a small one. */
async function start(): Promise<void> {
  disk = stack.use(await mountSmallDisk(MEGABYTES))
  const directories = { 'log.dirs': [join(disk.directory, 'large'), disk.small].join() }
  const nodes = [plan(CONTROLLER, 'controller'), plan(1, 'broker', directories), plan(2, 'broker'), plan(3, 'broker')]
  cluster = stack.use(await startCluster({ nodes, settings: { ...QUICK, 'min.insync.replicas': 1, 'log.segment.bytes': 1_048_576 } }))
}

/** By which the cluster knows a log directory. */
async function directoryId(path: string): Promise<string> {
  const [, id = ''] = /^directory\.id=(.*)$/m.exec(await readFile(join(path, 'meta.properties'), 'utf8')) ?? []
  return id
}

/** Resolves when the controller has written down in which directory each replica is. */
async function untilAssigned(topic: string, replicas: readonly ClusterNode[]): Promise<void> {
  const expected = await Promise.all(replicas.map(async (node) => directoryId(await directoryOf(node, topic))))
  let known: unknown = null
  await until(`the controller knows where ${topic} is`, async () => {
    known = await knownDirectories(cluster.node(CONTROLLER).dataDirectory, topic)
    return JSON.stringify(known) === JSON.stringify(expected)
  }).catch((error: Error) => expect.fail(`${error.message}: it knows ${JSON.stringify(known)}, they are ${JSON.stringify(expected)}`))
}

/** Whoever writes there next has no room. */
async function fill(): Promise<void> {
  for (const bytes of [1_048_576, 4_096]) {
    for (let number = 0; number < MEGABYTES * 1024; number++) {
      const isFull = await writeFile(join(disk.small, 'filler'), Buffer.alloc(bytes), { flag: 'a' }).then(
        () => false,
        () => true,
      )
      if (isFull) break
    }
  }
}

describe.skipIf(noMounts)('a broker of which one of two log directories fails', () => {
  test(
    'gives up what it led there and nothing else, says so, and follows again after a restart with room',
    async () => {
      await start()
      const [broker, other] = [cluster.node(1), cluster.node(2)]
      const loads = [await underLoad(cluster, 'one', [1, 2]), await underLoad(cluster, 'two', [1, 2])]
      const isSmall = await Promise.all(loads.map(async ({ topic }) => (await directoryOf(broker, topic)) === disk.small))
      // A new log goes where the fewest are.
      expect([...isSmall].sort()).toEqual([false, true])
      const [inLarge, inSmall] = isSmall[0] ? loads.toReversed() : loads
      if (inLarge === undefined || inSmall === undefined) throw new Error('there are two loads')
      for (const { topic } of loads) await untilAssigned(topic, [broker, other])

      await fill()
      const led = await untilState(cluster, 3, inSmall.topic, 'the other broker leads', ({ leader }) => leader === 2)
      expect(led.isr).toEqual([2])
      await says(broker, /A log directory failed and is offline/)
      await says(broker, new RegExp(disk.small))
      await inSmall.producer.more(SOME)
      await inLarge.producer.more(SOME)
      await untilState(cluster, 3, inLarge.topic, 'the broker still leads what is elsewhere', ({ leader, isr }) => leader === 1 && isr.length === 2)

      await createTopic(cluster, 3, { name: 'later', assignments: [[1, 2]] })
      expect(await directoryOf(broker, 'later')).toBe(broker.dataDirectory)
      await untilAssigned('later', [broker, other])

      await broker.stop()
      await rm(join(disk.small, 'filler'))
      await broker.start()
      for (const load of loads) await untilWhole(load, 3)
      await judge(...loads)
    },
    TIMEOUT_MS,
  )

  test(
    'is asked to lead from it no more, while it is down and when it is back without it',
    async () => {
      await start()
      const broker = cluster.node(1)
      const loads = [await underLoad(cluster, 'one', [2, 1]), await underLoad(cluster, 'two', [2, 1])]
      const lost = loads[(await directoryOf(broker, 'one')) === disk.small ? 0 : 1]
      const kept = loads.find((load) => load !== lost)
      if (lost === undefined || kept === undefined) throw new Error('there are two loads')
      await broker.stop()
      await disk.makeReadOnly()
      await broker.start()
      await untilState(cluster, 3, kept.topic, 'it follows what is elsewhere', ({ isr }) => isr.length === 2)
      await untilState(cluster, 3, lost.topic, 'it is not in sync with what was there', ({ isr }) => `${isr}` === '2')
      await says(broker, /the file system is read-only/)
      await cluster.node(2).kill()
      await untilState(cluster, 3, kept.topic, 'it leads what it has', ({ leader }) => leader === 1)
      await untilState(cluster, 3, lost.topic, 'nobody leads what it has not', ({ leader }) => leader === -1)
      await kept.producer.more(SOME)
      await cluster.node(2).start()
      await untilState(cluster, 3, lost.topic, 'who has it leads again', ({ leader }) => leader === 2)
      await lost.producer.more(SOME)
      for (const { producer } of loads) await producer.end()
    },
    TIMEOUT_MS,
  )
})
