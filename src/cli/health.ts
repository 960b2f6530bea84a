import type { Endpoint } from '../base/ports.ts'
import type { Command } from './command.ts'
import { askHealth } from './health/ask-health.ts'
import { findingJson, findingText, isGood } from './health/finding.ts'
import { toldMetricsEndpoint } from './health/metrics-file.ts'
import type { Arguments } from './parse-arguments.ts'
import { UsageError } from './usage-error.ts'

const DEFAULT_HOST = '127.0.0.1'
/** Of `metrics.port`. */
const DEFAULT_PORT = 9404
const HIGHEST_PORT = 65_535
const DEFAULT_TIMEOUT_MS = 2_000
/** By which a node has its port, the first before the second. */
const VARIABLES = ['KAFKA_CFG_METRICS_PORT', 'KAFKA_METRICS_PORT']

/** Whether a node does its work, as it says itself on `metrics.port`: for health checks, scripts, and whoever wants to know. */
export const healthCommand: Command = {
  name: 'health',
  summary: 'Say whether a node serves requests; the exit code is 0 if it does, else 1.',
  flags: {
    host: { value: 'HOST', does: `Where the node serves metrics and health; where not given, what it told in ODRADEK_METRICS_FILE, else ${DEFAULT_HOST}.` },
    port: { value: 'PORT', does: `Its metrics.port; where not given, what it told there, else KAFKA_METRICS_PORT, else ${DEFAULT_PORT}.` },
    live: { does: 'Ask for less: 0 too while the node starts or stops, 1 only where restarting it would help.' },
    json: { does: 'Write one object of JSON.' },
    'timeout-ms': { value: 'MS', does: `How long to wait, in milliseconds; ${DEFAULT_TIMEOUT_MS} where not given.` },
  },
  async run(args, output) {
    const at = endpointOf(args)
    const finding = await askHealth(at, numberOf(args, 'timeout-ms', Number.MAX_SAFE_INTEGER) ?? DEFAULT_TIMEOUT_MS)
    output.out(args.has('json') ? findingJson(at, finding) : findingText(at, finding))
    return isGood(finding, args.has('live')) ? 0 : 1
  },
}

/** What the node told is for who names no node. */
function endpointOf(args: Arguments): Endpoint {
  const host = args.value('host')
  const port = numberOf(args, 'port', HIGHEST_PORT)
  const told = host === undefined && port === null ? toldMetricsEndpoint() : null
  if (told === 'none') throw new UsageError('metrics.port is 0: the node says nothing of its health.')
  return told ?? { host: host ?? DEFAULT_HOST, port: port ?? portOfVariables() }
}

function portOfVariables(): number {
  for (const name of VARIABLES) {
    const text = process.env[name] ?? ''
    // Kubernetes sets it to an address beside a service named kafka-metrics; the node takes the default then, too.
    if (!/^\d{1,5}$/.test(text)) continue
    if (Number(text) === 0) throw new UsageError(`${name} is 0: the node says nothing of its health.`)
    return Number(text)
  }
  return DEFAULT_PORT
}

/** null where it is not given. Errors: `UsageError` for what is no number from 1. */
function numberOf(args: Arguments, flag: string, highest: number): number | null {
  const text = args.value(flag)
  if (text === undefined) return null
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1 || number > highest) throw new UsageError(`\`--${flag}\` is a whole number from 1, not \`${text}\`.`)
  return number
}
