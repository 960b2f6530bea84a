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

/** Runs a script that finds the files of the build in `files`, and what is loaded of them in `loaded()`. */
function inBuild(script: string): unknown {
  const prelude = `
    const directory = ${JSON.stringify(join(ROOT, 'dist/program/'))}
    const files = require('node:fs').readdirSync(directory).filter((name) => name.endsWith('.cjs')).map((name) => directory + name)
    const loaded = () => Object.keys(require.cache).filter((path) => path.startsWith(directory))
    `
  return JSON.parse(execFileSync(process.execPath, ['--eval', prelude + script], { encoding: 'utf8' }))
}

// A file that needs one that needs it finds undefined there, if it is the one that was loaded first.
test('each file of the build can be the first that is loaded', () => {
  const failures = inBuild(`
    const failures = []
    for (const file of files) {
      for (const path of loaded()) delete require.cache[path]
      try { require(file) } catch (error) { failures.push([file, error.message]) }
    }
    console.log(JSON.stringify(failures))`)
  expect(failures).toEqual([])
})

// Each costs a search for it; with 80 the search itself was compiled for speed, and a node at rest had 8 MB more (docs/decisions/bundle.md).
test('a node loads few files', () => {
  const count = inBuild(`
    for (const name of ['main', 'start', 'run-node', 'start-node']) require(directory + name + '.cjs')
    console.log(loaded().length)`)
  expect(count).toBeGreaterThan(4)
  expect(count).toBeLessThan(40)
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
