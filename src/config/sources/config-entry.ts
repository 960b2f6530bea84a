/** One setting as a source has it, before anyone asked whether there is such a setting. */
export interface ConfigEntry {
  readonly name: string
  readonly text: string
  /** `server.properties:12`, `KAFKA_NUM_PARTITIONS`, `--set`. */
  readonly origin: string
}

/** What a source gave, and what its reader should be told. */
export interface SourceResult {
  readonly entries: readonly ConfigEntry[]
  readonly warnings: readonly string[]
}
