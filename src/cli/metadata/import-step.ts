import type { Configs } from './metadata-document.ts'

/** What an import finds and does about one thing. */
export interface ImportStep {
  /**
   * create: it is not there. same: it is there as it is wanted. update: it is there otherwise, and is made as it is wanted.
   * differs: it is there otherwise, and is left so. skip: nothing can be done about it.
   */
  readonly outcome: 'create' | 'same' | 'update' | 'differs' | 'skip'
  /** `topic orders` */
  readonly subject: string
  /** In words; empty where there is nothing to say. */
  readonly detail: string
  /** Has the cluster check it, without doing it; rejects with what it refuses. */
  readonly check?: () => Promise<void>
  readonly run?: () => Promise<void>
}

export interface ImportOptions {
  /** Whether what is there otherwise is changed. */
  readonly update: boolean
  /** In place of what topics had. */
  readonly replicationFactor: number | null
  /** Of which nothing is imported. */
  readonly skip: ReadonlySet<ImportKind>
}

export const IMPORT_KINDS = ['topics', 'configs', 'offsets'] as const
export type ImportKind = (typeof IMPORT_KINDS)[number]

export function stepFor(subject: string, differences: readonly string[], canUpdate: boolean): ImportStep {
  if (differences.length === 0) return { outcome: 'same', subject, detail: '' }
  return { outcome: canUpdate ? 'update' : 'differs', subject, detail: differences.join(', ') }
}

export type Assignment = readonly [name: string, value: string]

export function changed(wanted: Configs, there: Configs): readonly Assignment[] {
  return Object.entries(wanted).filter(([name, value]) => there[name] !== value)
}

export function edit([name, value]: Assignment): { readonly name: string; readonly value: string } {
  return { name, value }
}

export function assignments(configs: Configs): string[] {
  return Object.entries(configs).map(([name, value]) => `${name}=${value}`)
}
