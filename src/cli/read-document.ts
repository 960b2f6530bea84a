import { OdradekError } from '../base/errors.ts'

/** Makes an error of what is wrong with a document, such as `topics[3].name is missing`. */
export type Refuse = (why: string, options?: ErrorOptions) => Error

/** Reads JSON whose form is known. Errors: those of `refuse`. */
export function readDocument<T>(text: string, refuse: Refuse, read: (root: Fields) => T): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    // It quotes the text, whose control characters are none of a terminal's business.
    throw refuse(`it is not JSON: ${(cause as Error).message.replaceAll(/\p{Cc}/gu, ' ')}`, { cause })
  }
  return read(new Fields(value, '', refuse))
}

/** Of a file that a user names: DOCUMENT. */
export function refuseFile(path: string): Refuse {
  return (why, options) => new OdradekError('DOCUMENT', `${path} is not used: ${why}.`, { ...options, fields: { path } })
}

/** The fields of one object, each read once and as what it must be. */
export class Fields {
  readonly #values: ReadonlyMap<string, unknown>
  /** Where it stands, such as `topics[3].`; empty for the root. */
  readonly #at: string
  readonly #refuse: Refuse
  readonly #read = new Set<string>()

  constructor(value: unknown, at: string, refuse: Refuse) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse(`${at === '' ? 'it' : at.slice(0, -1)} is no object`)
    // Not as properties: `__proto__` is a name like any other.
    this.#values = new Map(Object.entries(value))
    this.#at = at
    this.#refuse = refuse
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  text(name: string): string {
    const value = this.#take(name)
    if (typeof value !== 'string') throw this.wrong(name, 'a text')
    return value
  }

  textOrNull(name: string): string | null {
    return this.#values.get(name) === null ? (this.#take(name) as null) : this.text(name)
  }

  integer(name: string, least: number, most: number): number {
    const value = this.#take(name)
    if (!Number.isSafeInteger(value) || (value as number) < least || (value as number) > most) throw this.wrong(name, `a whole number from ${least} to ${most}`)
    return value as number
  }

  flag(name: string): boolean {
    const value = this.#take(name)
    if (typeof value !== 'boolean') throw this.wrong(name, 'true or false')
    return value
  }

  list<T>(name: string, read: (item: Fields) => T): readonly T[] {
    const value = this.#take(name)
    if (!Array.isArray(value)) throw this.wrong(name, 'a list')
    return value.map((item, index) => read(new Fields(item, `${this.#at}${name}[${index}].`, this.#refuse)))
  }

  values<T>(name: string, isOne: (value: unknown) => value is T, what: string): readonly T[] {
    const value = this.#take(name)
    if (!Array.isArray(value) || !value.every(isOne)) throw this.wrong(name, what)
    return value
  }

  /** An object whose names are not known before. */
  record<T>(name: string, read: (inner: Fields, key: string) => T): Readonly<Record<string, T>> {
    const inner = new Fields(this.#take(name), `${this.#at}${name}.`, this.#refuse)
    return Object.fromEntries([...inner.#values.keys()].map((key) => [key, read(inner, key)]))
  }

  /** Errors: for a field that nobody has read: who wrote it meant something by it. */
  nothingElse(): void {
    for (const name of this.#values.keys()) if (!this.#read.has(name)) throw this.#refuse(`there is no field ${this.#at}${name}`)
  }

  wrong(name: string, expected: string): Error {
    const value = this.#values.get(name)
    if (value === undefined && !name.includes('.')) return this.#refuse(`${this.#at}${name} is missing`)
    return this.#refuse(`${this.#at}${name} should be ${expected}${value === undefined ? '' : `, and is ${JSON.stringify(value).slice(0, 80)}`}`)
  }

  #take(name: string): unknown {
    this.#read.add(name)
    return this.#values.get(name)
  }
}
