import type { Fields } from '../../protocol/schema/notation.ts'

/** Calls `tell` with every error code of a response, as its handler made it. */
export type EachErrorCode = (response: object, tell: (code: number) => void) => void

const ERROR_CODE = 'errorCode'
const NONE = 0

/** Made once for each API, from the fields of its response; null for one that has no error codes. */
export function eachErrorCode(fields: Fields): EachErrorCode | null {
  const hasOwn = fields[ERROR_CODE] !== undefined
  const below = Object.entries(fields).flatMap(([name, { type }]) => {
    const struct = structIn(type)
    const each = struct === null ? null : eachErrorCode(struct)
    return each === null ? [] : [{ name, each }]
  })
  if (!hasOwn && below.length === 0) return null
  return (response, tell) => {
    const values = response as Readonly<Record<string, unknown>>
    // Handlers may leave out what has its default.
    if (hasOwn) tell((values[ERROR_CODE] as number | undefined) ?? NONE)
    for (const { name, each } of below) tellBelow(values[name], each, tell)
  }
}

function tellBelow(value: unknown, each: EachErrorCode, tell: (code: number) => void): void {
  if (Array.isArray(value)) for (const element of value) each(element, tell)
  else if (typeof value === 'object' && value !== null) each(value, tell)
}

function structIn(type: Fields[string]['type']): Fields | null {
  if (typeof type === 'string') return null
  if ('fields' in type) return type.fields
  return typeof type.element === 'string' ? null : type.element.fields
}
