import type { NodeConnection } from '../node-controller.ts'

/**
 * Hears when the connections of brokers close: of each broker that on which it was heard last. Bounded by the brokers that
 * are registered.
 */
export class ConnectionWatch {
  readonly #onClosed: (brokerId: number, connectionId: number) => void
  readonly #forget = new Map<number, () => void>()

  constructor(onClosed: (brokerId: number, connectionId: number) => void) {
    this.#onClosed = onClosed
  }

  /** What was heard of before says nothing of the broker any longer: where two speak for it in turns, one of them is listened to. */
  watch(brokerId: number, { connectionId, closed }: NodeConnection): void {
    this.unwatch(brokerId)
    const onClosed = () => {
      this.#forget.delete(brokerId)
      this.#onClosed(brokerId, connectionId)
    }
    if (closed.aborted) {
      onClosed()
      return
    }
    closed.addEventListener('abort', onClosed, { once: true })
    this.#forget.set(brokerId, () => closed.removeEventListener('abort', onClosed))
  }

  unwatch(brokerId: number): void {
    this.#forget.get(brokerId)?.()
    this.#forget.delete(brokerId)
  }

  unwatchAll(): void {
    for (const forget of this.#forget.values()) forget()
    this.#forget.clear()
  }
}
