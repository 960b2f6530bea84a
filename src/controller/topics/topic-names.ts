import { PersistentMap } from '../../metadata/persistent-map.ts'

const MAX_NAME_LENGTH = 249

/** Why this is no name of a topic, in Kafka's words; null when it is one. */
export function topicNameRefusal(name: string): string | null {
  const why = whyInvalid(name)
  return why === null ? null : `Topic name is invalid: ${why}`
}

/**
 * Names that contain `.` or `_`, by what they become when `.` is read as `_`: two of them would share the names of metrics,
 * so the second is refused.
 */
export type CollisionIndex = PersistentMap<string, readonly string[]>

export const NO_COLLISIONS: CollisionIndex = PersistentMap.empty()

/** The topic that stands in the way of `name`, itself included. */
export function collidingTopic(index: CollisionIndex, name: string): string | undefined {
  return canCollide(name) ? index.get(unified(name))?.[0] : undefined
}

/** The index with one more topic; names that collide with none are not kept. */
export function addName(index: CollisionIndex, name: string): CollisionIndex {
  if (!canCollide(name)) return index
  return index.with(unified(name), [...(index.get(unified(name)) ?? []), name])
}

export function removeName(index: CollisionIndex, name: string): CollisionIndex {
  if (!canCollide(name)) return index
  const left = (index.get(unified(name)) ?? []).filter((other) => other !== name)
  return left.length === 0 ? index.without(unified(name)) : index.with(unified(name), left)
}

function whyInvalid(name: string): string | null {
  if (name === '') return 'the empty string is not allowed'
  if (name === '.' || name === '..') return `'${name}' is not allowed`
  if (name.length > MAX_NAME_LENGTH) return `the length of '${name}' is longer than the max allowed length ${MAX_NAME_LENGTH}`
  if (!/^[a-zA-Z0-9._-]+$/.test(name)) return `'${name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`
  return null
}

function canCollide(name: string): boolean {
  return name.includes('_') || name.includes('.')
}

function unified(name: string): string {
  return name.replaceAll('.', '_')
}
