import { argumentList, TOOLS, type Tool } from '../kafka-tools/tool-suite.ts'
import { runCommand } from '../support/command.ts'
import type { JavaTools, ToolResult } from '../support/java-tools.ts'
import { ODRADEK_PROGRAM } from '../support/odradek-process.ts'

/** One command line. In words NAME stands for a name that only this story has, BOOTSTRAP for the broker. */
export interface Step {
  readonly tool: Tool
  readonly args: string | readonly string[]
  readonly stdin?: string
  /** Kafka's tool prints lines in the order of a hash table; ours are sorted. */
  readonly isUnordered?: true
  /** The two print texts of their own: only exit codes are compared. */
  readonly comparesExitOnly?: true
}

export interface Compared {
  readonly command: string
  readonly exit: number | null
  readonly stdout: string
}

const TIMEOUT_MS = 60_000

/** What a step comes to, as Kafka's tool does it and as ours does. */
export async function kafkas(tools: JavaTools, step: Step, bootstrap: string, name: string): Promise<Compared> {
  const args = words(step, bootstrap, name)
  return compared(step, await tools.run(TOOLS[step.tool], args, { stdin: worded(step.stdin ?? '', bootstrap, name), timeoutMs: TIMEOUT_MS }), name)
}

export async function ours(step: Step, bootstrap: string, name: string): Promise<Compared> {
  const args = [ODRADEK_PROGRAM, step.tool, ...words(step, bootstrap, name)]
  const { exit, stdout } = await runCommand(process.execPath, args, { stdin: worded(step.stdin ?? '', bootstrap, name), timeoutMs: TIMEOUT_MS })
  return compared(step, { exit: exit ?? -1, stdout }, name)
}

function words({ args }: Step, bootstrap: string, name: string): readonly string[] {
  return argumentList(args).map((word) => worded(word, bootstrap, name))
}

function worded(text: string, bootstrap: string, name: string): string {
  return text.replaceAll('NAME', name).replaceAll('BOOTSTRAP', bootstrap)
}

function compared({ tool, args, isUnordered, comparesExitOnly }: Step, { exit, stdout }: Pick<ToolResult, 'exit' | 'stdout'>, name: string): Compared {
  const printed = normalised(stdout, name)
  const lines = isUnordered === true ? printed.split('\n').toSorted().join('\n') : printed
  return { command: `${tool} ${argumentList(args).join(' ')}`, exit, stdout: comparesExitOnly === true ? '' : lines }
}

/** Without what is another each time: ids, times and the name. */
function normalised(text: string, name: string): string {
  return text
    .replaceAll(name, 'NAME')
    .replaceAll(/TopicId: \S{22}/g, 'TopicId: ID')
    .replaceAll(/directory\.id=[^,]+/g, 'directory.id=ID')
    .replaceAll(/\b1[0-9]{12}\b/g, 'TIME')
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
}
