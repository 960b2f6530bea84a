import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { areas } from './areas.ts'
import { type Coverage, observeAll } from './coverage.ts'

const OBSERVING_TIMEOUT_MS = 180_000

/** What has no answer without an error, or none with one, and why; a text stands for all versions and listeners that begin so. */
interface Exception {
  readonly asked: RegExp
  readonly why: string
}

const NEVER_RIGHT: readonly Exception[] = [
  { asked: /^Produce [012] /, why: 'advertised for the sake of librdkafka, and refused' },
  { asked: /^DescribeAcls /, why: 'there is no authorizer; with none to make or delete the others have nothing to refuse' },
  { asked: /^(Create|Renew|Expire|Describe)DelegationToken /, why: 'there is no secret key' },
  { asked: /^DescribeCluster 0 on the controller/, why: 'version 0 asks for brokers, which a controller does not tell of' },
  { asked: /^BrokerRegistration [01] /, why: 'a broker must name directories, which came with version 2' },
  { asked: /^Fetch ([7-9]|1[0-2]) on the controller/, why: 'the metadata log is asked for by its id' },
  { asked: /^UnregisterBroker 0 on the controller/, why: 'the only broker can be forgotten once, on the other listener' },
]

const NEVER_WRONG: readonly Exception[] = [
  { asked: /^ApiVersions [012] /, why: 'asks nothing' },
  { asked: /^(DescribeCluster|ListConfigResources) 0 on the broker/, why: 'asks nothing' },
  { asked: /^Fetch [4-6] on the controller/, why: 'the answer has no error' },
  { asked: /^FindCoordinator 0 /, why: 'any text is the name of a group' },
  { asked: /^OffsetFetch [1-9] /, why: 'what is not there has the offset -1' },
  { asked: /^DescribeGroups [0-5] /, why: 'a group that is not there is a dead one' },
  { asked: /^ListGroups /, why: 'states and types that are none match nothing' },
  { asked: /^DescribeLogDirs /, why: 'topics and partitions that are not there are left out' },
  { asked: /^ControllerRegistration /, why: 'at the levels of the features that are in force any controller may register' },
  { asked: /^ListPartitionReassignments /, why: 'topics and partitions that are not there are left out' },
]

let coverage: Coverage
beforeAll(async () => {
  coverage = await observeAll()
}, OBSERVING_TIMEOUT_MS)

/** What is advertised and neither seen nor excepted, and which exceptions are none. */
function holes(seen: ReadonlySet<string>, exceptions: readonly Exception[]) {
  const unseen = coverage.advertised.filter((asked) => !seen.has(asked))
  const missing = unseen.filter((asked) => !exceptions.some((exception) => exception.asked.test(asked)))
  const needless = exceptions.filter((exception) => !unseen.some((asked) => exception.asked.test(asked))).map(({ asked }) => String(asked))
  return { missing, needless }
}

test('each area is run by the test file of its name', () => {
  expect(Object.keys(areas).filter((name) => !existsSync(join(import.meta.dirname, `${name}.test.ts`)))).toEqual([])
})

describe('each version of each API that is advertised, on each listener,', () => {
  test('has a scenario in which it is served', () => {
    expect(holes(coverage.right, NEVER_RIGHT)).toEqual({ missing: [], needless: [] })
  })

  test('has a scenario in which something is refused', () => {
    expect(holes(coverage.wrong, NEVER_WRONG)).toEqual({ missing: [], needless: [] })
  })
})
