import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { cachedDirectory } from './cache.ts'
import { runCommand } from './command.ts'

const INSTALL_TIMEOUT_MS = 5 * 60_000

/**
 * A directory for PYTHONPATH with the packages of a requirements file (exact versions, with hashes), fetched by pip the first time.
 * Throws one sentence that says what to install when there is no Python 3 or no pip.
 *
 * @param platform arguments for pip that choose packages for another Python, where what they ship is wanted and not their modules
 */
export async function pythonPackages(requirements: string, platform: readonly string[] = []): Promise<string> {
  const version = await pythonVersion()
  const hash = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 16)
  return cachedDirectory(`python-${version}/${hash}`, async (directory) => {
    const args = ['-m', 'pip', 'install', '--quiet', '--require-hashes', '--only-binary', ':all:', '--target', directory, ...platform, '-r', requirements]
    const pip = await runCommand('python3', args, { timeoutMs: INSTALL_TIMEOUT_MS })
    if (pip.exit !== 0) throw new Error(`pip could not install ${requirements} (is pip there for python3?):\n${pip.stdout}${pip.stderr}`)
  })
}

async function pythonVersion(): Promise<string> {
  const print = 'import sys, sysconfig; print("%d.%d-%s" % (*sys.version_info[:2], sysconfig.get_platform()))'
  const python = await runCommand('python3', ['-c', print]).catch(() => undefined)
  if (python === undefined || python.exit !== 0) throw new Error('The clients in Python need python3 with pip: install them.')
  return python.stdout.trim()
}

/** How a program in Python is run with modules of these directories. */
export function pythonProgram(
  file: string,
  modules: readonly string[],
): { readonly command: readonly [string, string]; readonly env: Readonly<Record<string, string>> } {
  return { command: ['python3', file], env: { PYTHONPATH: modules.join(':'), PYTHONDONTWRITEBYTECODE: '1' } }
}
