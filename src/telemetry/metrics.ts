/** One figure, read when somebody asks for it. A counter grows only. */
export interface Metric {
  /** In the style of Prometheus: small letters, digits and `_`. */
  readonly name: string
  readonly type: 'counter' | 'gauge'
  /** One sentence. */
  readonly help: string
  readonly read: () => number
}

/** Metrics as text for who collects them. */
export interface Exposition {
  readonly contentType: string
  readonly text: string
}

/** Makes what writes these metrics out, with those of the process beside them. Nothing is loaded or measured before it is first called. */
export type Expose = (metrics: readonly Metric[]) => () => Promise<Exposition>
