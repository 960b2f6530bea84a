import { describe, expect, it } from 'vitest'
import type { Uuid } from '../../../../protocol/uuid.ts'
import { OdradekError } from '../../../../src/base/errors.ts'
import { type DirectoryAssignment, DirectoryReports } from '../../../../src/replication/directories/directory-reports.ts'
import { silentLogger } from '../../../../src/telemetry/logger.ts'
import { World } from '../../../support/world/world.ts'

const ONE = 'EF9wINcfRkKJhJQASwIdCA' as Uuid
const TWO = 'unSScKILSce4PM1HolJnqg' as Uuid
const TOPIC = '2cpOPURqSU2jEYyVvUg-hQ' as Uuid

function setUp(answer: (assignment: DirectoryAssignment) => number = () => 0) {
  const world = new World({ seed: 1 })
  const failures: unknown[] = []
  const told: unknown[] = []
  const warnings: string[] = []
  const logger = { ...silentLogger, warn: (message: string) => warnings.push(message) }
  let refusals = 0
  let asked = 0
  const { timers } = world.node('a').ports
  const reports = new DirectoryReports({ timers, logger, onFailure: (error) => failures.push(error) })
  const tell = async <T>(what: unknown, reply: T): Promise<T> => {
    await timers.sleep(5)
    asked++
    if (refusals-- > 0) throw new OdradekError('CONTROLLER_TIMEOUT', 'busy')
    told.push(what)
    return reply
  }
  const registry = {
    directoryFailed: (directoryId: Uuid) => tell(directoryId, undefined),
    cordonedChanged: () => tell('cordoned', undefined),
    assignReplicas: (assignments: readonly DirectoryAssignment[]) => {
      const numbers = assignments.map(({ partition, directoryId }) => `${partition} in ${directoryId === ONE ? 'one' : 'two'}`)
      return tell(numbers, assignments.map(answer))
    },
  }
  const refuse = (times: number) => {
    refusals = times
  }
  return { world, reports, registry, told, failures, refuse, warnings, asked: () => asked }
}

const at = (partition: number, directoryId = ONE): DirectoryAssignment => ({ topicId: TOPIC, partition, directoryId })

describe('what the controller is told of directories', () => {
  it('waits for the registration, then goes in one request, failures first', async () => {
    const { world, reports, registry, told } = setUp()
    const known = [reports.assign(at(0)), reports.assign(at(1))]
    reports.directoryFailed(TWO)
    reports.cordonedChanged()
    await world.run(100)
    expect(told).toEqual([])
    reports.start(registry)
    expect(await world.complete(Promise.all(known))).toEqual([true, true])
    expect(told).toEqual([TWO, 'cordoned', ['0 in one', '1 in one']])
  })

  it('is told again until it is heard', async () => {
    const { world, reports, registry, told, failures, refuse } = setUp()
    reports.cordonedChanged()
    refuse(3)
    reports.start(registry)
    await world.run(800)
    reports.directoryFailed(ONE)
    expect(await world.complete(reports.assign(at(4)))).toBe(true)
    expect([...told].sort()).toEqual([['4 in one'], ONE, 'cordoned'].sort())
    expect(failures).toEqual([])
  })

  it('is told ever less often, and said once, where the controller takes none of it, as of a broker that was unregistered', async () => {
    const { world, reports, registry, refuse, warnings, asked } = setUp()
    refuse(Number.POSITIVE_INFINITY)
    reports.directoryFailed(ONE)
    reports.start(registry)
    await world.run(60_000)
    expect(asked()).toBeLessThanOrEqual(10)
    expect(asked()).toBeGreaterThanOrEqual(8)
    expect(warnings).toHaveLength(1)
    refuse(0)
    await world.run(10_100)
    refuse(1)
    reports.cordonedChanged()
    await world.run(1_000)
    expect(warnings).toHaveLength(2)
  })

  it('is of each replica only the newest place', async () => {
    const { world, reports, registry, told } = setUp()
    const first = reports.assign(at(0, ONE))
    const second = reports.assign(at(0, TWO))
    const same = reports.assign(at(0, TWO))
    reports.start(registry)
    expect(await world.complete(Promise.all([first, second, same]))).toEqual([false, true, true])
    expect(told).toEqual([['0 in two']])
  })

  it('may be refused for one replica', async () => {
    const { world, reports, registry } = setUp(({ partition }) => (partition === 1 ? 3 : 0))
    reports.start(registry)
    expect(await world.complete(Promise.all([reports.assign(at(0)), reports.assign(at(1))]))).toEqual([true, false])
  })

  it('is split into requests of a bounded size', async () => {
    const { world, reports, registry, told } = setUp()
    const known = Array.from({ length: 5000 }, (_, partition) => reports.assign(at(partition)))
    reports.start(registry)
    await world.complete(Promise.all(known))
    expect(told.map((request) => (request as string[]).length)).toEqual([2250, 2250, 500])
  })

  it('is forgotten when the node stops', async () => {
    const { world, reports, registry, refuse } = setUp()
    refuse(Number.POSITIVE_INFINITY)
    reports.start(registry)
    const known = reports.assign(at(0))
    await world.run(2000)
    await world.complete(reports.stop())
    expect(await known).toBe(false)
    expect(await reports.assign(at(1))).toBe(false)
  })

  it('is not told again and again when what tells it is broken: that is reported once', async () => {
    const { world, reports, failures, registry } = setUp()
    let calls = 0
    const directoryFailed = async () => {
      if (++calls < 10) throw new TypeError('a defect')
    }
    reports.start({ ...registry, directoryFailed })
    reports.directoryFailed(ONE)
    await world.run(100)
    expect([calls, failures]).toEqual([1, [new TypeError('a defect')]])
    expect(await reports.assign(at(0))).toBe(false)
  })
})
