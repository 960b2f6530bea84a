import { shownBytes } from './shown-bytes.ts'

const WIDTH = 30
const REDRAW_MS = 200
const CLEAR_LINE = '\r\x1b[K'

export interface ProgressOptions {
  /** How an amount is written; a size in bytes where not given. */
  readonly shown?: (amount: number) => string
  /** Where to draw. */
  readonly screen?: NodeJS.WriteStream
}

/** How far long work has come, on a terminal. Elsewhere nothing is written. */
export class Progress implements Disposable {
  readonly #label: string
  readonly #shown: (amount: number) => string
  /** null: nothing is drawn, or no more. */
  #screen: NodeJS.WriteStream | null
  #total = 0
  #done = 0
  #drawnMs = Number.NEGATIVE_INFINITY

  constructor(label: string, { shown = shownBytes, screen = process.stderr }: ProgressOptions = {}) {
    this.#label = label
    this.#shown = shown
    this.#screen = screen.isTTY === true ? screen : null
  }

  /** What there is to do, as far as that is known. */
  readonly expect = (total: number): void => {
    this.#total = total
  }

  readonly add = (amount: number): void => {
    this.#done += amount
    const nowMs = performance.now()
    if (this.#screen === null || nowMs - this.#drawnMs < REDRAW_MS) return
    this.#drawnMs = nowMs
    this.#screen.write(`${CLEAR_LINE}${progressLine(this.#label, { done: this.#done, total: this.#total, shown: this.#shown })}`)
  };

  /** The line is gone, and none comes any more: what is to be said may be said. */
  [Symbol.dispose](): void {
    if (this.#drawnMs > Number.NEGATIVE_INFINITY) this.#screen?.write(CLEAR_LINE)
    this.#screen = null
  }
}

interface Amounts {
  readonly done: number
  readonly total: number
  readonly shown: (amount: number) => string
}

export function progressLine(label: string, { done, total, shown }: Amounts): string {
  const share = total === 0 ? 0 : Math.min(1, done / total)
  const filled = Math.round(share * WIDTH)
  const percent = String(Math.floor(share * 100)).padStart(3)
  return `${label} [${'#'.repeat(filled)}${'-'.repeat(WIDTH - filled)}] ${percent} %  ${shown(done)} of ${shown(total)}`
}
