import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BrokerUnderTest, startBrokerUnderTest } from '../support/broker-under-test.ts'
import { type JavaTools, startJavaTools } from '../support/java-tools.ts'
import { kafkas, ours } from './compared.ts'
import { stories } from './stories.ts'

let broker: BrokerUnderTest
let tools: JavaTools
beforeAll(async () => {
  broker = await startBrokerUnderTest()
  tools = await startJavaTools()
})
afterAll(async () => {
  await tools?.[Symbol.asyncDispose]()
  await broker?.[Symbol.asyncDispose]()
})

/** Each program of ours against Kafka's own, at the same broker: what is printed and the exit code. With ODRADEK_UNDER_TEST=kafka that broker is Apache Kafka. */
describe('the programs of Kafka’s names print and end as Kafka’s do', () => {
  test.each(Object.entries(stories).map(([title, steps], index) => ({ title, steps, index })))('$title', { timeout: 240_000 }, async ({ steps, index }) => {
    for (const step of steps) {
      const expected = await kafkas(tools, step, broker.bootstrap, `story-j-${index}`)
      expect(await ours(step, broker.bootstrap, `story-o-${index}`)).toEqual(expected)
    }
  })
})
