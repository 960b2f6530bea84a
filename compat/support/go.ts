import { createHash } from 'node:crypto'
import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cachedDirectory, cacheRoot } from './cache.ts'
import { runCommand } from './command.ts'

const BUILD_TIMEOUT_MS = 9 * 60_000

/**
 * The path of a program built from a package of a Go module, whose go.sum says what is fetched. It is built when a source has changed.
 * Throws one sentence that says what to install when there is no Go.
 *
 * @param module directory of go.mod
 * @param name   of the package: a directory of the module
 */
export async function goProgram(module: string, name: string): Promise<string> {
  const version = await runCommand('go', ['env', 'GOVERSION']).catch(() => undefined)
  if (version === undefined || version.exit !== 0) throw new Error('The clients in Go need the Go toolchain, and go was not found: install it.')
  const hash = createHash('sha256').update(version.stdout)
  for (const file of globSync(['go.mod', 'go.sum', '**/*.go'], { cwd: module }).sort()) hash.update(`${file}\n`).update(await readFile(join(module, file)))
  const directory = await cachedDirectory(`go/programs/${name}-${hash.digest('hex').slice(0, 16)}`, (building) => build(module, name, building))
  return join(directory, name)
}

async function build(module: string, name: string, directory: string): Promise<void> {
  const env = { GOMODCACHE: join(cacheRoot(), 'go/modules'), GOCACHE: join(cacheRoot(), 'go/build'), GOFLAGS: '-mod=readonly -modcacherw -buildvcs=false' }
  const go = await runCommand('go', ['build', '-o', join(directory, name), `./${name}`], { cwd: module, env, timeoutMs: BUILD_TIMEOUT_MS })
  if (go.exit !== 0) throw new Error(`go build ./${name} failed:\n${go.stdout}${go.stderr}`)
}
