const WIDTH = 30

/** Shows how far long work is, on a terminal only: a line of standard error that is written again and again. */
export class ProgressBar implements Disposable {
  readonly #write: (text: string) => void
  readonly #isShown: boolean
  #hasLine = false

  constructor(write: (text: string) => void, isShown: boolean) {
    this.#write = write
    this.#isShown = isShown
  }

  /** @param of the whole; nothing is shown of none */
  show(done: number, of: number, what: string): void {
    if (!this.#isShown || of === 0) return
    const filled = Math.round((done / of) * WIDTH)
    this.#write(`\r[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${done}/${of} ${what}`)
    this.#hasLine = true
  }

  /** What comes next begins a line. */
  [Symbol.dispose](): void {
    if (this.#hasLine) this.#write('\n')
  }
}
