import type { Output } from './command.ts'

const FLUSH_BYTES = 65_536

/** Gathers small pieces of output, and writes them when they are many or the program waits for something. */
export class GatheredOutput implements Disposable {
  readonly #output: Output
  #pieces: Uint8Array[] = []
  #bytes = 0
  #pending: NodeJS.Immediate | null = null

  constructor(output: Output) {
    this.#output = output
  }

  /** @param bytes must not change any more */
  write(bytes: Uint8Array): void {
    this.#pieces.push(bytes)
    this.#bytes += bytes.length
    if (this.#bytes >= FLUSH_BYTES) this.flush()
    else this.#pending ??= setImmediate(() => this.flush())
  }

  flush(): void {
    if (this.#pending !== null) clearImmediate(this.#pending)
    this.#pending = null
    if (this.#bytes === 0) return
    const pieces = this.#pieces
    this.#pieces = []
    this.#bytes = 0
    this.#output.out(Buffer.concat(pieces))
  }

  [Symbol.dispose](): void {
    this.flush()
  }
}
