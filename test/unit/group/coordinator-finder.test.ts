import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { type CoordinatorCluster, CoordinatorFinder } from '../../../src/group/coordinator-finder.ts'
import { World } from '../../support/world/world.ts'

interface Setup {
  readonly leader?: number | null
  readonly topicError?: number
  readonly whenServing?: (signal?: AbortSignal) => Promise<void>
}

function finder(world: World, { leader = 1, topicError = 0, whenServing = async () => {} }: Setup) {
  const made: string[] = []
  let current = leader
  const cluster: CoordinatorCluster = {
    nodeId: 1,
    async ensureInternalTopic(name) {
      made.push(name)
      if (topicError === 0) current = 1
      return { errorCode: topicError }
    },
    leaderOf: () => current,
    endpointOf: (nodeId, listenerName) => (listenerName === 'PLAINTEXT' ? { host: `host-${nodeId}`, port: 9092 } : null),
  }
  const groups = { partitionFor: () => 0, whenServing: (_partition: number, signal?: AbortSignal) => whenServing(signal) }
  return { made, finder: new CoordinatorFinder(cluster, groups, world.node('a').ports.timers) }
}

const unavailable = { ok: false, errorCode: ErrorCode.COORDINATOR_NOT_AVAILABLE }

describe('finding the coordinator of a group', () => {
  it('gives the leader of its partition, where the client can reach it', async () => {
    const world = new World({ seed: 1 })
    const { finder: find } = finder(world, { leader: 2 })
    expect(await find.findForGroup('g', 'PLAINTEXT')).toEqual({ ok: true, nodeId: 2, host: 'host-2', port: 9092 })
    expect(await find.findForGroup('g', 'ELSEWHERE')).toEqual(unavailable)
  })

  it('makes the topic first, once it is needed', async () => {
    const world = new World({ seed: 1 })
    const { finder: find, made } = finder(world, { leader: null })
    expect(await find.findForGroup('g', 'PLAINTEXT')).toEqual({ ok: true, nodeId: 1, host: 'host-1', port: 9092 })
    await find.findForGroup('g', 'PLAINTEXT')
    expect(made).toEqual(['__consumer_offsets'])
  })

  it('says that there is none while the topic cannot be made', async () => {
    const world = new World({ seed: 1 })
    const { finder: find } = finder(world, { leader: null, topicError: ErrorCode.INVALID_REPLICATION_FACTOR })
    expect(await find.findForGroup('g', 'PLAINTEXT')).toEqual(unavailable)
  })

  it('waits until the coordinator serves, but not for ever', async () => {
    const world = new World({ seed: 1 })
    let serve = () => {}
    const soon = finder(world, { whenServing: () => new Promise((resolve) => (serve = resolve)) })
    const found = soon.finder.findForGroup('g', 'PLAINTEXT')
    await world.run(1000)
    serve()
    expect(await found).toMatchObject({ ok: true })
    const never = finder(world, {
      whenServing: (signal) => new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true })),
    })
    expect(await world.complete(never.finder.findForGroup('g', 'PLAINTEXT'), { withinMs: 10_000 })).toEqual(unavailable)
  })
})
