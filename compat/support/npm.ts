import { createHash } from 'node:crypto'
import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cachedDirectory } from './cache.ts'
import { runCommand } from './command.ts'

const INSTALL_TIMEOUT_MS = 5 * 60_000

/** A directory with the `node_modules` that a package.json and its lock ask for, installed by npm without running scripts of theirs. */
export async function npmPackages(project: string): Promise<string> {
  const hash = createHash('sha256').update(await readFile(join(project, 'package-lock.json')))
  return cachedDirectory(`npm/${hash.digest('hex').slice(0, 16)}`, async (directory) => {
    for (const file of ['package.json', 'package-lock.json']) await copyFile(join(project, file), join(directory, file))
    const npm = await runCommand('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: directory, timeoutMs: INSTALL_TIMEOUT_MS })
    if (npm.exit !== 0) throw new Error(`npm could not install what ${project} asks for:\n${npm.stdout}${npm.stderr}`)
  })
}
