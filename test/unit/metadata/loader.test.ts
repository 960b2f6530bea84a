import { describe, expect, it } from 'vitest'
import { deferred } from '../../../src/base/deferred.ts'
import type { MetadataDelta, MetadataPublisher } from '../../../src/metadata/delta.ts'
import type { MetadataImage } from '../../../src/metadata/image.ts'
import { MetadataLoader } from '../../../src/metadata/loader.ts'
import type { MetadataRecord } from '../../../src/metadata/metadata-record.ts'
import { broker, config, content, feature, partition, partitionChange, replay, topic } from './records.ts'

class Follower implements MetadataPublisher {
  readonly name = 'follower'
  readonly updates: { readonly delta: MetadataDelta; readonly image: MetadataImage }[] = []
  before: () => void | Promise<void> = () => undefined

  async onUpdate(delta: MetadataDelta, image: MetadataImage): Promise<void> {
    await this.before()
    this.updates.push({ delta, image })
  }

  get topics(): string[][] {
    return this.updates.map(({ delta }) => [...delta.topics.changed.values()].map((changed) => changed.after.name))
  }
}

class Log {
  readonly failures: Error[] = []
  readonly loader = new MetadataLoader((error) => this.failures.push(error))
  #offset = 0

  /** Commits the records as one batch; gives its last offset. */
  commit(...records: MetadataRecord[]): number {
    const baseOffset = this.#offset
    this.#offset += Math.max(records.length, 1)
    this.loader.handleCommit({ baseOffset, lastOffset: this.#offset - 1, epoch: 1, appendedMs: 7, sizeBytes: 100, records })
    return this.#offset - 1
  }
}

const BEGIN: MetadataRecord = { type: 'BeginTransactionRecord', version: 0, data: { name: null } }
const END: MetadataRecord = { type: 'EndTransactionRecord', version: 0, data: {} }
const ABORT: MetadataRecord = { type: 'AbortTransactionRecord', version: 0, data: { reason: null } }

describe('the loader of metadata', () => {
  it('shows an image when all publishers have applied it, and not before', async () => {
    const log = new Log()
    const follower = new Follower()
    const gate = deferred<void>()
    await log.loader.addPublisher(follower)
    follower.before = () => gate.promise
    const offset = log.commit(topic('foo', 1), partition(1, 0))
    let isApplied = false
    const applied = log.loader.applied(offset).then(() => {
      isApplied = true
    })
    await turn()
    expect(log.loader.image().topics.byName.size).toBe(0)
    expect(isApplied).toBe(false)
    gate.resolve()
    await applied
    expect(log.loader.image().topics.byName.has('foo')).toBe(true)
    expect(log.loader.image().provenance).toEqual({ offset, epoch: 1, appendedMs: 7 })
  })

  it('gives the batches that came meanwhile in one delta', async () => {
    const log = new Log()
    const follower = new Follower()
    await log.loader.addPublisher(follower)
    const gate = deferred<void>()
    follower.before = () => gate.promise
    log.commit(topic('a', 1), partition(1, 0))
    await turn()
    log.commit(topic('b', 2), partition(2, 0))
    const last = log.commit(topic('c', 3), partition(3, 0))
    gate.resolve()
    await log.loader.applied(last)
    expect(follower.topics).toEqual([[], ['a'], ['b', 'c']])
  })

  it('tells a publisher nothing more once it is removed, which is when it is through with what it was told', async () => {
    const log = new Log()
    const [first, second, third] = [new Follower(), new Follower(), new Follower()]
    for (const follower of [first, second, third]) await log.loader.addPublisher(follower)
    const gate = deferred<void>()
    first.before = () => gate.promise
    log.commit(topic('a', 1), partition(1, 0))
    await turn()
    let areRemoved = false
    const removed = Promise.all([log.loader.removePublisher(first), log.loader.removePublisher(second)]).then(() => {
      areRemoved = true
    })
    await turn()
    expect(areRemoved).toBe(false)
    gate.resolve()
    await removed
    await log.loader.applied(log.commit(topic('b', 2), partition(2, 0)))
    expect([first.topics, second.topics, third.topics]).toEqual([[[], ['a']], [[]], [[], ['a'], ['b']]])
    expect(log.failures).toEqual([])
  })

  it('calls publishers one after another, in their order', async () => {
    const log = new Log()
    const [first, second] = [new Follower(), new Follower()]
    await log.loader.addPublisher(first)
    await log.loader.addPublisher(second)
    const seen: number[] = []
    first.before = async () => {
      await turn()
      seen.push(1)
    }
    second.before = () => {
      seen.push(2)
    }
    await log.loader.applied(log.commit(topic('a', 1), partition(1, 0)))
    expect(seen).toEqual([1, 2])
  })

  it('gives a publisher that comes later everything at once', async () => {
    const log = new Log()
    await log.loader.applied(log.commit(topic('a', 1), partition(1, 0), config(4, '', 'x', 'y')))
    const late = new Follower()
    await log.loader.addPublisher(late)
    expect(late.topics).toEqual([['a']])
    expect(late.updates[0]?.delta.configs.size).toBe(1)
    await log.loader.applied(log.commit(topic('b', 2), partition(2, 0)))
    expect(late.topics).toEqual([['a'], ['b']])
  })

  it('holds a transaction back until it ends', async () => {
    const log = new Log()
    const follower = new Follower()
    await log.loader.addPublisher(follower)
    log.commit(BEGIN, topic('a', 1))
    await turn()
    expect(follower.updates).toHaveLength(1)
    expect(log.loader.hasOpenTransaction).toBe(true)
    await log.loader.applied(log.commit(partition(1, 0), END))
    expect(follower.topics).toEqual([[], ['a']])
  })

  it('publishes what stands before an open transaction, and says when it has', async () => {
    const log = new Log()
    const follower = new Follower()
    await log.loader.addPublisher(follower)
    log.commit(topic('foo', 1))
    log.commit(topic('bar', 2), BEGIN, topic('held', 3))
    log.commit(topic('held too', 4))
    await log.loader.caughtUp()
    expect(follower.topics).toEqual([[], ['foo', 'bar']])
    expect(log.loader.image().provenance.offset).toBe(1)
    const aborted = log.commit(ABORT)
    await log.loader.applied(aborted)
    expect(follower.topics).toEqual([[], ['foo', 'bar'], []])
  })

  it('drops a transaction that is aborted', async () => {
    const log = new Log()
    log.commit(BEGIN, topic('a', 1))
    await log.loader.applied(log.commit(ABORT))
    expect(log.loader.image().topics.byName.size).toBe(0)
    expect(log.loader.hasOpenTransaction).toBe(false)
  })

  it('begins with a snapshot', async () => {
    const log = new Log()
    log.loader.handleSnapshot({ offset: 41, epoch: 3, appendedMs: 5 }, [topic('a', 1), partition(1, 0)])
    await log.loader.applied(41)
    expect(log.loader.image().provenance).toEqual({ offset: 41, epoch: 3, appendedMs: 5 })
    expect(log.loader.image().topics.byName.has('a')).toBe(true)
  })

  it('goes on with a snapshot in place of all before, and says what that changed', async () => {
    const log = new Log()
    const follower = new Follower()
    await log.loader.addPublisher(follower)
    const before = [topic('same', 1), partition(1, 0), topic('changed', 2), partition(2, 0), partition(2, 1), topic('gone', 3), partition(3, 0)]
    const others = [config(2, 'gone', 'x', '1'), config(2, 'same', 'x', '1'), broker(1), broker(2), broker(3), feature('metadata.version', 20)]
    await log.loader.applied(log.commit(...before, ...others))
    log.commit(BEGIN, topic('never', 4))
    const after = [
      topic('same', 1),
      partition(1, 0),
      topic('changed', 2),
      partition(2, 0),
      partition(2, 1, { leaderEpoch: 4 }),
      topic('new', 5),
      partition(5, 0),
    ]
    const otherAfter = [config(2, 'same', 'x', '1'), config(2, 'changed', 'x', '1'), broker(1), broker(2, { rack: 'b' }), feature('metadata.version', 21)]
    log.loader.handleSnapshot({ offset: 99, epoch: 3, appendedMs: 5 }, [...after, ...otherAfter])
    await log.loader.applied(99)
    const { delta, image } = follower.updates.at(-1) as (typeof follower.updates)[number]
    expect(content(image)).toEqual(content(replay([...after, ...otherAfter]).image))
    expect([...delta.topics.changed.values()].map(({ after: { name }, before: known, partitions }) => [name, known === null, partitions])).toEqual([
      ['changed', false, [1]],
      ['new', true, [0]],
    ])
    expect([...delta.topics.deleted.values()].map(({ name }) => name)).toEqual(['gone'])
    expect([...delta.brokers].sort()).toEqual([2, 3])
    expect([...delta.configs.values()].map(({ name }) => name).sort()).toEqual(['changed', 'gone'])
    expect([...delta.features]).toEqual(['metadata.version'])
    expect(delta.before.topics.byName.has('gone')).toBe(true)
    log.loader.handleCommit({ baseOffset: 100, lastOffset: 101, epoch: 3, appendedMs: 6, sizeBytes: 1, records: [topic('next', 6), partition(6, 0)] })
    await log.loader.applied(101)
    expect(follower.topics.at(-1)).toEqual(['next'])
  })

  it('tells how much log each image took', async () => {
    const log = new Log()
    const sizes: number[] = []
    log.loader.onPublished((_image, bytes) => sizes.push(bytes))
    log.commit(topic('a', 1), partition(1, 0))
    await log.loader.applied(log.commit(topic('b', 2), partition(2, 0)))
    expect(sizes.at(-1)).toBe(200)
  })

  it('stops for good at a record that does not fit, and names where it stands', async () => {
    const log = new Log()
    await log.loader.applied(log.commit(topic('a', 1), partition(1, 0)))
    const offset = log.commit(partitionChange(9, 0, {}))
    await expect(log.loader.applied(offset)).rejects.toThrow(`offset ${offset}`)
    expect(log.failures).toHaveLength(1)
    log.commit(topic('b', 2), partition(2, 0))
    await turn()
    expect(log.loader.image().topics.byName.has('b')).toBe(false)
  })

  it('stops for good when a publisher fails', async () => {
    const log = new Log()
    const follower = new Follower()
    await log.loader.addPublisher(follower)
    follower.before = () => Promise.reject(new Error('cannot'))
    await expect(log.loader.applied(log.commit(topic('a', 1), partition(1, 0)))).rejects.toMatchObject({ code: 'METADATA_REPLAY' })
    expect(log.failures).toHaveLength(1)
  })
})

/** Lets everything happen that waits for nothing but promises. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

it.each(Array.from({ length: 12 }, (_, turns) => turns))(
  'a publisher that joins %i microtasks after the last work was done is not forgotten',
  async (turns) => {
    const loader = new MetadataLoader(() => {})
    const first = loader.addPublisher({ name: 'first', onUpdate: async () => {} })
    for (let turn = 0; turn < turns; turn++) await Promise.resolve()
    let joined = false
    void loader.addPublisher({ name: 'second', onUpdate: async () => {} }).then(() => {
      joined = true
    })
    await first
    for (let turn = 0; turn < 50; turn++) await Promise.resolve()
    expect(joined).toBe(true)
  },
)
