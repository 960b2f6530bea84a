import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePortRange } from '../../support/free-ports.ts'
import { Odradek } from '../odradek.ts'

export interface Finished {
  readonly exit: number | null
  readonly out: string
  readonly err: string
}

/** A command line of the program, run to its end. */
export async function odradek(...args: readonly string[]): Promise<Finished> {
  await using running = new Odradek(args)
  const exit = await running.exit()
  return { exit, out: running.out, err: running.err }
}

/** Nodes that are killed, lose their directories and get them back; all of one place, which goes with the test. */
export class BackupNodes implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'odradek-backup-'))
  readonly #firstPort: number
  readonly #running = new Map<number, Odradek>()

  private constructor(firstPort: number) {
    this.#firstPort = firstPort
  }

  static async make(): Promise<BackupNodes> {
    return new BackupNodes(await freePortRange(5))
  }

  get bootstrapServers(): string {
    return [...this.#running.keys()].map((nodeId) => `localhost:${this.port(nodeId)}`).join(',')
  }

  port(nodeId: number): number {
    return this.#firstPort + nodeId - 1
  }

  data(nodeId: number): string {
    return join(this.directory, `node-${nodeId}`)
  }

  file(name: string): string {
    return join(this.directory, name)
  }

  /** The only node, as `odradek start` runs it. */
  startAlone(...more: readonly string[]): Promise<Odradek> {
    return this.#start(1, ['start', '--port', String(this.port(1))], more)
  }

  /** One of a cluster, which the first of them begins. */
  startMember(nodeId: number, ...more: readonly string[]): Promise<Odradek> {
    const joining = nodeId === 1 ? [] : ['--join', `localhost:${this.port(1)}`]
    return this.#start(nodeId, ['start', String(nodeId), String(this.port(nodeId)), ...joining], more)
  }

  /** As it was started before, now that it is known to the others. */
  restartMember(nodeId: number, ...more: readonly string[]): Promise<Odradek> {
    return this.#start(nodeId, ['start', String(nodeId), String(this.port(nodeId))], more)
  }

  async kill(nodeId: number): Promise<void> {
    const node = this.#running.get(nodeId)
    this.#running.delete(nodeId)
    await node?.[Symbol.asyncDispose]()
  }

  async stop(nodeId: number): Promise<void> {
    const node = this.#running.get(nodeId)
    this.#running.delete(nodeId)
    node?.process.kill('SIGTERM')
    await node?.exit()
  }

  lose(nodeId: number): void {
    rmSync(this.data(nodeId), { recursive: true })
  }

  backup(nodeId: number, file = this.file(`node-${nodeId}.tar.gz`)): Promise<Finished> {
    return odradek('backup', file, '--data', this.data(nodeId))
  }

  restore(nodeId: number, ...more: readonly string[]): Promise<Finished> {
    return odradek('restore', this.file(`node-${nodeId}.tar.gz`), '--data', this.data(nodeId), ...more)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running.keys()].map((nodeId) => this.kill(nodeId)))
    rmSync(this.directory, { recursive: true, force: true })
  }

  async #start(nodeId: number, command: readonly string[], more: readonly string[]): Promise<Odradek> {
    const settings = [`log.dirs=${this.data(nodeId)}`, 'metrics.port=0'].flatMap((setting) => ['--set', setting])
    const node = new Odradek([...command, ...settings, ...more])
    this.#running.set(nodeId, node)
    await node.line('odradek is ready')
    return node
  }
}
