import { ZERO_UUID } from '../../protocol/uuid.ts'

/** What must differ between two brokers, by the name of the field wherever it stands. */
const differing: Readonly<Record<string, string>> = {
  clusterId: '<cluster>',
  host: '<host>',
  port: '<port>',
  clientHost: '<host>',
  throttleTimeMs: '<time>',
  logAppendTimeMs: '<time>',
  memberId: '<member>',
  leader: '<leader>',
  producerId: '<producer>',
  sessionId: '<session>',
}

export interface MaskOptions {
  /** Fields that are compared in this scenario though they are masked in others. */
  readonly keep?: readonly string[]
  /** Fields that differ in this scenario alone; the scenario says why. */
  readonly mask?: readonly string[]
  /** Lists, by the name of their field, whose order says nothing (Apache Kafka shuffles some). */
  readonly unordered?: readonly string[]
}

/**
 * An answer in a form that is equal on both brokers exactly when they said the same: what must differ is replaced by its kind
 * (and only when it is there at all: an empty member id stays an empty one), ids of topics by their order of appearance,
 * bytes are hexadecimal.
 */
export function masked(value: unknown, options: MaskOptions = {}): unknown {
  return numberTopicIds(replaceDiffering(value, '', options), new Map())
}

function replaceDiffering(node: unknown, name: string, options: MaskOptions): unknown {
  if (node instanceof Uint8Array) return Buffer.from(node).toString('hex')
  if (Array.isArray(node))
    return inOrder(
      node.map((element) => replaceDiffering(element, name, options)),
      name,
      options,
    )
  if (typeof node === 'object' && node !== null)
    return Object.fromEntries(Object.entries(node).map(([key, field]) => [key, replaceDiffering(field, key, options)]))
  if (options.mask?.includes(name)) return '<masked>'
  return replaceNamed(typeof node === 'string' ? withoutTimes(node) : node, name, options)
}

/** Texts that name a span of time around the moment of the request. */
function withoutTimes(text: string): string {
  return text.replace(/\[-?\d{13,}, \d{13}\]/g, '[<time>]')
}

function replaceNamed(node: unknown, name: string, options: MaskOptions): unknown {
  const kind = options.keep?.includes(name) ? undefined : differing[name]
  return kind === undefined || isAbsent(node) ? node : kind
}

function inOrder(list: readonly unknown[], name: string, options: MaskOptions): readonly unknown[] {
  if (!options.unordered?.includes(name)) return list
  const key = (element: unknown) =>
    JSON.stringify(element, (field, value) => (field === 'topicId' ? undefined : typeof value === 'bigint' ? String(value) : value)) ?? ''
  return [...list].sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

function numberTopicIds(node: unknown, known: Map<string, string>): unknown {
  if (Array.isArray(node)) return node.map((element) => numberTopicIds(element, known))
  if (typeof node !== 'object' || node === null) return node
  return Object.fromEntries(
    Object.entries(node).map(([key, field]) => [key, key === 'topicId' && field !== ZERO_UUID ? numbered(known, String(field)) : numberTopicIds(field, known)]),
  )
}

function isAbsent(value: unknown): boolean {
  return value === '' || value === null || value === -1 || value === 0
}

function numbered(known: Map<string, string>, id: string): string {
  const number = known.get(id) ?? `<topic id ${known.size + 1}>`
  known.set(id, number)
  return number
}
