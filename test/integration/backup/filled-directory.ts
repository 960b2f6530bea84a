import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { odradek } from './backup-nodes.ts'

const SEGMENT_BYTES = 10_000_000

/** Makes the directory of a stopped node with a log of so many segments, which nothing compresses. No node could read it; a backup does not look inside. */
export async function fillDirectory(directory: string, segments: number): Promise<void> {
  const { exit, err } = await odradek('format', '--set', `log.dirs=${directory}`)
  if (exit !== 0) throw new Error(err)
  const log = join(directory, 'orders-0')
  mkdirSync(log)
  for (let index = 0; index < segments; index++) writeFileSync(join(log, `${String(index).padStart(20, '0')}.log`), randomBytes(SEGMENT_BYTES))
}
