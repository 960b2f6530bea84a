/** A running hash of all that happened: two runs with the same hash went the same way. */
export class Trace {
  #low = 0x811c9dc5
  #high = 0x9e3779b9
  #count = 0
  readonly #recent: string[] = []
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
    this.#count++
    for (let index = 0; index < entry.length; index++) {
      const code = entry.charCodeAt(index)
      this.#low = Math.imul(this.#low ^ code, 0x01000193)
      this.#high = Math.imul(this.#high ^ code ^ (this.#low >>> 24), 0x01000193)
    }
    this.#recent.push(entry)
    if (this.#recent.length >= 2 * this.#keep) this.#recent.splice(0, this.#keep)
  }

  /** The latest entries, oldest first: what led to a failure. */
  recent(): string[] {
    return this.#recent.slice(-this.#keep)
  }
}
