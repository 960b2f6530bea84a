import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cachedDirectory } from '../support/cache.ts'
import { runCommand } from '../support/command.ts'

/** The oldest that `engines` allows. */
export const OLDEST_NODE = '22.15.0'

/** The folder of the `node` that runs this. */
export const ownNode = dirname(process.execPath)

/** The folder of a `node` of this version, from npm's registry, kept outside of the repository. */
export async function nodeFolder(version: string): Promise<string> {
  const directory = await cachedDirectory(`node-${version}`, async (building) => {
    await mkdir(building, { recursive: true })
    // The package fetches the binary for this machine by a script of its own.
    await writeFile(join(building, 'package.json'), JSON.stringify({ private: true, allowScripts: { node: true } }))
    const { exit, stderr } = await runCommand('npm', ['install', '--no-audit', '--no-fund', `node@${version}`], { cwd: building })
    if (exit !== 0) throw new Error(`Node.js ${version} could not be installed:\n${stderr}`)
  })
  return join(directory, 'node_modules/node/bin')
}
