import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

/** What `npm run build` made, which `npm test` runs first. */
const ROOT = join(import.meta.dirname, '../..')
const PROGRAM = join(ROOT, 'bin/odradek')
const scratch = mkdtempSync(join(tmpdir(), 'odradek-build-'))

afterAll(() => rmSync(scratch, { recursive: true, force: true }))

test('the program runs from the build and keeps what it compiled', () => {
  const cache = join(scratch, 'compiled')
  const out = execFileSync(process.execPath, [PROGRAM, '--version'], { encoding: 'utf8', env: { ...process.env, NODE_COMPILE_CACHE: cache } })
  expect(out).toMatch(/^odradek \d+\.\d+\.\d+\n$/)
  expect(existsSync(join(ROOT, 'dist/program/main.cjs'))).toBe(true)
  expect(existsSync(cache)).toBe(true)
})

test('a node of the build serves, and stops at SIGTERM with exit code 0', async () => {
  const child = spawn(process.execPath, [PROGRAM, 'start', '--ephemeral', '--set', 'listeners=PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  await logged(child, 'odradek is ready')
  child.kill('SIGTERM')
  expect(await exited).toEqual([0, null])
})

test('SIGTERM ends a node that is not ready yet, and its temporary data are gone', async () => {
  const child = spawn(process.execPath, [PROGRAM, 'start', '--ephemeral', '--set', 'listeners=PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const formatted = JSON.parse(await logged(child, 'directories are formatted')) as { readonly directories: readonly string[] }
  child.kill('SIGTERM')
  const [code] = await exited
  // It may have become ready meanwhile.
  expect([0, 143]).toContain(code)
  for (const directory of formatted.directories) expect(existsSync(directory)).toBe(false)
})

test('the library of the build starts a node by the package name', async () => {
  const script = `
    import { OdradekError, startNode } from 'odradek'
    if (typeof OdradekError !== 'function') throw new Error('no OdradekError')
    await using node = await startNode()
    console.log(node.bootstrapServers)
    await new Promise((resolve) => process.stdin.once('data', resolve))
    process.stdin.destroy()`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const address = await logged(child, '127.0.0.1:')
  const socket = connect(Number(address.split(':')[1]), '127.0.0.1')
  await once(socket, 'connect')
  socket.destroy()
  child.stdin?.write('stop\n')
  expect(await exited).toEqual([0, null])
})

/** Resolves with the output's first line that contains `text`. */
async function logged(child: ChildProcess, text: string): Promise<string> {
  let out = ''
  for await (const chunk of child.stdout ?? []) {
    out += chunk
    const line = out.split('\n').find((each) => each.includes(text) && out.includes(`${each}\n`))
    if (line !== undefined) {
      child.stdout?.resume()
      return line
    }
  }
  throw new Error(`ended without "${text}":\n${out}`)
}
