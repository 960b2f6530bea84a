import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { batches } from '../../protocol/records/batch.ts'
import { records } from '../../protocol/records/record.ts'
import { temporaryDirectory } from '../support/broker-under-test.ts'
import { runCommand } from '../support/command.ts'
import { type JavaTools, startJavaTools } from '../support/java-tools.ts'
import { ODRADEK_PROGRAM } from '../support/odradek-process.ts'
import { ORACLE_CLUSTER_ID } from '../support/oracle-node.ts'
import { propertiesText, type Settings } from '../support/properties-file.ts'
import { TOOLS } from './tool-suite.ts'

const TIMEOUT_MS = 60_000
const DIRECTORIES = ['K90IZ-0DRNazJ49kCZ1EMQ', 'aUARLskQTCW4qCZDtS_cwA', '2ggvsS4kQb-fSJ_-zC_Ang']
const initialControllers = DIRECTORIES.map((directory, index) => `${index + 1}@localhost:${19091 + index}:${directory}`).join()

let tools: JavaTools
beforeAll(async () => {
  tools = await startJavaTools()
})
afterAll(() => tools?.[Symbol.asyncDispose]())

const dynamic: Settings = { 'controller.quorum.bootstrap.servers': 'localhost:19091' }
const controller: Settings = { 'process.roles': 'controller', listeners: 'CONTROLLER://localhost:19091', ...dynamic }
const broker: Settings = { 'process.roles': 'broker', listeners: 'PLAINTEXT://localhost:19092', ...dynamic }
const isStatic: Settings = { 'controller.quorum.bootstrap.servers': null, 'controller.quorum.voters': '1@localhost:19091' }

const cases: readonly (readonly [what: string, settings: Settings, args: readonly string[]])[] = [
  ['a controller of its own quorum', controller, ['--standalone']],
  ['a controller of its own quorum, in short', controller, ['-s']],
  ['one of three controllers', controller, ['--initial-controllers', initialControllers]],
  ['a controller that joins', controller, ['--no-initial-controllers']],
  ['a controller of a static quorum', { ...controller, ...isStatic }, []],
  ['a controller of a static quorum that says so', { ...controller, ...isStatic }, ['-N']],
  ['a broker', broker, []],
  ['a broker that is told of the controllers', broker, ['-I', initialControllers.replace('1@', '4@')]],
  ['a broker that joins', broker, ['-N']],
  ['a node with both roles', { ...controller, 'process.roles': 'broker,controller', listeners: `${controller.listeners},${broker.listeners}` }, ['-s']],
]

const refusals: readonly (readonly [what: string, settings: Settings, args: readonly string[]])[] = [
  ['two ways at once', controller, ['--standalone', '--no-initial-controllers']],
  ['a quorum of its own with voters that are set', { ...controller, ...isStatic }, ['--standalone']],
  ['initial controllers with voters that are set', { ...controller, ...isStatic }, ['--initial-controllers', initialControllers]],
  ['a broker as a quorum of its own', broker, ['--standalone']],
  ['no voters', controller, ['--initial-controllers', ',']],
  ['a voter without an @', controller, ['--initial-controllers', '1localhost']],
  ['an id that is none', controller, ['--initial-controllers', `x@localhost:1:${DIRECTORIES[0]}`]],
  ['no host', controller, ['--initial-controllers', '1@']],
  ['no port', controller, ['--initial-controllers', '1@localhost']],
  ['a bracket that stays open', controller, ['--initial-controllers', '1@[::1:1:x']],
  ['something behind a bracket', controller, ['--initial-controllers', '1@[::1]x1:x']],
  ['no directory', controller, ['--initial-controllers', '1@localhost:1']],
  ['a port that is none', controller, ['--initial-controllers', '1@localhost:x:x']],
  ['a directory that is none', controller, ['--initial-controllers', '1@localhost:1:x']],
]

async function format(settings: Settings, args: readonly string[]) {
  await using kafkas = await temporaryDirectory()
  await using ours = await temporaryDirectory()
  const commands = (file: string) => ['format', '-t', ORACLE_CLUSTER_ID, '-c', file, ...args]
  const expected = await tools.run(TOOLS['kafka-storage'], commands(await configFile(kafkas.path, settings)))
  const actual = await runCommand(process.execPath, [ODRADEK_PROGRAM, ...commands(await configFile(ours.path, settings))])
  return { expected, actual, files: { expected: await filesOf(kafkas.path), actual: await filesOf(ours.path) } }
}

async function configFile(directory: string, settings: Settings): Promise<string> {
  const file = join(directory, 'server.properties')
  const all = { 'node.id': 1, 'controller.listener.names': 'CONTROLLER', 'log.dirs': `${directory}/one,${directory}/two`, ...settings }
  await writeFile(file, propertiesText(all))
  return file
}

/** What was written: texts but for ids and times that are drawn, batches with their records. */
async function filesOf(directory: string): Promise<Readonly<Record<string, unknown>>> {
  const names = (await readdir(directory, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  const found: Record<string, unknown> = {}
  for (const { parentPath, name } of names) {
    const path = join(parentPath, name)
    const bytes = await readFile(path)
    if (name !== 'server.properties') found[path.slice(directory.length)] = name.endsWith('.checkpoint') ? contentOf(bytes) : textOf(bytes.toString())
  }
  return found
}

function textOf(text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'))
  return lines.map((line) => (DIRECTORIES.some((id) => line.endsWith(id)) ? line : line.replace(/^(directory.id=)[\w-]{22}$/, '$1<drawn>'))).sort()
}

function contentOf(bytes: Buffer) {
  return [...batches(bytes)].map((batch) => ({
    isControl: batch.isControl,
    epoch: batch.leaderEpoch,
    baseOffset: batch.baseOffset,
    records: [...records(batch)].map(({ key, value }) => [key?.toString('hex') ?? null, maskedValue(key, value)]),
  }))
}

const HEADER_KEY = 3
const VOTERS_KEY = 6
/** Version, number of voters and the first one's id. */
const DIRECTORY_POSITION = 7
const UUID_BYTES = 16

/** A snapshot's header holds a time; the record of a quorum of one, the id of the directory that was drawn. */
function maskedValue(key: Buffer | null, value: Buffer | null): string | undefined {
  const type = key?.readInt16BE(2)
  const text = value?.toString('hex')
  if (type === HEADER_KEY) return `${value?.length} bytes`
  const isGiven = DIRECTORIES.some((id) => text?.includes(Buffer.from(id, 'base64url').toString('hex')))
  if (type !== VOTERS_KEY || isGiven || text === undefined) return text
  return `${text.slice(0, 2 * DIRECTORY_POSITION)}<drawn>${text.slice(2 * (DIRECTORY_POSITION + UUID_BYTES))}`
}

describe('odradek format writes what kafka-storage writes', () => {
  test.each(cases)('for %s', { timeout: TIMEOUT_MS }, async (_what, settings, args) => {
    const { expected, actual, files } = await format(settings, args)
    expect(expected).toMatchObject({ exit: 0 })
    expect(actual).toMatchObject({ exit: 0 })
    expect(files.actual).toEqual(files.expected)
  })
})

describe('odradek format refuses what kafka-storage refuses', () => {
  test.each(refusals)('%s', { timeout: TIMEOUT_MS }, async (_what, settings, args) => {
    const { expected, actual, files } = await format(settings, args)
    expect(expected.exit).not.toBe(0)
    expect(actual.exit).toBe(2)
    const said = actual.stderr.replace(' See `odradek format --help`.', '').trim()
    expect(inOneLine(`${expected.stdout}${expected.stderr}`)).toContain(inOneLine(said))
    expect(files.actual).toEqual({})
    expect(files.expected).toEqual({})
  })
})

/** Kafka's tool breaks long lines. */
function inOneLine(text: string): string {
  return text.replace(/\s+/g, ' ')
}
