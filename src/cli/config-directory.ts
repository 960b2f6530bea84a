import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { OdradekError } from '../base/errors.ts'

/** Where an image says that settings may be mounted: used when `--config` names no file. */
const VARIABLE = 'ODRADEK_CONFIG_DIRECTORY'
const FILE = 'server.properties'

/**
 * The file of settings in the directory that the variable names; null where there is no directory, or nothing of ours in it.
 * Errors: CONFIG_FILE where settings lie there under another name: the node would start without them.
 */
export function mountedConfig(directory = process.env[VARIABLE] ?? ''): string | null {
  const names = directory === '' ? [] : namesIn(directory)
  if (names.includes(FILE)) return join(directory, FILE)
  const other = names.find((name) => /\.(?:properties|ya?ml)$/i.test(name) && !/log4j|jaas/i.test(name))
  if (other === undefined) return null
  throw new OdradekError(
    'CONFIG_FILE',
    `There is ${other} in ${directory} and no ${FILE}: name it so, or say which file it is with --config ${join(directory, other)}.`,
  )
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw new OdradekError('CONFIG_FILE', `Reading the directory ${directory} (${VARIABLE}) failed: ${message}.`, { cause })
  }
}
