import { describe, expect, it } from 'vitest'
import { type Deferred, deferred } from '../../../../src/base/deferred.ts'
import type { RaftEffect, RaftEvent } from '../../../../src/raft/core/effects.ts'
import { CoreDriver } from '../../../../src/raft/shell/core-driver.ts'
import { ManualTime } from '../../server/harness.ts'

const persist = (epoch: number): RaftEffect => ({ type: 'persist-election', state: { epoch, leaderId: null, voted: null } })
const commit = (highWatermark: number): RaftEffect => ({ type: 'commit', highWatermark })
const TICK: RaftEvent = { type: 'tick' }
const turn = () => new Promise((resolve) => setImmediate(resolve))

/** A core whose effects a test writes, and a shell whose disk it holds. */
class Stage {
  readonly time = new ManualTime()
  readonly stepped: RaftEvent[] = []
  readonly performed: string[] = []
  readonly failures: unknown[] = []
  readonly script = new Map<RaftEvent['type'], readonly RaftEffect[]>()
  deadlineMs = Number.POSITIVE_INFINITY
  settledCount = 0
  /** While it is there, election states become durable when it resolves. */
  disk: Deferred<void> | null = null
  onCommit: () => void = () => undefined
  readonly driver = new CoreDriver({
    core: this,
    clock: this.time,
    timers: this.time,
    perform: (effect) => this.#perform(effect),
    onSettled: () => this.settledCount++,
    onFailure: (error) => this.failures.push(error),
  })

  step(event: RaftEvent): readonly RaftEffect[] {
    this.stepped.push(event)
    return this.script.get(event.type) ?? []
  }

  get steps(): readonly string[] {
    return this.stepped.map(({ type }) => type)
  }

  #perform(effect: RaftEffect): Promise<void> | undefined {
    this.performed.push(effect.type === 'persist-election' ? `persist ${effect.state.epoch}` : effect.type)
    if (effect.type === 'commit') this.onCommit()
    return effect.type === 'persist-election' ? this.disk?.promise : undefined
  }
}

describe('the driver of the core', () => {
  it('has done all effects when the call returns, where none of them waits', () => {
    const stage = new Stage()
    stage.script.set('start', [commit(1), commit(2)])
    stage.driver.enqueue({ type: 'start' })
    expect([stage.performed, stage.settledCount]).toEqual([['commit', 'commit'], 1])
  })

  it('does what stands behind an election state when that is durable, and steps the next event after that', async () => {
    const stage = new Stage()
    stage.disk = deferred()
    stage.script.set('start', [persist(1), commit(1)])
    stage.driver.enqueue({ type: 'start' })
    stage.driver.enqueue(TICK)
    await turn()
    expect([stage.performed, stage.steps]).toEqual([['persist 1'], ['start']])
    stage.disk.resolve()
    await turn()
    expect([stage.performed, stage.steps]).toEqual([
      ['persist 1', 'commit'],
      ['start', 'tick'],
    ])
  })

  it('writes only the last of election states that follow each other', () => {
    const stage = new Stage()
    stage.script.set('start', [persist(1), persist(2), commit(1), persist(3)])
    stage.driver.enqueue({ type: 'start' })
    expect(stage.performed).toEqual(['persist 2', 'commit', 'persist 3'])
  })

  it('tells the core what effects brought about before anything that waits', async () => {
    const stage = new Stage()
    stage.disk = deferred()
    stage.script.set('start', [persist(1), commit(1)])
    stage.onCommit = () => stage.driver.enqueueNext({ type: 'truncated' })
    stage.driver.enqueue({ type: 'start' })
    stage.driver.enqueue({ type: 'resign' })
    stage.disk.resolve()
    await turn()
    expect(stage.steps).toEqual(['start', 'truncated', 'resign'])
  })

  it('drops an event that time has overtaken', async () => {
    const stage = new Stage()
    stage.disk = deferred()
    let isTrue = true
    stage.script.set('start', [persist(1)])
    stage.driver.enqueue({ type: 'start' })
    stage.driver.enqueue({ type: 'flushed', endOffset: 5 }, () => isTrue)
    isTrue = false
    stage.disk.resolve()
    await turn()
    expect(stage.steps).toEqual(['start'])
  })

  it('has no timer while the core waits for nothing, and one that ticks at its deadline', () => {
    const stage = new Stage()
    stage.driver.enqueue({ type: 'start' })
    expect(stage.time.pendingCount).toBe(0)
    stage.deadlineMs = 101
    stage.driver.enqueue({ type: 'resign' })
    expect(stage.time.pendingCount).toBe(1)
    stage.time.advance(99)
    expect(stage.steps).toEqual(['start', 'resign'])
    stage.deadlineMs = stage.time.monotonicMs() + 1
    stage.time.advance(1)
    expect(stage.steps).toEqual(['start', 'resign', 'tick'])
    stage.deadlineMs = Number.POSITIVE_INFINITY
    stage.driver.enqueue({ type: 'resign' })
    expect(stage.time.pendingCount).toBe(0)
  })

  it('keeps a timer that is set for earlier, and steps nothing when it finds the deadline put off', () => {
    const stage = new Stage()
    stage.deadlineMs = 101
    stage.driver.enqueue({ type: 'start' })
    stage.deadlineMs = 501
    stage.driver.enqueue({ type: 'resign' })
    expect(stage.time.pendingCount).toBe(1)
    stage.time.advance(100)
    expect(stage.steps).toEqual(['start', 'resign'])
    stage.time.advance(400)
    expect(stage.steps).toEqual(['start', 'resign', 'tick'])
  })

  it('says that an effect failed, and steps nothing any more', async () => {
    const stage = new Stage()
    stage.disk = deferred()
    stage.script.set('start', [persist(1), commit(1)])
    stage.driver.enqueue({ type: 'start' })
    stage.driver.enqueue(TICK)
    stage.disk.reject(new Error('the disk is gone'))
    await turn()
    expect(stage.failures).toMatchObject([{ message: 'the disk is gone' }])
    expect([stage.performed, stage.steps]).toEqual([['persist 1'], ['start']])
  })

  it('that ends drops what waits and the rest of what is being done, and stops the core', async () => {
    const stage = new Stage()
    stage.disk = deferred()
    stage.script.set('start', [persist(1), commit(1)])
    stage.driver.enqueue({ type: 'start' })
    stage.driver.enqueue(TICK)
    stage.driver.end()
    stage.disk.resolve()
    await turn()
    stage.driver.enqueue(TICK)
    expect([stage.performed, stage.steps]).toEqual([['persist 1'], ['start', 'stop']])
  })

  it('that finishes ends when what is being done is done', async () => {
    const stage = new Stage()
    stage.disk = deferred()
    stage.script.set('start', [persist(1), commit(1)])
    stage.driver.enqueue({ type: 'start' })
    stage.driver.enqueue(TICK)
    const finished = stage.driver.finish()
    await turn()
    expect(stage.steps).toEqual(['start'])
    stage.disk.resolve()
    await finished
    expect([stage.performed, stage.steps]).toEqual([
      ['persist 1', 'commit'],
      ['start', 'stop'],
    ])
  })
})
