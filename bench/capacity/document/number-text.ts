/** Three digits or so: `12,345`, `123`, `12.3`, `1.23`. */
export function numberText(value: number): string {
  if (value >= 100) return groups(Math.round(value))
  return value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

/** `10,000`. Not by the locale of the machine. */
export function groups(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `10 B`, `1 KB`, `10 MB`: powers of ten. What Kafka counts in powers of two, as its batches, comes out rounded. */
export function bytesText(bytes: number): string {
  if (bytes >= 1e6) return `${groups(Math.round(bytes / 1e6))} MB`
  return bytes >= 1e3 ? `${Math.round(bytes / 1e3)} KB` : `${bytes} B`
}
