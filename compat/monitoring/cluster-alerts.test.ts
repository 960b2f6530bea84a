import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTopic, untilState } from '../support/cluster/administer.ts'
import { produceSteadily } from '../support/cluster/steady-producer.ts'
import { findPrometheus } from './prometheus-programs.ts'
import { type WatchedCluster, watchCluster } from './watched-nodes.ts'

const missing = await findPrometheus()
if (missing !== null) console.warn(`These alerts were not made to fire: ${missing}.`)

const TIMEOUT_MS = 180_000
const FENCED_AFTER_MS = 9_000

describe.skipIf(missing !== null)(missing === null ? 'alerts of a cluster fire' : `alerts of a cluster fire (not run: ${missing})`, () => {
  let watched: WatchedCluster

  beforeAll(async () => {
    watched = await watchCluster({
      'broker.session.timeout.ms': FENCED_AFTER_MS,
      // Long before a broker is fenced: it is the leader that finds it lagging.
      'replica.lag.time.max.ms': 1_000,
      'offsets.topic.replication.factor': 3,
    })
  }, TIMEOUT_MS)

  afterAll(async () => {
    await watched?.[Symbol.asyncDispose]()
  })

  test(
    'IsrShrinks, UnderReplicatedPartitions and UnderMinIsrPartitions: a follower that stands still; and they end when it goes on',
    async () => {
      const { cluster, prometheus, instance } = watched
      await createTopic(cluster, 1, { name: 'copied', assignments: [[1, 2, 3]], configs: { 'min.insync.replicas': '2' } })
      await createTopic(cluster, 1, { name: 'all-needed', assignments: [[1, 3]], configs: { 'min.insync.replicas': '2' } })
      const producer = await produceSteadily(cluster, 'copied')
      await producer.more(10)
      cluster.node(3).pause()
      const [shrunk] = await prometheus.untilFiring('IsrShrinks')
      expect(shrunk?.labels.instance).toBe(instance(1))
      await prometheus.untilFiring('UnderReplicatedPartitions', ({ labels }) => labels.instance === instance(1))
      await prometheus.untilFiring('UnderMinIsrPartitions', ({ labels }) => labels.instance === instance(1))
      cluster.node(3).resume()
      await producer.more(10)
      await producer.end()
      await prometheus.untilQuiet('UnderReplicatedPartitions')
      await prometheus.untilQuiet('UnderMinIsrPartitions')
    },
    TIMEOUT_MS,
  )

  test(
    'OfflinePartitions: the only replica of a partition is on a broker that died',
    async () => {
      const { cluster, prometheus } = watched
      await createTopic(cluster, 1, { name: 'alone', assignments: [[3]] })
      await cluster.node(3).kill()
      const [offline] = await prometheus.untilFiring('OfflinePartitions')
      expect(offline?.annotations.description).toBe('1 partitions have no leader: nobody can write to them or read from them.')
      await cluster.node(3).start()
      await prometheus.untilQuiet('OfflinePartitions')
    },
    TIMEOUT_MS,
  )

  test(
    'UncleanLeaderElections: who has all records is gone, and another becomes the leader',
    async () => {
      const { cluster, prometheus } = watched
      await createTopic(cluster, 1, { name: 'torn', assignments: [[3, 2]], configs: { 'unclean.leader.election.enable': 'true' } })
      await cluster.node(2).stop()
      await untilState(cluster, 1, 'torn', 'broker 2 is out of sync', ({ isr }) => isr.join() === '3')
      await cluster.node(3).kill()
      await cluster.node(2).start()
      await prometheus.untilFiring('UncleanLeaderElections')
      await cluster.node(3).start()
    },
    TIMEOUT_MS,
  )

  test(
    'NoActiveController: two of three nodes are gone, and the third leads nothing',
    async () => {
      const { cluster, prometheus } = watched
      await Promise.all([cluster.node(2).kill(), cluster.node(3).kill()])
      await prometheus.untilFiring('NoActiveController')
    },
    TIMEOUT_MS,
  )
})
