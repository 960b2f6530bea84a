import { createHash } from 'node:crypto'

/** Tells whether two texts have the same lines, each as often, in whatever order they come. */
export class LineChecksum {
  #count = 0
  #bytes = 0
  #sum = 0n

  /** @param line without its line end */
  add(line: string | Uint8Array): void {
    this.#count++
    this.#bytes += typeof line === 'string' ? Buffer.byteLength(line) : line.length
    this.#sum = BigInt.asUintN(64, this.#sum + createHash('md5').update(line).digest().readBigUInt64LE())
  }

  /** Lines, their bytes, and the sum of their digests. */
  toString(): string {
    return `${this.#count} lines, ${this.#bytes} bytes, ${this.#sum.toString(16).padStart(16, '0')}`
  }

  get count(): number {
    return this.#count
  }
}

const NEWLINE = 0x0a

/** Cuts a stream of bytes at its newlines. A last line without one is given too. */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = []
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      yield Buffer.concat([...rest, chunk.subarray(start, end)])
      rest = []
      start = end + 1
    }
    if (start < chunk.length) rest.push(chunk.subarray(start))
  }
  if (rest.length > 0) yield Buffer.concat(rest)
}
