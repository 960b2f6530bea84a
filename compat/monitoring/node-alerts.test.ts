import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { collect, kafka, unique } from '../kafkajs/support.ts'
import { mountSmallDisk, whyNoMounts } from '../processes/small-disk.ts'
import { Crowd } from './crowd.ts'
import { findPrometheus } from './prometheus-programs.ts'
import { watchNode } from './watched-nodes.ts'

const missing = await findPrometheus()
if (missing !== null) console.warn(`These alerts were not made to fire: ${missing}.`)
const noMounts = await whyNoMounts()

const TIMEOUT_MS = 180_000
const SLOW_DISK = join(import.meta.dirname, 'slow-disk.cjs')
const HUNG_VOLUME = join(import.meta.dirname, 'hung-volume.cjs')

describe.skipIf(missing !== null)(missing === null ? 'alerts of a node in trouble fire' : `alerts of a node in trouble fire (not run: ${missing})`, () => {
  test(
    'BrokerDown and BrokerRestarts: a node that ends again and again',
    async () => {
      await using watched = await watchNode()
      const { node, prometheus } = watched
      for (let restart = 0; restart < 3; restart++) {
        await node.kill()
        await prometheus.untilFiring('BrokerDown')
        await node.start()
        await prometheus.untilQuiet('BrokerDown')
      }
      await prometheus.untilFiring('BrokerRestarts')
    },
    TIMEOUT_MS,
  )

  test(
    'SlowFetches: a disk that takes long to read',
    async () => {
      await using watched = await watchNode({ env: { NODE_OPTIONS: `--require ${SLOW_DISK}` } })
      const { node, prometheus } = watched
      const [topic, clientId] = [unique('slow'), 'reader']
      const client = kafka(node.bootstrap, { clientId })
      const [producer, consumer] = [client.producer(), client.consumer({ groupId: unique('slow'), maxWaitTimeInMs: 10_000 })]
      await Promise.all([producer.connect(), consumer.connect()])
      await producer.send({ topic, messages: [{ value: 'first' }] })
      await consumer.subscribe({ topic, fromBeginning: true })
      const reading = collect(consumer, 1)
      await reading
      process.kill(node.pid, 'SIGUSR2')
      const over = new AbortController()
      const writing = every(3_000, over.signal, () => producer.send({ topic, messages: [{ value: 'next' }] }))
      const [alert] = await prometheus.untilFiring('SlowFetches').finally(() => over.abort())
      expect(alert?.labels.client_id).toBe(clientId)
      await writing
      await node.kill()
    },
    TIMEOUT_MS,
  )

  test(
    'OfflineLogDirectory: one of two directories that cannot be used',
    async () => {
      await using stack = new AsyncDisposableStack()
      const directory = await mkdtemp(join(tmpdir(), 'odradek-alerts-'))
      stack.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }))
      await writeFile(join(directory, 'file'), '')
      const directories = [join(directory, 'data'), join(directory, 'file', 'data')]
      const { prometheus } = stack.use(await watchNode({ directory, settings: { 'log.dirs': directories.join() } }))
      await prometheus.untilFiring('OfflineLogDirectory')
    },
    TIMEOUT_MS,
  )

  test.skipIf(noMounts !== null)(
    noMounts === null ? 'DiskNearlyFull: a disk on which somebody else writes, too' : `DiskNearlyFull (not run: ${noMounts})`,
    async () => {
      await using stack = new AsyncDisposableStack()
      const disk = stack.use(await mountSmallDisk(20))
      const { prometheus } = stack.use(await watchNode({ directory: disk.directory, settings: { 'log.dirs': disk.small } }))
      await writeFile(join(disk.small, 'ballast.tmp'), Buffer.alloc(19_500_000))
      await prometheus.untilFiring('DiskNearlyFull', ({ labels }) => labels.directory === disk.small)
    },
    TIMEOUT_MS,
  )

  test(
    'FileDescriptorsRunOut: logs take the half of the descriptors that is theirs, and connections the rest',
    async () => {
      const limit = 400
      await using watched = await watchNode({ descriptorLimit: limit })
      const { node, prometheus } = watched
      const [admin, producer] = [kafka(node.bootstrap).admin(), kafka(node.bootstrap).producer()]
      await Promise.all([admin.connect(), producer.connect()])
      const partitions = Array.from({ length: limit }, (_, partition) => partition)
      await admin.createTopics({ topics: [{ topic: 'many', numPartitions: partitions.length }] })
      await producer.send({ topic: 'many', messages: partitions.map((partition) => ({ partition, value: 'one' })) })
      using crowd = new Crowd()
      await crowd.join(node.port, limit)
      await prometheus.untilFiring('FileDescriptorsRunOut')
      await Promise.all([admin.disconnect(), producer.disconnect()])
    },
    TIMEOUT_MS,
  )

  test(
    'ConnectionsRefused: more connections from one address than it may have',
    async () => {
      await using watched = await watchNode({ settings: { 'max.connections.per.ip': 2 } })
      const { node, prometheus } = watched
      using crowd = new Crowd()
      await crowd.join(node.port, 3)
      const [alert] = await prometheus.untilFiring('ConnectionsRefused')
      expect(alert?.labels.reason).toBe('max.connections.per.ip')
    },
    TIMEOUT_MS,
  )

  test(
    'MetricsLeftOut: a volume that does not answer; and what does not need it is read',
    async () => {
      await using watched = await watchNode({ env: { NODE_OPTIONS: `--require ${HUNG_VOLUME}` } })
      const { node, prometheus } = watched
      await prometheus.untilData('log_directory_free_bytes')
      process.kill(node.pid, 'SIGUSR2')
      await prometheus.untilFiring('MetricsLeftOut')
      expect(await prometheus.query('log_directory_free_bytes')).toEqual([])
      expect(await prometheus.query('active_connections')).not.toEqual([])
      await prometheus.untilQuiet('BrokerDown')
    },
    TIMEOUT_MS,
  )
})

/** Until it is aborted. */
async function every(intervalMs: number, signal: AbortSignal, act: () => Promise<unknown>): Promise<void> {
  while (!signal.aborted) {
    await act()
    await sleep(intervalMs)
  }
}
