/** What the process that measures tells the one that puts on the load, and what it hears back. */
export interface LoadPlan {
  /** Of the nodes, by their order. Partition p of each topic is led by node p modulo their number. */
  readonly ports: readonly number[]
  readonly topics: readonly TopicPlan[]
  readonly connections: number
  readonly recordBytes: number
  readonly recordsPerBatch: number
}

export interface TopicPlan {
  readonly name: string
  readonly partitions: number
}

export type LoadOrder =
  | { readonly kind: 'open'; readonly plan: LoadPlan }
  /** Without a rate as fast as it goes. */
  | { readonly kind: 'produce'; readonly durationMs: number; readonly ratePerSecond?: number }
  | { readonly kind: 'consume'; readonly durationMs: number }

export interface LoadReply {
  readonly records: number
  readonly requests: number
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
}

export type LoadAnswer = { readonly kind: 'done'; readonly reply: LoadReply } | { readonly kind: 'failed'; readonly message: string }
