import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Block } from '../../test/support/handbook/document-blocks.ts'

const ROOT = join(import.meta.dirname, '../..')
/** What documents name by its path in the repository. */
const LINKED = ['examples', 'config', 'docker', 'k8s']
const BLOCK_TIMEOUT_MS = 90_000
const END_TIMEOUT_MS = 15_000
const LOOK_EVERY_MS = 50

/** How far the blocks of a session came. */
export interface SessionResult {
  /** The block that failed or took too long, null when all ended with 0. */
  readonly failed: Block | null
  /** What they printed. */
  readonly output: string
}

/**
 * Types the blocks into one shell that stops at the first error, in a directory of its own with `odradek` in its path, and ends all that
 * they started.
 * @param inNetwork makes of a command line one that runs in the network of the session
 */
export async function playSession(blocks: readonly Block[], inNetwork: (...args: readonly string[]) => readonly string[]): Promise<SessionResult> {
  const workspace = mkdtempSync(join(tmpdir(), 'odradek-handbook-'))
  try {
    for (const name of LINKED) symlinkSync(join(ROOT, name), join(workspace, name))
    const [script, progress, printed] = ['.script', '.progress', '.printed'].map((name) => join(workspace, name)) as [string, string, string]
    writeFileSync(progress, '')
    writeFileSync(script, scriptOf(blocks, progress))
    const [program = '', ...args] = inNetwork('bash', '-c', `exec bash '${script}' > '${printed}' 2>&1 < /dev/null`)
    const env = { ...process.env, PATH: `${join(ROOT, 'bin')}:${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}` }
    const shell = spawn(program, args, { cwd: workspace, env, detached: true, stdio: 'ignore' })
    const begun = () => readFileSync(progress, 'utf8').length
    const isDone = await ended(shell, begun).finally(() => endGroup(shell))
    return { failed: isDone ? null : (blocks[begun() - 1] ?? null), output: readFileSync(printed, 'utf8') }
  } finally {
    rmSync(workspace, { recursive: true, force: true })
  }
}

/** Each block notes that it begins. What goes on in the background outlives it. */
function scriptOf(blocks: readonly Block[], progress: string): string {
  return ['set -euo pipefail', ...blocks.flatMap(({ text }) => [`printf . >> '${progress}'`, text])].join('\n')
}

/** Whether the shell ended with 0, no block taking longer than its time. */
async function ended(shell: ChildProcess, begun: () => number): Promise<boolean> {
  const exited = once(shell, 'exit')
  let [count, sinceMs] = [0, Date.now()]
  while (shell.exitCode === null && shell.signalCode === null) {
    if (begun() > count) [count, sinceMs] = [begun(), Date.now()]
    if (Date.now() - sinceMs > BLOCK_TIMEOUT_MS) return false
    await Promise.race([exited, pause()])
  }
  return shell.exitCode === 0
}

/** The shell leads a group of processes: all that it started. They are asked to end, and then made to. */
async function endGroup({ pid }: ChildProcess): Promise<void> {
  if (pid === undefined) return
  const deadlineMs = Date.now() + END_TIMEOUT_MS
  for (let signal: NodeJS.Signals | 0 = 'SIGTERM'; signalled(pid, signal); signal = Date.now() > deadlineMs ? 'SIGKILL' : 0) await pause()
}

/** False when the group is gone. */
function signalled(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
}
