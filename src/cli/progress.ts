import { shownBytes } from './shown-bytes.ts'

const WIDTH = 30
const REDRAW_MS = 200
const CLEAR_LINE = '\r\x1b[K'

/** How far long work has come, on a terminal. Elsewhere nothing is written. */
export class Progress implements Disposable {
  readonly #label: string
  readonly #screen: NodeJS.WriteStream | null
  #totalBytes = 0
  #doneBytes = 0
  #drawnMs = Number.NEGATIVE_INFINITY

  /** @param screen where to draw */
  constructor(label: string, screen: NodeJS.WriteStream = process.stderr) {
    this.#label = label
    this.#screen = screen.isTTY === true ? screen : null
  }

  /** What there is to do, as far as that is known. */
  readonly expect = (totalBytes: number): void => {
    this.#totalBytes = totalBytes
  }

  readonly add = (bytes: number): void => {
    this.#doneBytes += bytes
    const nowMs = performance.now()
    if (this.#screen === null || nowMs - this.#drawnMs < REDRAW_MS) return
    this.#drawnMs = nowMs
    this.#screen.write(`${CLEAR_LINE}${progressLine(this.#label, this.#doneBytes, this.#totalBytes)}`)
  };

  [Symbol.dispose](): void {
    if (this.#drawnMs > Number.NEGATIVE_INFINITY) this.#screen?.write(CLEAR_LINE)
  }
}

export function progressLine(label: string, doneBytes: number, totalBytes: number): string {
  const share = totalBytes === 0 ? 0 : Math.min(1, doneBytes / totalBytes)
  const filled = Math.round(share * WIDTH)
  const percent = String(Math.floor(share * 100)).padStart(3)
  return `${label} [${'#'.repeat(filled)}${'-'.repeat(WIDTH - filled)}] ${percent} %  ${shownBytes(doneBytes)} of ${shownBytes(totalBytes)}`
}
