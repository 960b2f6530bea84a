import type { Reply } from './dispatcher.ts'

interface Expected {
  /** undefined while it is being made; null where nothing is sent. */
  reply: Reply | undefined
  readonly requestBytes: number
}

/**
 * The replies of one connection that are still being made, in the order of their requests: each leaves when all before it
 * have. As many as the connection serves at a time.
 */
export class ExpectedReplies {
  readonly #expected: Expected[] = []
  #requestBytes = 0

  get count(): number {
    return this.#expected.length
  }

  /** What their requests keep in memory. */
  get requestBytes(): number {
    return this.#requestBytes
  }

  /**
   * @param requestBytes what the request keeps in memory until its reply is taken
   * @param onReply called when the reply is there; not for one that was there already
   */
  add(reply: Reply | Promise<Reply>, requestBytes: number, onReply: () => void): void {
    this.#requestBytes += requestBytes
    const expected: Expected = { reply: reply instanceof Promise ? undefined : reply, requestBytes }
    this.#expected.push(expected)
    if (!(reply instanceof Promise)) return
    void reply.then((made) => {
      expected.reply = made
      onReply()
    })
  }

  /** The next reply that may leave, taken out; undefined when there is none. */
  take(): Reply | undefined {
    const first = this.#expected[0]
    if (first?.reply === undefined) return undefined
    this.#expected.shift()
    this.#requestBytes -= first.requestBytes
    return first.reply
  }
}
