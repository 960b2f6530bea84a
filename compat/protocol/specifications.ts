import { join } from 'node:path'
import { runCommand } from '../support/command.ts'
import { jdkProgram, kafkaJars } from '../support/jars.ts'
import { helperClassPath } from '../support/java-classes.ts'

/** A field as Kafka's specifications write it, reduced to what the wire and the indexing of arrays depend on. */
export interface SpecifiedField {
  readonly name: string
  readonly type: string
  readonly versions?: string
  readonly taggedVersions?: string
  readonly tag?: number
  readonly nullableVersions?: string
  readonly flexibleVersions?: string
  readonly default?: unknown
  readonly ignorable?: boolean | string
  readonly mapKey?: boolean
  readonly fields?: readonly SpecifiedField[]
}

export interface Specification {
  readonly name: string
  readonly type: string
  readonly apiKey?: number
  readonly validVersions: string
  readonly flexibleVersions?: string
  readonly latestVersionUnstable?: boolean
  readonly listeners?: readonly string[]
  readonly fields?: readonly SpecifiedField[]
  readonly commonStructs?: readonly { readonly name: string; readonly fields: readonly SpecifiedField[] }[]
}

/** The specifications inside Apache Kafka's jars, by message name. */
export async function readSpecifications(): Promise<ReadonlyMap<string, Specification>> {
  const lines = await runHelper('Specifications', '')
  const specifications = lines.map((line) => {
    const { text } = JSON.parse(line) as { text: string }
    return JSON.parse(text.replace(/^\s*\/\/.*$/gm, '')) as Specification
  })
  return new Map(specifications.map((specification) => [specification.name, specification]))
}

export interface EncodeOrder {
  readonly type: string
  readonly version: number
  /** As Kafka's JSON converters want it. */
  readonly value: unknown
}

/** What Kafka's own classes write for each value: base64, or `!` and an error. */
export async function encodeWithKafka(orders: readonly EncodeOrder[]): Promise<readonly string[]> {
  return runHelper('EncodeMessages', orders.map((order) => JSON.stringify(order)).join('\n'))
}

export interface FailOrder {
  readonly apiKey: number
  readonly version: number
  readonly errorCode: number
  readonly body: Buffer
}

/** The bodies with which Kafka answers requests that fail as a whole, in base64; `-` for none, or `!` and an error. */
export async function failWithKafka(orders: readonly FailOrder[]): Promise<readonly string[]> {
  const lines = orders.map(({ apiKey, version, errorCode, body }) => `${apiKey} ${version} ${errorCode} ${body.toString('base64')}`)
  return runHelper('FailRequests', lines.join('\n'))
}

async function runHelper(mainClass: string, stdin: string): Promise<readonly string[]> {
  const { directory } = await kafkaJars()
  const classPath = await helperClassPath(join(import.meta.dirname, 'java'))
  const result = await runCommand(jdkProgram('java'), ['-Xmx512m', '-cp', classPath, mainClass, directory], { stdin, timeoutMs: 120_000 })
  if (result.exit !== 0) throw new Error(`${mainClass} failed:\n${result.stderr}`)
  return result.stdout.trimEnd().split('\n')
}
