/** A condition that somebody should be told of. `alerts.ts` lists them, `alert-rules.ts` writes them as Prometheus reads them. */
export interface Alert {
  readonly name: string
  /** PromQL: each series that it returns is one alert. */
  readonly expr: string
  /** How long it must hold before it fires; 0 for at once. */
  readonly forSeconds: number
  /** critical: records cannot be written or read, or may be lost, now. warning: they will be, if nobody looks. */
  readonly severity: 'critical' | 'warning'
  /** The same for all series: notifications are grouped by it. */
  readonly summary: string
  /** What holds for this series; a template of Prometheus. */
  readonly description: string
  /** What to do: the section of a document of this repository. */
  readonly runbook: Runbook
}

export type Runbook = `docs/${'OPERATIONS' | 'TROUBLESHOOTING'}.md#${string}`
