/** What happened, where it is put into words only when somebody looks. */
interface TracedEvent {
  readonly timeMs: number
  readonly who: string
  readonly label: string
}

/** A running hash of all that happened: two runs with the same hash went the same way. */
export class Trace {
  #low = 0x811c9dc5
  #high = 0x9e3779b9
  #count = 0
  readonly #recent: (TracedEvent | string)[] = []
  readonly #keep: number

  /** @param keep how many of the latest entries can be shown */
  constructor(keep: number) {
    this.#keep = keep
  }

  get count(): number {
    return this.#count
  }

  /** 16 hexadecimal digits. */
  get hash(): string {
    return (this.#high >>> 0).toString(16).padStart(8, '0') + (this.#low >>> 0).toString(16).padStart(8, '0')
  }

  note(entry: string): void {
    this.#hash(entry)
    this.#remember(entry)
  }

  /** Most entries are such. */
  noteEvent(event: TracedEvent): void {
    this.#mix(event.timeMs * TIME_FRACTIONS)
    this.#hash(event.who)
    this.#hash(event.label)
    this.#remember(event)
  }

  /** The latest entries, oldest first: what led to a failure. */
  recent(): string[] {
    return this.#recent.slice(-this.#keep).map((entry) => (typeof entry === 'string' ? entry : `${entry.timeMs.toFixed(4)} ${entry.who} ${entry.label}`))
  }

  #remember(entry: TracedEvent | string): void {
    this.#count++
    this.#recent.push(entry)
    if (this.#recent.length >= 2 * this.#keep) this.#recent.splice(0, this.#keep)
  }

  #hash(text: string): void {
    for (let index = 0; index < text.length; index++) this.#mix(text.charCodeAt(index))
  }

  /** FNV-1a, twice over: the second lane takes in what the first one is left with. */
  #mix(value: number): void {
    this.#low = Math.imul(this.#low ^ value, FNV_PRIME)
    this.#high = Math.imul(this.#high ^ value ^ (this.#low >>> 24), FNV_PRIME)
  }
}

const FNV_PRIME = 0x01000193
/** Times of the world are whole multiples of a 1024th of a millisecond. */
const TIME_FRACTIONS = 1024
