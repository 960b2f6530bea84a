import type { Endpoint } from '../../base/ports.ts'
import { formatHostPort } from '../../config/values/host-port.ts'
import type { HealthState } from '../../node/health/health.ts'

/** What came of asking a node how it is. */
export type Finding =
  | { readonly kind: 'node'; readonly state: HealthState }
  /** Somebody answers who is no Odradek. */
  | { readonly kind: 'stranger'; readonly status: number }
  | { readonly kind: 'silent'; readonly reason: string }

/** @param isLiveEnough it is enough that the node need not be restarted */
export function isGood(finding: Finding, isLiveEnough: boolean): boolean {
  if (finding.kind !== 'node') return false
  return isLiveEnough ? finding.state !== 'failed' : finding.state === 'ready'
}

/** One sentence for a reader, with what to do where something is wrong. */
export function findingText({ host, port }: Endpoint, finding: Finding): string {
  const where = formatHostPort(host, port)
  switch (finding.kind) {
    case 'node':
      return `The node at ${where} ${STATES[finding.state]}\n`
    case 'stranger':
      return `What answers at ${where} is no Odradek (HTTP status ${finding.status}): give the node's metrics.port with --port.\n`
    case 'silent':
      return `Nothing answers at ${where}: ${finding.reason}. The node is down, or its metrics.port is another: give it with --port.\n`
  }
}

const STATES: Readonly<Record<HealthState, string>> = {
  ready: 'is ready: it serves requests in full.',
  starting: 'is starting: it serves no requests yet. After a crash it reads its logs first; its own log says how far it is.',
  stopping: 'is stopping: it serves no new requests.',
  failed: 'has failed: its log says why. Restart it when that is mended.',
}

/** The same for programs: `{"host","port","state","ready","live"}`; `state` is `unreachable` or `unknown` where no node says its own, and `reason` stands beside. */
export function findingJson({ host, port }: Endpoint, finding: Finding): string {
  const found = { host, port, state: stateName(finding), ready: isGood(finding, false), live: isGood(finding, true) }
  return `${JSON.stringify(finding.kind === 'silent' ? { ...found, reason: finding.reason } : found)}\n`
}

function stateName(finding: Finding): string {
  switch (finding.kind) {
    case 'node':
      return finding.state
    case 'stranger':
      return 'unknown'
    case 'silent':
      return 'unreachable'
  }
}
