import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { kafka, unique } from '../kafkajs/support.ts'
import { Crowd } from './crowd.ts'
import { findPrometheus } from './prometheus-programs.ts'
import { type WatchedNode, watchNode } from './watched-nodes.ts'

const missing = await findPrometheus()
if (missing !== null) console.warn(`These alerts were not made to fire: ${missing}.`)

const TIMEOUT_MS = 180_000

describe.skipIf(missing !== null)(
  missing === null ? 'alerts of what clients do to a node fire' : `alerts of what clients do to a node fire (not run: ${missing})`,
  () => {
    let watched: WatchedNode

    beforeAll(async () => {
      watched = await watchNode({ settings: { 'metrics.capacity.bytes.in': 1_000 } })
    })

    afterAll(async () => {
      await watched?.[Symbol.asyncDispose]()
    })

    test(
      'HighConsumerLag: a group that has stopped while producers go on',
      async () => {
        const { node, prometheus } = watched
        const [topic, groupId] = [unique('lagging'), unique('stopped')]
        const admin = kafka(node.bootstrap).admin()
        await admin.connect()
        await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] })
        await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '0' }] })
        await admin.disconnect()
        const producer = kafka(node.bootstrap).producer()
        await producer.connect()
        await producer.send({ topic, messages: Array.from({ length: 10_001 }, (_, index) => ({ value: String(index) })) })
        await producer.disconnect()
        const [alert] = await prometheus.untilFiring('HighConsumerLag', ({ labels }) => labels.group === groupId)
        expect(alert?.annotations.description).toBe(`Group ${groupId} is 10001 records behind in partition 0 of ${topic}.`)
      },
      TIMEOUT_MS,
    )

    test(
      'BytesInNearCapacity: producers write more than the node is meant to take',
      async () => {
        const { node, prometheus } = watched
        const producer = kafka(node.bootstrap).producer()
        await producer.connect()
        await producer.send({ topic: unique('much'), messages: [{ value: Buffer.alloc(500_000) }] })
        await producer.disconnect()
        await prometheus.untilFiring('BytesInNearCapacity')
      },
      TIMEOUT_MS,
    )

    test(
      'TooManyConnections: more than a thousand',
      async () => {
        const { node, prometheus } = watched
        using crowd = new Crowd()
        await crowd.join(node.port, 1_001)
        await prometheus.untilFiring('TooManyConnections')
      },
      TIMEOUT_MS,
    )

    test(
      'FrequentRebalances: a member that comes and goes',
      async () => {
        const { node, prometheus } = watched
        const [topic, groupId] = [unique('restless'), unique('restless')]
        for (let round = 0; round < 7; round++) {
          const consumer = kafka(node.bootstrap).consumer({ groupId, maxWaitTimeInMs: 50 })
          await consumer.connect()
          await consumer.subscribe({ topic })
          const joined = new Promise((resolve) => consumer.on('consumer.group_join', resolve))
          await consumer.run({ eachMessage: async () => {} })
          await joined
          await consumer.disconnect()
        }
        await prometheus.untilFiring('FrequentRebalances', ({ labels }) => labels.group === groupId)
      },
      TIMEOUT_MS,
    )

    test(
      'EventLoopBlocked: a process that gets no processor for most of the time',
      async () => {
        const { node, prometheus } = watched
        let isOver = false
        const starving = starve(node.pid, () => isOver)
        await prometheus.untilFiring('EventLoopBlocked').finally(() => {
          isOver = true
        })
        await starving
      },
      TIMEOUT_MS,
    )
  },
)

/** Stands still for most of each second: shorter than a scrape waits. */
async function starve(pid: number, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    process.kill(pid, 'SIGSTOP')
    await sleep(750)
    process.kill(pid, 'SIGCONT')
    await sleep(150)
  }
}
