import { describe, expect, test } from 'vitest'
import { deferred } from '../../../../src/base/deferred.ts'
import {
  type ClusterNode,
  FIRST_BACK_OFF_MS,
  LONGEST_BACK_OFF_MS,
  MOST_RESTARTS,
  type NodeEnd,
  RECOVERED_MS,
  STOP_LIMIT_MS,
  Supervisor,
} from '../../../../src/cli/supervisor/supervisor.ts'
import { ManualTime } from '../../../../src/platform/time/manual-time.ts'

/** A process as the supervisor sees it, which does what the test says. */
class PlayedNode implements ClusterNode {
  readonly pid = 1
  readonly #ready = deferred<{ advertised: string[] }>()
  readonly #end = deferred<NodeEnd>()
  readonly #left = deferred<void>()
  readonly #name: string
  readonly #events: string[]
  leavesAtOnce = true
  endsWhenFinished = true

  constructor(nodeNumber: number, events: string[]) {
    this.#name = `${nodeNumber}`
    this.#events = events
  }

  get ready() {
    return this.#ready.promise
  }

  get end() {
    return this.#end.promise
  }

  serve(): void {
    this.#ready.resolve({ advertised: [`localhost:${this.#name}`] })
  }

  die(how = 'signal SIGKILL', lastWords = ''): void {
    this.#end.resolve({ how, lastWords })
    this.#left.resolve()
  }

  leave(): Promise<void> {
    this.#events.push(`${this.#name} leaves`)
    if (this.leavesAtOnce) this.#left.resolve()
    return this.#left.promise
  }

  finish(): void {
    this.#events.push(`${this.#name} finishes`)
    if (this.endsWhenFinished) this.die('exit code 0')
  }

  kill(): void {
    this.#events.push(`${this.#name} is killed`)
    this.die()
  }
}

class Play {
  readonly time = new ManualTime(0)
  readonly events: string[] = []
  readonly logged: string[] = []
  readonly spawned: PlayedNode[] = []
  readonly supervisor: Supervisor

  constructor(nodeCount = 3) {
    const log = (message: string, fields: Readonly<Record<string, unknown>> = {}) => void this.logged.push([message, ...Object.values(fields)].join(' '))
    this.supervisor = new Supervisor({
      nodeNumbers: Array.from({ length: nodeCount }, (_, index) => index + 1),
      spawn: (nodeNumber) => {
        const node = new PlayedNode(nodeNumber, this.events)
        this.spawned.push(node)
        return node
      },
      log: { error: log, warn: log, info: log },
      clock: this.time,
      timers: this.time,
    })
  }

  node(index: number): PlayedNode {
    return this.spawned[index] as PlayedNode
  }

  async started(): Promise<this> {
    const started = this.supervisor.start()
    for (const node of this.spawned) node.serve()
    await started
    return this
  }

  /** Until nothing more follows from it. */
  async pass(ms: number): Promise<void> {
    await turns()
    this.time.pass(ms)
    await turns()
  }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}

describe('a local cluster', () => {
  test('is started when all its nodes serve', async () => {
    const play = new Play()
    const started = play.supervisor.start()
    play.node(0).serve()
    play.node(2).serve()
    let isStarted = false
    void started.then(() => {
      isStarted = true
    })
    await turns()
    expect(isStarted).toBe(false)
    play.node(1).serve()
    expect((await started).map(({ advertised }) => advertised)).toEqual([['localhost:1'], ['localhost:2'], ['localhost:3']])
  })

  test('ends with the reason of a node that cannot start', async () => {
    const play = new Play()
    const started = play.supervisor.start()
    play.node(0).serve()
    play.node(1).die('exit code 1', 'Listening on localhost:9093 failed: another program has it.')
    await expect(started).rejects.toThrow('Node 2 could not start: Listening on localhost:9093 failed: another program has it.')
    await play.supervisor.stop()
    expect(play.spawned).toHaveLength(3)
  })

  test('starts a node again that ends, after a wait that grows', async () => {
    const play = await new Play().started()
    play.node(1).die()
    await play.pass(FIRST_BACK_OFF_MS - 1)
    expect(play.spawned).toHaveLength(3)
    await play.pass(1)
    expect(play.spawned).toHaveLength(4)
    play.node(3).serve()
    await turns()
    play.node(3).die('exit code 1')
    await play.pass(FIRST_BACK_OFF_MS)
    expect(play.spawned).toHaveLength(4)
    await play.pass(FIRST_BACK_OFF_MS)
    expect(play.spawned).toHaveLength(5)
    expect(play.logged).toEqual([
      `a node ended and is started again 2 signal SIGKILL ${FIRST_BACK_OFF_MS} 1`,
      'a node serves again 2 1',
      `a node ended and is started again 2 exit code 1 ${2 * FIRST_BACK_OFF_MS} 2`,
    ])
  })

  test('forgets how often a node ended when it has served for long', async () => {
    const play = await new Play(1).started()
    for (let count = 0; count < MOST_RESTARTS + 5; count++) {
      await play.pass(RECOVERED_MS)
      play.node(count).die()
      await play.pass(FIRST_BACK_OFF_MS)
    }
    expect(play.spawned).toHaveLength(MOST_RESTARTS + 6)
  })

  test('fails when no node can be kept running', async () => {
    const play = await new Play(1).started()
    for (let count = 0; count <= MOST_RESTARTS; count++) {
      play.node(count).die('exit code 1', 'no space left')
      await play.pass(LONGEST_BACK_OFF_MS)
    }
    await expect(play.supervisor.failed).rejects.toThrow(/^Node 1 ended 11 times .* the last time with exit code 1\. no space left$/)
    expect(play.spawned).toHaveLength(MOST_RESTARTS + 1)
  })

  test('goes on with the others when one cannot be kept running, and tries it further', async () => {
    const play = await new Play(2).started()
    let which = 1
    for (let count = 0; count < MOST_RESTARTS + 3; count++) {
      play.node(which).die('exit code 1', 'no space left')
      await play.pass(LONGEST_BACK_OFF_MS)
      which = play.spawned.length - 1
    }
    expect(play.spawned).toHaveLength(2 + MOST_RESTARTS + 3)
    expect(play.logged.filter((line) => line.startsWith('a node cannot be kept running'))).toEqual([
      `a node cannot be kept running: the others go on, and it is tried further 2 ${MOST_RESTARTS} exit code 1 no space left`,
    ])
  })

  test('fails when the last of several cannot be kept running either', async () => {
    const play = await new Play(2).started()
    for (let count = 0; count <= MOST_RESTARTS; count++) {
      for (const node of play.spawned.slice(-2)) node.die('exit code 1')
      await play.pass(LONGEST_BACK_OFF_MS)
    }
    await expect(play.supervisor.failed).rejects.toThrow(/^Node 2 ended 11 times/)
  })

  test('goes on when one cannot be kept running and the other has recovered', async () => {
    const play = await new Play(2).started()
    const dieOften = async (from: number) => {
      for (let count = 0, which = from; count <= MOST_RESTARTS; count++, which = play.spawned.length - 1) {
        play.node(which).die('exit code 1')
        await play.pass(LONGEST_BACK_OFF_MS)
      }
    }
    await dieOften(1)
    await dieOften(0)
    expect(play.spawned).toHaveLength(2 + 2 * (MOST_RESTARTS + 1))
  })

  test('stops its brokers one after another, from the last, and then its controllers', async () => {
    const play = await new Play().started()
    play.node(2).leavesAtOnce = false
    const stopped = play.supervisor.stop()
    await turns()
    expect(play.events).toEqual(['3 leaves'])
    play.node(2).leavesAtOnce = true
    void play.node(2).leave()
    expect(await stopped).toBe(true)
    expect(play.events.slice(2)).toEqual(['2 leaves', '1 leaves', '1 finishes', '2 finishes', '3 finishes'])
  })

  test('starts nothing again while it stops', async () => {
    const play = await new Play().started()
    await play.supervisor.stop()
    await play.pass(LONGEST_BACK_OFF_MS)
    expect(play.spawned).toHaveLength(3)
    expect(play.logged).toEqual([])
  })

  test('does not start again what died just before the stop', async () => {
    const play = await new Play().started()
    play.node(0).die()
    await turns()
    await play.supervisor.stop()
    await play.pass(LONGEST_BACK_OFF_MS)
    expect(play.spawned).toHaveLength(3)
  })

  test('kills a node that does not stop in time, and says so', async () => {
    const play = await new Play().started()
    play.node(1).leavesAtOnce = false
    play.node(1).endsWhenFinished = false
    const stopped = play.supervisor.stop()
    await play.pass(STOP_LIMIT_MS)
    await play.pass(STOP_LIMIT_MS)
    expect(await stopped).toBe(false)
    expect(play.events).toContain('2 is killed')
    expect(play.logged).toEqual(['a broker does not leave the cluster and is not waited for 2', 'a node does not stop and is killed 2 1'])
  })
})
