import { join } from 'node:path'
import { runCommand } from '../support/command.ts'
import { jdkProgram } from '../support/jars.ts'
import { helperClassPath } from '../support/java-classes.ts'
import { runJavaSource } from '../support/java-tools.ts'

export interface KafkaKey {
  readonly name: string
  readonly type: string
  readonly importance: string
  readonly internal: boolean
  readonly required: boolean
  readonly default: string | null
  readonly validator: string | null
}

export interface KafkaDefinitions {
  readonly broker: readonly KafkaKey[]
  readonly topic: readonly KafkaKey[]
  readonly group: readonly KafkaKey[]
  readonly updateModes: Readonly<Record<string, string>>
  readonly topicSynonyms: Readonly<Record<string, readonly { name: string; seven: string }[]>>
  readonly groupSynonyms: Readonly<Record<string, string | null>>
}

/** What the ConfigDefs in Apache Kafka's jars say. */
export async function kafkaDefinitions(): Promise<KafkaDefinitions> {
  return JSON.parse(await runJavaSource(join(import.meta.dirname, 'DumpConfigs.java'))) as KafkaDefinitions
}

export type Question =
  | { readonly ask: 'value'; readonly scope: 'broker' | 'topic' | 'group'; readonly name: string; readonly text: string }
  | { readonly ask: 'topic' | 'topicValues' | 'node' | 'clientMetrics'; readonly configs: Readonly<Record<string, string>> }
  | { readonly ask: 'properties'; readonly text: string }
  | { readonly ask: 'dynamic'; readonly perBroker: boolean; readonly configs: Readonly<Record<string, string>> }

export interface Answer {
  /** Kafka's message, or null when it took what was asked. */
  readonly error: string | null
  readonly value?: unknown
}

/** Asks Apache Kafka all questions in one JVM; answers stand in the same order. */
export async function askKafka(questions: readonly Question[]): Promise<Answer[]> {
  const classPath = await helperClassPath(import.meta.dirname)
  const args = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', classPath, 'CheckConfigs']
  const stdin = questions.map((question) => `${JSON.stringify(question)}\n`).join('')
  const { exit, stdout, stderr } = await runCommand(jdkProgram('java'), args, { stdin, timeoutMs: 120_000 })
  const lines = stdout.split('\n').filter((line) => line !== '')
  if (exit !== 0 || lines.length !== questions.length) throw new Error(`CheckConfigs ended with ${exit} after ${lines.length} answers:\n${stderr}`)
  return lines.map((line) => JSON.parse(line) as Answer)
}
