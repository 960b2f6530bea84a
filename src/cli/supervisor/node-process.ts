import { type ChildProcess, spawn } from 'node:child_process'
import { deferred } from '../../base/deferred.ts'
import { type FromNode, type NodeFacts, type NodeTask, TASK_VARIABLE, type ToNode } from './node-messages.ts'
import { splitLines } from './split-lines.ts'
import type { ClusterNode, NodeEnd } from './supervisor.ts'

/** What a node said last on its standard error is why it ended. */
const KEPT_REASON_CHARACTERS = 4_000

/**
 * Runs this very command line again, as one node of the cluster. The node is in a group of processes of its own, so that
 * Ctrl-C reaches this process alone, which stops the nodes in order. A node whose starter is gone stops by itself.
 * @param onLine takes each line that the node writes, without its end
 */
export function spawnNode(task: NodeTask, onLine: (line: string) => void): ClusterNode {
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1] as string, ...process.argv.slice(2)], {
    env: { ...process.env, [TASK_VARIABLE]: JSON.stringify(task) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  })
  const ready = deferred<NodeFacts>()
  const left = deferred<void>()
  child.on('message', (message: FromNode) => {
    if (message.kind === 'ready') ready.resolve(message.facts)
    else left.resolve()
  })
  const end = endOf(child, onLine)
  void end.then(() => left.resolve())
  const tell = (message: ToNode) => {
    // A node that ends meanwhile is told by nobody: its end is awaited all the same.
    if (child.connected) child.send(message, () => {})
  }
  return {
    pid: child.pid ?? 0,
    ready: ready.promise,
    end,
    leave() {
      tell('leave')
      return left.promise
    },
    finish: () => tell('finish'),
    kill: () => void child.kill('SIGKILL'),
  }
}

/** Resolves when the process is gone and all that it wrote has been passed on. */
function endOf(child: ChildProcess, onLine: (line: string) => void): Promise<NodeEnd> {
  let lastWords = ''
  const out = splitLines(onLine)
  const err = splitLines((line) => {
    lastWords = `${lastWords}${line}\n`.slice(-KEPT_REASON_CHARACTERS)
    onLine(line)
  })
  child.stdout?.setEncoding('utf8').on('data', out.take)
  child.stderr?.setEncoding('utf8').on('data', err.take)
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ how: `it could not be run: ${error.message}`, lastWords: '' }))
    child.once('close', (code, signal) => {
      out.end()
      err.end()
      resolve({ how: signal === null ? `exit code ${code}` : `signal ${signal}`, lastWords: lastWords.trim() })
    })
  })
}
