import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { kafka } from '../../kafkajs/support.ts'
import { type BrokerUnderTest, startBrokerUnderTest } from '../../support/broker-under-test.ts'
import { type CommandResult, runCommand } from '../../support/command.ts'
import { HABITS, type Habit } from './habits.ts'

/** A client's program: it is run as `command… BOOTSTRAP HABIT`, and ends with 0, or with another code and a reason on stderr. `list` alone prints its habits, one a line. */
export interface ClientProgram {
  readonly command: readonly [string, ...string[]]
  readonly env?: Readonly<Record<string, string>>
}

export interface ClientSuite {
  /** The client with its version. */
  readonly name: string
  /** Fetches what the program needs and builds it; rejects with a sentence that says which toolchain is missing. */
  readonly program: () => Promise<ClientProgram>
  /** Habits that this client does not have, with the reason. */
  readonly without?: Readonly<Partial<Record<Habit, string>>>
  /** Habits of this client beyond the common ones. */
  readonly also?: readonly string[]
  /** What Odradek does not serve yet, and must refuse so that the client says so and goes on; not asked of Apache Kafka. */
  readonly notServed?: readonly string[]
  readonly settings?: Readonly<Record<string, string | number | boolean>>
}

const HABIT_TIMEOUT_MS = 45_000
/** The first time dependencies are fetched and compiled. */
const PREPARE_TIMEOUT_MS = 10 * 60_000
const isKafka = process.env.ODRADEK_UNDER_TEST === 'kafka'

/** One test for each habit, each in a process of the client's own, against one broker; topics are named by habit. */
export function describeClient(suite: ClientSuite): void {
  describe(suite.name, () => {
    let broker: BrokerUnderTest
    let program: ClientProgram
    beforeAll(async () => {
      program = await suite.program()
      broker = await startBrokerUnderTest(suite.settings)
      if (isKafka) await untilCoordinatorServes(broker.bootstrap)
    }, PREPARE_TIMEOUT_MS)
    afterAll(() => broker?.[Symbol.asyncDispose]())

    const common = HABITS.filter((habit) => suite.without?.[habit] === undefined)
    test.concurrent.each([...common, ...(suite.also ?? [])])('%s', async (habit) => {
      await succeeds(program, [broker.bootstrap, habit])
    })
    test.skipIf(isKafka).concurrent.each(suite.notServed ?? [])('%s', async (habit) => {
      await succeeds(program, [broker.bootstrap, habit])
    })

    test('its program has no habit that is not asked for', async () => {
      const listed = (await succeeds(program, ['list'])).trim().split('\n')
      expect(listed.filter((habit) => suite.without?.[habit as Habit] === undefined).sort()).toEqual(
        [...common, ...(suite.also ?? []), ...(suite.notServed ?? [])].sort(),
      )
    })
  })
}

/** Apache Kafka makes the topic of the coordinators when it is first asked for one, and refuses until it is there; not every client waits for that. */
async function untilCoordinatorServes(bootstrap: string): Promise<void> {
  const admin = kafka(bootstrap, { retry: { retries: 20, maxRetryTime: 1_000 } }).admin()
  await admin.connect()
  await admin.describeGroups(['any'])
  await admin.disconnect()
}

async function succeeds(program: ClientProgram, args: readonly string[]): Promise<string> {
  const [file, ...leading] = program.command
  const result = await runCommand(file, [...leading, ...args], { timeoutMs: HABIT_TIMEOUT_MS, ...(program.env === undefined ? {} : { env: program.env }) })
  if (result.exit !== 0) throw new Error(reason(result))
  return result.stdout
}

function reason({ exit, signal, stdout, stderr }: CommandResult): string {
  return `ended with ${exit ?? `${signal}, as after ${HABIT_TIMEOUT_MS} ms`}:\n${stdout}${stderr}`
}
