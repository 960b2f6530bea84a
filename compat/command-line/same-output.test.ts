import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BrokerUnderTest, startBrokerUnderTest, temporaryDirectory } from '../support/broker-under-test.ts'
import { type JavaTools, startJavaTools } from '../support/java-tools.ts'
import { kafkas, ours } from './compared.ts'
import { directoryStory, stories } from './stories.ts'

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

  test('directories are formatted, and told of', { timeout: 240_000 }, async () => {
    await using directory = await temporaryDirectory()
    const names = ['j', 'o'].map((name) => join(directory.path, name))
    for (const name of names) await writeFile(`${name}.properties`, nodeAt(name))
    const [kafkasName = '', oursName = ''] = names
    for (const step of directoryStory) {
      const expected = await kafkas(tools, step, broker.bootstrap, kafkasName)
      expect(await ours(step, broker.bootstrap, oursName)).toEqual(expected)
    }
  })
})

function nodeAt(directory: string): string {
  return [
    'process.roles=broker,controller',
    'node.id=1',
    'listeners=PLAINTEXT://127.0.0.1:29092,CONTROLLER://127.0.0.1:29093',
    'controller.listener.names=CONTROLLER',
    'controller.quorum.bootstrap.servers=127.0.0.1:29093',
    `log.dirs=${directory}`,
  ].join('\n')
}
