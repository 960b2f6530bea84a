const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const
const STEP = 1000
const DIGITS = 3

/** `1.23 GB`: a size for people, in powers of 1000. */
export function shownBytes(bytes: number): string {
  let unit = 0
  let value = bytes
  while (value >= STEP && unit < UNITS.length - 1) {
    value /= STEP
    unit++
  }
  return `${unit === 0 ? value : Number(value.toPrecision(DIGITS))} ${UNITS[unit]}`
}
