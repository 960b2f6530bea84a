import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startOdradek } from '../support/odradek-process.ts'
import { startOracle } from '../support/oracle-node.ts'
import { masked } from './mask.ts'
import { RawClient } from './raw-client.ts'
import type { Scenario, Stage } from './scenario.ts'

interface Broker extends AsyncDisposable {
  readonly bootstrap: string
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
export function runScenarios(area: string, scenarios: readonly Scenario[], extra: Readonly<Record<string, string | number | boolean>> = {}): void {
  describe(area, () => {
    let kafka: Broker
    let odradek: Broker
    beforeAll(async () => {
      const properties = { ...settings, ...extra }
      ;[kafka, odradek] = await Promise.all([startOracle({ properties }), startUnderTest(properties)])
    })
    afterAll(async () => {
      await kafka?.[Symbol.asyncDispose]()
      await odradek?.[Symbol.asyncDispose]()
    })

    for (const [index, scenario] of scenarios.entries()) {
      test.each(scenario.versions)(`${scenario.name}, version %i`, async (version) => {
        const prefix = `s${index}v${version}`
        const [expected, actual] = await Promise.all([perform(scenario, kafka, version, prefix), perform(scenario, odradek, version, prefix)])
        expect(actual).toEqual(expected)
      })
    }
  })
}

/** With ODRADEK_UNDER_TEST=kafka a second Apache Kafka: a scenario that differs there masks too little. */
function startUnderTest(properties: Readonly<Record<string, string | number | boolean>>): Promise<Broker> {
  return process.env.ODRADEK_UNDER_TEST === 'kafka' ? startOracle({ properties }) : startOdradek({ settings: properties })
}

async function perform(scenario: Scenario, broker: Broker, version: number, prefix: string): Promise<unknown> {
  const opened: RawClient[] = []
  const open = async (clientId?: string) => {
    const client = await RawClient.open(broker.bootstrap, clientId)
    opened.push(client)
    return client
  }
  try {
    const stage: Stage = { bootstrap: broker.bootstrap, client: await open(), open, name: (what) => `${prefix}-${what}` }
    return masked(await scenario.run(stage, version), scenario)
  } finally {
    await Promise.all(opened.map((client) => client[Symbol.asyncDispose]()))
  }
}
