/**
 * Counts of observed values by size. All memory is taken at once; observing is a search among a few bounds and three sums.
 * Source: histograms of Prometheus, where a bucket holds what is at most its bound.
 */
export class Histogram {
  /** Ascending, in the unit of the values. */
  readonly bounds: readonly number[]
  /** Bucket b holds what is at most `bounds[b]` and more than the bound before; the last one what is above all. */
  readonly counts: Float64Array
  #sum = 0

  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.counts = new Float64Array(bounds.length + 1)
  }

  get sum(): number {
    return this.#sum
  }

  observe(value: number): void {
    const { bounds } = this
    let low = 0
    let high = bounds.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (value <= (bounds[middle] as number)) high = middle
      else low = middle + 1
    }
    this.counts[low] = (this.counts[low] as number) + 1
    this.#sum += value
  }
}

/**
 * The value that the given share of the counted ones does not exceed, as if they lay evenly within each bucket; above the last
 * bound it is that bound. null when nothing was counted. Source: `histogram_quantile` of Prometheus.
 *
 * @param counts as of `Histogram`
 * @param share from 0 to 1
 */
export function quantile(bounds: readonly number[], counts: Float64Array, share: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  const rank = share * total
  let below = 0
  for (const [bucket, bound] of bounds.entries()) {
    const count = counts[bucket] as number
    if (count > 0 && below + count >= rank) {
      const floor = bucket === 0 ? 0 : (bounds[bucket - 1] as number)
      return floor + ((bound - floor) * (rank - below)) / count
    }
    below += count
  }
  return bounds.at(-1) ?? null
}

/** Times of requests and of disks in seconds, from 50 µs to half a minute. */
export const SECONDS_BOUNDS: readonly number[] = [
  ...[0.00005, 0.0001, 0.00025, 0.0005],
  ...[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05],
  ...[0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
]
