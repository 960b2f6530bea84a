import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { LoadAnswer, LoadOrder, LoadPlan, LoadReply } from './load-plan.ts'

/** The process that puts on the load; one order at a time. Disposing ends it. */
export interface LoadProcess extends AsyncDisposable {
  readonly pid: number
  perform(order: LoadOrder): Promise<LoadReply>
}

/** Resolves when all connections are open. */
export async function startLoad(plan: LoadPlan): Promise<LoadProcess> {
  const child = fork(join(import.meta.dirname, 'load-program.ts'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const ended = once(child, 'exit')
  const load: LoadProcess = {
    pid: child.pid as number,
    async perform(order) {
      child.send(order)
      const answer = await Promise.race([once(child, 'message').then(([message]) => message as LoadAnswer), ended.then(([exit]) => hasEnded(exit))])
      if (answer.kind === 'failed') throw new Error(answer.message)
      return answer.reply
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
  try {
    await load.perform({ kind: 'open', plan })
    return load
  } catch (error) {
    await load[Symbol.asyncDispose]()
    throw error
  }
}

function hasEnded(exit: number | null): LoadAnswer {
  return { kind: 'failed', message: `the process that puts on the load ended with ${exit}` }
}
