import { describe, expect, test } from 'vitest'
import type { OdradekError } from '../../../../src/base/errors.ts'
import { parseTopicSpec, type TopicSpec } from '../../../../src/config/sources/topic-specs.ts'
import type { MetadataRecord } from '../../../../src/metadata/metadata-record.ts'
import { makeStartTopics } from '../../../../src/node/roles/start-topics.ts'
import { cluster } from '../../controller/cluster.ts'
import { LocalController } from '../../controller/local-controller.ts'
import { broker, partition, topic } from '../../metadata/records.ts'
import { type Line, recordingLogger } from '../../server/harness.ts'

/** Makes topics on a cluster, and what was logged meanwhile. */
class Stage {
  readonly controller: LocalController
  readonly lines: Line[] = []
  /** How often brokers were waited for. */
  waits = 0

  constructor(...records: readonly MetadataRecord[]) {
    this.controller = new LocalController(cluster(...records))
  }

  make(...specs: readonly (string | TopicSpec)[]): Promise<void> {
    const topics = specs.map((spec) => (typeof spec === 'string' ? parseTopicSpec(spec, '--topic') : spec))
    const { controller } = this
    const untilServing = async () => void this.waits++
    return makeStartTopics({ topics, controller, metadata: controller, principal: 'User:node', logger: recordingLogger(this.lines), untilServing })
  }

  get partitions(): Record<string, number> {
    return Object.fromEntries([...this.controller.image().topics.byName.values()].map(({ name, partitions }) => [name, partitions.length]))
  }
}

describe('topics at the start of a node', () => {
  test('are made where they are missing', async () => {
    const stage = new Stage(broker(1))
    await stage.make('orders:3', 'payments')
    expect(stage.partitions).toEqual({ orders: 3, payments: 1 })
    expect(stage.waits).toBe(1)
    expect(stage.lines).toEqual([{ level: 'info', message: 'topics are made', fields: { topics: ['orders:3', 'payments:1'] } }])
  })

  test('that exist are left alone, and a line says when their partitions differ', async () => {
    const stage = new Stage(broker(1), topic('orders', 1), partition(1, 0))
    await stage.make('orders:3', 'orders:1', 'orders')
    expect(stage.partitions).toEqual({ orders: 1 })
    expect(stage.waits).toBe(0)
    expect(stage.lines.map(({ level, fields }) => [level, fields])).toEqual([['warn', { topic: 'orders', partitions: 1, asked: 3, origin: '--topic' }]])
  })

  test('that cannot be made stop the start, are named with their place, and none is made', async () => {
    const stage = new Stage(broker(1))
    const bad: TopicSpec = { ...parseTopicSpec('c', 'broker.yaml:3'), configs: { bad: 'x' } }
    const refusal = await stage.make('a:1', 'b:1:3', bad, 'no topic', '__cluster_metadata').catch((error: OdradekError) => error)
    expect(refusal).toMatchObject({ code: 'TOPICS_REFUSED' })
    expect((refusal as OdradekError).message.split('\n')).toEqual([
      expect.stringMatching(/^--topic: topic b cannot be made: Unable to replicate the partition 3 time\(s\)/),
      'broker.yaml:3: topic c cannot be made: Unknown topic config name: bad',
      expect.stringMatching(/^--topic: topic no topic cannot be made: Topic name is invalid/),
      '--topic: topic __cluster_metadata cannot be made: the name is that of the metadata log',
    ])
    expect(stage.partitions).toEqual({})
  })
})
