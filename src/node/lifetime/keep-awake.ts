import type { Timers } from '../../base/ports.ts'

/** No start takes as long. */
const FOR_EVER_MS = 2 ** 40

/**
 * Until it is disposed of, the process does not end for want of work: a start that waits for other nodes may have nothing open,
 * and timers alone let a process end.
 */
export function keepAwake(timers: Pick<Timers, 'sleep'>): Disposable {
  const over = new AbortController()
  // It rejects when it is over.
  timers.sleep(FOR_EVER_MS, over.signal).catch(() => {})
  return { [Symbol.dispose]: () => over.abort() }
}
