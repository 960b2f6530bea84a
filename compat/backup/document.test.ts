import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freePortRange } from '../../test/support/free-ports.ts'

const ROOT = join(import.meta.dirname, '../..')
const DOCUMENT = join(ROOT, 'docs/backup.md')
const DOCUMENTED_PORT = 9092

/**
 * The commands of docs/backup.md, one block after another, as somebody would type them. `odradek start` goes on in a terminal of its own until a block
 * that is marked `stopped`, or the next one; what is marked `until N records` ends by Ctrl-C when it has printed as many.
 */
interface Block {
  readonly script: string
  readonly mark: string
  /** Sections about a node or a cluster begin in an empty directory. */
  readonly isFirst: boolean
}

function blocksOf(text: string): Block[] {
  const blocks: Block[] = []
  let isFirst = true
  for (const [, heading, mark, script] of text.matchAll(/^(?:(## A .*)|```sh(.*)\n([\s\S]*?)```)$/gm)) {
    if (heading !== undefined) isFirst = true
    if (script === undefined) continue
    blocks.push({ script, mark: (mark ?? '').trim(), isFirst })
    isFirst = false
  }
  return blocks
}

class Terminals implements AsyncDisposable {
  readonly #workspace = mkdtempSync(join(tmpdir(), 'odradek-document-'))
  readonly #port: number
  #directory = ''
  #count = 0
  #started: ChildProcess | null = null

  constructor(port: number) {
    this.#port = port
    mkdirSync(join(this.#workspace, 'bin'))
    writeFileSync(join(this.#workspace, 'bin/odradek'), `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, 'test/integration/run-source.ts')}" "$@"\n`)
    chmodSync(join(this.#workspace, 'bin/odradek'), 0o755)
  }

  async play({ script, mark, isFirst }: Block): Promise<void> {
    if (isFirst) await this.#begin()
    if (mark === 'stopped') await this.#stop()
    const until = /^until (\d+) records$/.exec(mark)
    if (script.startsWith('odradek start')) await this.#start(script)
    else if (until !== null) await this.#runUntil(script, Number(until[1]))
    else await this.#run(script)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop()
    rmSync(this.#workspace, { recursive: true, force: true })
  }

  async #begin(): Promise<void> {
    await this.#stop()
    this.#directory = join(this.#workspace, `terminal-${this.#count++}`)
    mkdirSync(this.#directory)
    symlinkSync(join(ROOT, 'examples'), join(this.#directory, 'examples'))
  }

  async #start(script: string): Promise<void> {
    await this.#stop()
    const started = this.#spawn(script)
    this.#started = started
    const wanted = Number(/--nodes (\d)/.exec(script)?.[1] ?? 1)
    const closed = once(started, 'close')
    let out = ''
    started.stdout?.on('data', (chunk) => (out += chunk))
    while (out.split('odradek is ready').length <= wanted) {
      if (started.exitCode !== null) throw new Error(`${script} ended:\n${out}`)
      await Promise.race([once(started.stdout as NonNullable<ChildProcess['stdout']>, 'data'), closed])
    }
  }

  async #stop(): Promise<void> {
    const started = this.#started
    this.#started = null
    if (started === null || started.exitCode !== null) return
    started.kill('SIGINT')
    await once(started, 'close')
  }

  async #run(script: string): Promise<void> {
    const running = this.#spawn(script)
    let out = ''
    for (const stream of [running.stdout, running.stderr]) stream?.on('data', (chunk) => (out += chunk))
    await once(running, 'close')
    expect(running.exitCode, `${script}\n${out}`).toBe(0)
  }

  async #runUntil(script: string, count: number): Promise<void> {
    const running = this.#spawn(script)
    const closed = once(running, 'close')
    let out = ''
    for (const stream of [running.stdout, running.stderr]) stream?.on('data', (chunk) => (out += chunk))
    while ((out.match(/^partition \d+, offset/gm) ?? []).length < count) {
      if (running.exitCode !== null) throw new Error(`${script} ended:\n${out}`)
      await Promise.race([once(running.stdout as NonNullable<ChildProcess['stdout']>, 'data'), closed])
    }
    running.kill('SIGINT')
    await closed
  }

  /** One command takes the place of its shell, so that signals come to it. */
  #spawn(script: string): ChildProcess {
    const text = script.replaceAll(String(DOCUMENTED_PORT), String(this.#port)).trim()
    const env = { ...process.env, PATH: `${join(this.#workspace, 'bin')}:${process.env.PATH}`, KAFKA_METRICS_PORT: '0' }
    return spawn('bash', ['-e', '-c', text.includes('\n') || text.startsWith('for ') ? text : `exec ${text}`], {
      cwd: this.#directory,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }
}

test('the commands of docs/backup.md do what they say', { timeout: 240_000 }, async () => {
  const blocks = blocksOf(readFileSync(DOCUMENT, 'utf8'))
  expect(blocks.length).toBeGreaterThan(8)
  await using terminals = new Terminals(await freePortRange(3))
  for (const block of blocks) await terminals.play(block)
})
