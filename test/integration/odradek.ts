import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('./run-source.ts', import.meta.url))
/** The project's own Node, which runs the sources as they are. */
const NODE = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url))
/** What runs the program, without its arguments. */
export const ODRADEK_COMMAND: readonly string[] = [NODE, PROGRAM]

/** The program as a process of its own. */
export class Odradek implements AsyncDisposable {
  readonly process: ChildProcess
  out = ''
  err = ''
  readonly #exited: Promise<unknown>

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.process = spawn(NODE, [PROGRAM, ...args], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#exited = once(this.process, 'close')
    this.process.stdout?.on('data', (chunk) => {
      this.out += chunk
    })
    this.process.stderr?.on('data', (chunk) => {
      this.err += chunk
    })
  }

  /** The log lines so far, as objects. */
  get lines(): Readonly<Record<string, unknown>>[] {
    return this.out
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line))
  }

  /** Resolves with the log line that has this message; rejects when the process ends without it. */
  async line(message: string): Promise<Readonly<Record<string, unknown>>> {
    for (;;) {
      const found = this.lines.find(({ msg }) => msg === message)
      if (found !== undefined) return found
      if (this.process.exitCode !== null) throw new Error(`ended without "${message}":\n${this.out}${this.err}`)
      await Promise.race([once(this.process.stdout as NonNullable<ChildProcess['stdout']>, 'data'), this.#exited])
    }
  }

  async exit(): Promise<number | null> {
    await this.#exited
    return this.process.exitCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.kill('SIGKILL')
    await this.#exited
  }
}
