import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePorts } from '../support/free-ports.ts'
import { startOdradek } from '../support/odradek-process.ts'
import { startOracle } from '../support/oracle-node.ts'
import { masked } from './mask.ts'
import { RawClient } from './raw-client.ts'
import type { Scenario, Stage } from './scenario.ts'

type Properties = Readonly<Record<string, string | number | boolean>>
/** Settings of both, or what gives each of them its own. */
type Extra = Properties | (() => Properties)

interface Broker extends AsyncDisposable {
  readonly bootstrap: string
  readonly controllerPort: number
}

/** What is asked and what ought to answer alike. */
export interface Pair extends AsyncDisposable {
  readonly kafka: Broker
  readonly odradek: Broker
}

/**
 * Settings that both brokers get: those in which the profile `dev`, under which ours runs, and the oracle's differ from one another.
 */
const settings = {
  'auto.create.topics.enable': true,
  'offsets.topic.num.partitions': 5,
  'group.initial.rebalance.delay.ms': 0,
  'num.partitions': 1,
}

/** Declares a test for each version of each scenario: the same requests to Apache Kafka and to Odradek, the answers compared whole. */
export function runScenarios(area: string, scenarios: readonly Scenario[], extra: Extra = {}): void {
  describe(area, () => {
    let pair: Pair
    beforeAll(async () => {
      pair = await startPair(extra)
    })
    afterAll(async () => {
      await pair?.[Symbol.asyncDispose]()
    })

    for (const [index, scenario] of scenarios.entries()) {
      test.each(scenario.versions)(`${scenario.name}, version %i`, async (version) => {
        const prefix = `s${index}v${version}`
        const [expected, actual] = await Promise.all([perform(scenario, pair.kafka, version, prefix), perform(scenario, pair.odradek, version, prefix)])
        expect(actual).toEqual(expected)
      })
    }
  })
}

/** Starts both; `extra` goes over the settings that both get. */
export async function startPair(extra: Extra = {}): Promise<Pair> {
  const properties = () => ({ ...settings, ...(typeof extra === 'function' ? extra() : extra) })
  const starting = [startOracle({ properties: properties() }), startUnderTest(properties())] as const
  // Both are awaited whatever happens: one that fails must not leave the other running.
  await using opened = new AsyncDisposableStack()
  for (const result of await Promise.allSettled(starting)) if (result.status === 'fulfilled') opened.use(result.value)
  const [kafka, odradek] = await Promise.all(starting)
  const running = opened.move()
  return { kafka, odradek, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

/** With ODRADEK_UNDER_TEST=kafka a second Apache Kafka: a scenario that differs there masks too little. */
async function startUnderTest(properties: Properties): Promise<Broker> {
  if (process.env.ODRADEK_UNDER_TEST === 'kafka') return startOracle({ properties })
  const [port = 0, controllerPort = 0] = await freePorts(2)
  // A quorum of the same kind as the oracle's; members that stay when their connection closes, as its do.
  const likeKafka = { 'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`, 'odradek.member.connection.grace.ms': -1 }
  const settings = { ...likeKafka, ...properties }
  return startOdradek({ ports: [port, controllerPort], settings })
}

async function perform(scenario: Scenario, broker: Broker, version: number, prefix: string): Promise<unknown> {
  const opened: RawClient[] = []
  const connect = async (bootstrap: string, clientId?: string) => {
    const client = await RawClient.open(bootstrap, clientId)
    opened.push(client)
    return client
  }
  const open = (clientId?: string) => connect(broker.bootstrap, clientId)
  const openController = () => connect(`127.0.0.1:${broker.controllerPort}`)
  try {
    const stage: Stage = { bootstrap: broker.bootstrap, client: await open(), open, openController, name: (what) => `${prefix}-${what}` }
    return masked(await scenario.run(stage, version), scenario)
  } finally {
    await Promise.all(opened.map((client) => client[Symbol.asyncDispose]()))
  }
}
