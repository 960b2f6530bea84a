import { readFileSync, writeFileSync } from 'node:fs'
import type { Endpoint } from '../../base/ports.ts'
import type { Logger } from '../../telemetry/logger.ts'

/** Names the file by which a node tells its health check where metrics and health are served, whatever settings say so: `HOST PORT`, or `none`. */
const VARIABLE = 'ODRADEK_METRICS_FILE'
const NOWHERE = 'none'
const EVERY_ADDRESS: ReadonlySet<string> = new Set(['', '0.0.0.0', '::'])
const LOOPBACK = '127.0.0.1'
const ADDRESS = /^(\S+) (\d{1,5})\n$/

/** Tells it where the variable is set. A file that cannot be written is a warning: the node works without. */
export function tellMetricsEndpoint(at: Endpoint | null, logger: Logger, file = process.env[VARIABLE] ?? ''): void {
  if (file === '') return
  try {
    writeFileSync(file, at === null ? `${NOWHERE}\n` : `${EVERY_ADDRESS.has(at.host) ? LOOPBACK : at.host} ${at.port}\n`)
  } catch (error) {
    const { message } = error as NodeJS.ErrnoException
    logger.warn('cannot tell where health is asked for: a health check goes by KAFKA_METRICS_PORT then', { file, variable: VARIABLE, why: message })
  }
}

/** What the node told; `none` where it serves nothing, null where nobody told. */
export function toldMetricsEndpoint(file = process.env[VARIABLE] ?? ''): Endpoint | typeof NOWHERE | null {
  const text = file === '' ? null : contentOf(file)
  if (text === `${NOWHERE}\n`) return NOWHERE
  const [, host, port] = ADDRESS.exec(text ?? '') ?? []
  return host === undefined ? null : { host, port: Number(port) }
}

/** null: there is none, or it may not be read. */
function contentOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EISDIR'].includes(code)) return null
    throw error
  }
}
