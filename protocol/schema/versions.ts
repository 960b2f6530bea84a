import type { VersionRange } from './notation.ts'

/** Both ends inclusive; `lowest > highest` for no version at all. */
export interface Versions {
  readonly lowest: number
  readonly highest: number
}

const NO_VERSIONS: Versions = { lowest: 0, highest: -1 }

/** The ranges that stand in schemas: a few dozen, asked for with every message. */
const known = new Map<VersionRange, Versions>()

/** Reads Kafka's way of writing version ranges: `'0+'`, `'3-13'`, `'4'`, `'none'`. */
export function parseVersions(range: VersionRange): Versions {
  let versions = known.get(range)
  if (versions === undefined) {
    versions = read(range)
    known.set(range, versions)
  }
  return versions
}

function read(range: VersionRange): Versions {
  if (range === 'none') return NO_VERSIONS
  const match = /^(\d+)(?:(\+)|-(\d+))?$/.exec(range)
  if (match === null) throw new TypeError(`not a version range: ${range}`)
  const lowest = Number(match[1])
  if (match[2] !== undefined) return { lowest, highest: Number.POSITIVE_INFINITY }
  return { lowest, highest: match[3] === undefined ? lowest : Number(match[3]) }
}

/** False for no range: a property that was not written holds in no version. */
export function includesVersion(range: VersionRange | undefined, version: number): boolean {
  if (range === undefined) return false
  const { lowest, highest } = parseVersions(range)
  return version >= lowest && version <= highest
}
