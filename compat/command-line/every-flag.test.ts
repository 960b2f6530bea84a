import { afterAll, beforeAll, expect, test } from 'vitest'
import { workingKafkaPrograms } from '../../src/cli/kafka/kafka-programs.ts'
import { TOOLS, type Tool } from '../kafka-tools/tool-suite.ts'
import { runCommand } from '../support/command.ts'
import { type JavaTools, startJavaTools } from '../support/java-tools.ts'
import { ODRADEK_PROGRAM } from '../support/odradek-process.ts'

const ACTIONS_OF_STORAGE = ['format', 'info', 'version-mapping', 'feature-dependencies', 'random-uuid']

let tools: JavaTools
beforeAll(async () => {
  tools = await startJavaTools()
})
afterAll(() => tools?.[Symbol.asyncDispose]())

/** A flag, and whether a value follows it. */
type Flag = readonly [name: string, takesValue: boolean]

/** The flags that a usage text has at the beginning of its lines, whichever of the three layouts it has. */
function flagsOf(usage: string): readonly Flag[] {
  const lines = usage.split('\n')
  const found = lines.flatMap((line, at) => {
    const [, name, rest = ''] = /^ {0,2}(?:-\w, )?--([a-z][a-z0-9.-]*)(.*)$/.exec(line) ?? []
    // Where the column is too narrow the value stands on the next line.
    const value = rest.trim() === '' || /^ {3}/.test(rest) ? (/^ {2}([<[].*)$/.exec(lines[at + 1] ?? '')?.[1] ?? '') : rest.slice(1)
    return name === undefined || name === 'help' ? [] : [[name, /^[^ ,-]/.test(value)] as const]
  })
  return found.toSorted(([one], [other]) => (one < other ? -1 : 1))
}

async function oursOf(tool: Tool, args: readonly string[]): Promise<readonly Flag[]> {
  const { stdout, stderr } = await runCommand(process.execPath, [ODRADEK_PROGRAM, tool, ...args, '--help'], { timeoutMs: 60_000 })
  return flagsOf(`${stdout}\n${stderr}`)
}

async function kafkasOf(tool: Tool, args: readonly string[] = []): Promise<readonly Flag[]> {
  const { stdout, stderr } = await tools.run(TOOLS[tool], [...args, '--help'])
  return flagsOf(`${stdout}\n${stderr}`)
}

const CASES = workingKafkaPrograms.flatMap((name): readonly (readonly [Tool, readonly string[]])[] => {
  const tool = name as Tool
  return tool === 'kafka-storage' ? ACTIONS_OF_STORAGE.map((action) => [tool, [action]] as const) : [[tool, []]]
})

/** What Kafka's usage names, ours knows, with a value where Kafka's has one; and it knows no other. */
test.each(CASES)('%s %s knows the flags that Kafka’s documents', async (tool, args) => {
  const theirs = await kafkasOf(tool, args)
  if (args[0] === undefined || args[0] === 'format') expect(theirs.length).toBeGreaterThan(2)
  expect(await oursOf(tool, args)).toEqual(theirs)
})
