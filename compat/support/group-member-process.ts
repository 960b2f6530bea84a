import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

/** A kafkajs consumer of a process of its own, to be killed. */
export interface GroupMemberProcess extends AsyncDisposable {
  /** Resolves with the partitions that the member is given first, by topic; rejects when the process ends before. */
  readonly assigned: Promise<Readonly<Record<string, readonly number[]>>>
  /** SIGKILL: it says goodbye to nobody. Resolves when the process is gone. */
  kill(): Promise<void>
}

export interface GroupMemberOptions {
  readonly bootstrap: string
  readonly groupId: string
  readonly topic: string
}

/** @returns at once; the process is starting */
export function startGroupMember({ bootstrap, groupId, topic }: GroupMemberOptions): GroupMemberProcess {
  const program = join(import.meta.dirname, 'group-member-program.ts')
  const child = spawn(process.execPath, [program, bootstrap, groupId, topic], { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const assigned = firstAssignment(child)
  // Who kills it before does not wait for it either.
  assigned.catch(() => {})
  const kill = async () => {
    child.kill('SIGKILL')
    await closed
  }
  return { assigned, kill, [Symbol.asyncDispose]: kill }
}

function firstAssignment(child: ChildProcess): Promise<Readonly<Record<string, readonly number[]>>> {
  return new Promise((resolve, reject) => {
    let output = ''
    child.stdout?.on('data', (chunk) => {
      output += chunk
      const end = output.indexOf('\n')
      if (end >= 0) resolve(JSON.parse(output.slice(0, end)))
    })
    child.once('close', () => reject(new Error(`the member ended without an assignment: ${output}`)))
  })
}
