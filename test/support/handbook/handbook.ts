import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Block, blocksOf } from './document-blocks.ts'

const ROOT = join(import.meta.dirname, '../../..')

export interface HandbookDocument {
  /** From the root of the repository. */
  readonly path: string
  readonly blocks: readonly Block[]
}

/** The documents whose blocks carry marks. */
export function readHandbook(): readonly HandbookDocument[] {
  return ['docs/OPERATIONS.md', 'docs/TROUBLESHOOTING.md'].map((path) => ({ path, blocks: blocksOf(readFileSync(join(ROOT, path), 'utf8')) }))
}
