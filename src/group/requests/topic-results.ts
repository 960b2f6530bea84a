interface TopicResult {
  readonly partitions: readonly { readonly partitionIndex: number; readonly errorCode: number }[]
}

/** Topics of a response that come from two sides: those refused before the coordinator was asked, and what it said of the rest. */
export class TopicResults<Result extends TopicResult> {
  readonly #keyOf: (topic: Result) => string
  readonly #refused = new Map<string, Result>()

  /** @param keyOf what identifies a topic in this version of the API: its name or its id */
  constructor(keyOf: (topic: Result) => string) {
    this.#keyOf = keyOf
  }

  refuse(topic: Result): void {
    this.#merge(this.#refused, topic)
  }

  /** The refused topics first; a topic that was refused in part is one. */
  with(answered: readonly Result[]): readonly Result[] {
    if (this.#refused.size === 0) return answered
    const merged = new Map(this.#refused)
    for (const topic of answered) this.#merge(merged, topic)
    return [...merged.values()]
  }

  #merge(into: Map<string, Result>, topic: Result): void {
    const key = this.#keyOf(topic)
    const known = into.get(key)
    into.set(key, known === undefined ? topic : { ...known, partitions: [...known.partitions, ...topic.partitions] })
  }
}

/** The partitions of a refused topic. */
export function refusedPartitions(partitions: readonly { readonly partitionIndex: number }[], errorCode: number): TopicResult['partitions'] {
  return partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode }))
}
