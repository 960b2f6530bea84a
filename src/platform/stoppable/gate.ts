type Deferral = (callback: () => void) => void

/**
 * What lets a node of this process have its turns. Everything that happens to a node (a timer, a socket, a file) comes to
 * it through its gate: while the gate is shut the node stands still, as a process that SIGSTOP stopped, and what came
 * meanwhile happens in order when it opens; once it is closed for good, nothing ever happens to the node again.
 */
export class Gate {
  readonly #defer: Deferral
  /** What the node is to hear of, in order: as much as it has timers, sockets and files. */
  readonly #waiting: (() => void)[] = []
  readonly #onChange = new Set<() => void>()
  #isShut = false
  #isClosed = false
  #isCatchingUp = false

  /** @param defer runs a call in a turn of its own */
  constructor(defer: Deferral) {
    this.#defer = defer
  }

  /** No turn is taken now. */
  get isStill(): boolean {
    return this.#isShut || this.#isClosed
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Runs `callback` now, when the gate opens, or never. */
  run(callback: () => void): void {
    if (this.#isClosed) return
    if (this.#isShut || this.#isCatchingUp) this.#waiting.push(callback)
    else callback()
  }

  /** Settles as `promise` does, when the gate lets it. */
  pass<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      promise.then(
        (value) => this.run(() => resolve(value)),
        (error) => this.run(() => reject(error)),
      )
    })
  }

  /** Tells of each change of `isStill`; for those that have to hold something back themselves. */
  onChange(listener: () => void): () => void {
    this.#onChange.add(listener)
    return () => this.#onChange.delete(listener)
  }

  shut(): void {
    this.#isShut = true
    this.#changed()
  }

  /** What waited happens first, each in a turn of its own. */
  open(): void {
    if (!this.#isShut) return
    this.#isShut = false
    if (this.#isCatchingUp) return
    this.#isCatchingUp = true
    this.#catchUp()
  }

  close(): void {
    this.#isClosed = true
    this.#waiting.length = 0
    this.#changed()
    this.#onChange.clear()
  }

  #catchUp(): void {
    if (this.isStill) {
      this.#isCatchingUp = false
      return
    }
    const next = this.#waiting.shift()
    if (next === undefined) {
      this.#isCatchingUp = false
      this.#changed()
      return
    }
    this.#defer(() => this.#catchUp())
    next()
  }

  #changed(): void {
    for (const listener of this.#onChange) listener()
  }
}
