/** Over how long rates and quantiles are taken, unless they are asked for more seldom, or the node is younger. */
export const RATE_WINDOW_MS = 60_000

/** Those that the usual rules give of Kafka's histograms. */
export const KAFKA_QUANTILES: readonly number[] = [0.5, 0.75, 0.95, 0.98, 0.99, 0.999]
