import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { kafkaJars } from '../support/jars.ts'
import { runJavaSource } from '../support/java-tools.ts'
import { KAFKA_VERSION } from '../support/kafka-version.ts'
import { TOOLS } from './tool-suite.ts'

/** Programs and formatters of Apache Kafka that no test here runs, and why. */
const UNTRIED: Readonly<Record<string, string>> = {
  'kafka.Kafka': 'the oracle itself',
  'kafka.docker.KafkaDockerWrapper': 'the start of its image',
  'kafka.server.KafkaConfig': 'prints its documentation',
  'kafka.tools.TestRaftServer': 'a server for its own tests',
  'org.apache.kafka.tools.ConnectPluginPath': 'plugins of Connect, no broker',
  'org.apache.kafka.tools.JmxTool': 'JMX, no broker of ours has it',
  'org.apache.kafka.tools.LogCompactionTester': 'compaction is not there yet',
  'org.apache.kafka.tools.OAuthCompatibilityTool': 'SASL is not there yet',
  'org.apache.kafka.tools.ShareConsumerPerformance': 'share groups are not there yet',
  'org.apache.kafka.tools.TransactionalMessageCopier': 'transactions are not there yet',
  'org.apache.kafka.tools.VerifiableShareConsumer': 'share groups are not there yet',
  'org.apache.kafka.tools.consumer.ConsoleShareConsumer': 'share groups are not there yet',
  'org.apache.kafka.tools.consumer.ShareGroupMessageFormatter': 'share groups are not there yet',
  'org.apache.kafka.tools.consumer.TransactionLogMessageFormatter': 'transactions are not there yet',
  'org.apache.kafka.tools.consumer.group.share.ShareGroupStateMessageFormatter': 'share groups are not there yet',
}

let programs: readonly string[]
beforeAll(async () => {
  const { directory } = await kafkaJars()
  const jars = [`kafka-tools-${KAFKA_VERSION}.jar`, `kafka_2.13-${KAFKA_VERSION}.jar`].map((jar) => join(directory, jar))
  programs = (await runJavaSource(join(import.meta.dirname, 'ListPrograms.java'), jars)).trim().split('\n')
})

/** The files of tests beside this one, as text. */
function testSources(): string {
  const files = globSync('*.test.ts', { cwd: import.meta.dirname }).filter((file) => file !== 'inventory.test.ts')
  return files.map((file) => readFileSync(join(import.meta.dirname, file), 'utf8')).join('\n')
}

test("each of Apache Kafka's programs is run by a test, or there is a reason", () => {
  const sources = testSources()
  const names = new Map<string, string>(Object.entries(TOOLS).map(([script, name]) => [name, script]))
  const isRun = (program: string) => sources.includes(`'${names.get(program) ?? program.slice(program.lastIndexOf('.') + 1)}'`)
  expect(programs.filter((program) => isRun(program) === program in UNTRIED)).toEqual([])
})

test('every reason is of a program that is there', () => {
  expect(Object.keys(UNTRIED).filter((program) => !programs.includes(program))).toEqual([])
})
