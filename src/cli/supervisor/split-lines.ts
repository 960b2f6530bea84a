/** A line that never ends is passed on in pieces of this size. */
const LONGEST_LINE = 1_048_576

export interface LineSplitter {
  readonly take: (text: string) => void
  /** Passes on what is left without an end of line. */
  readonly end: () => void
}

/** Cuts text that comes in pieces into lines. */
export function splitLines(onLine: (line: string) => void): LineSplitter {
  let rest = ''
  return {
    take(text) {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) onLine(line)
      if (rest.length <= LONGEST_LINE) return
      onLine(rest)
      rest = ''
    },
    end() {
      if (rest !== '') onLine(rest)
      rest = ''
    },
  }
}
