import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Fields, MessageSpec } from '../../protocol/schema/notation.ts'
import { parseVersions } from '../../protocol/schema/versions.ts'

const root = join(import.meta.dirname, '../../protocol')
const folders = ['messages', 'headers', 'data', 'metadata', 'coordinator/group', 'coordinator/transaction', 'coordinator/share', 'raft', 'storage']

export interface Schema {
  /** The folder below `protocol/`. */
  readonly folder: string
  readonly message: MessageSpec<Fields>
}

/** Every schema that a file below `protocol/` exports, whether or not anything uses it. */
export async function allSchemas(): Promise<readonly Schema[]> {
  const schemas: Schema[] = []
  for (const folder of folders) {
    for (const file of readdirSync(join(root, folder)).sort()) {
      const exported: Record<string, unknown> = await import(pathToFileURL(join(root, folder, file)).href)
      for (const value of Object.values(exported)) if (isMessage(value)) schemas.push({ folder, message: value })
    }
  }
  return schemas
}

/** Every version of every schema that has one. */
export async function allVersions(): Promise<readonly (Schema & { readonly version: number })[]> {
  return (await allSchemas()).flatMap((schema) => {
    const { lowest, highest } = parseVersions(schema.message.versions)
    return Array.from({ length: Math.max(0, highest - lowest + 1) }, (_, index) => ({ ...schema, version: lowest + index }))
  })
}

function isMessage(value: unknown): value is MessageSpec<Fields> {
  return typeof value === 'object' && value !== null && 'kind' in value && 'fields' in value && 'versions' in value
}
