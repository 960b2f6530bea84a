import { nodePorts } from '../platform/node-ports.ts'
import { jsonFlag } from './admin/cluster-flags.ts'
import { printText } from './admin/print.ts'
import type { Command } from './command.ts'
import { diagnose } from './doctor/diagnose.ts'
import { report, reportFacts } from './doctor/report.ts'
import { endpointOf } from './endpoint-of.ts'
import { UsageError } from './usage-error.ts'

const DEFAULT_TIMEOUT_MS = 5_000

/** What a client at this place is told, and whether it reaches it: for the question why a client cannot connect. */
export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'Say what a client here is told by a broker, and whether it reaches that.',
  arguments: [{ name: 'HOST:PORT', does: 'A broker as a client would be given it; port 9092 where only a host is given.' }],
  flags: { 'timeout-ms': { value: 'MS', does: `For each step, in milliseconds; ${DEFAULT_TIMEOUT_MS} where not given.` }, ...jsonFlag },
  examples: ['odradek doctor broker-1:9092'],
  async run(args, output) {
    const { network, timers } = nodePorts()
    const diagnosis = await diagnose(endpointOf(args.positional[0] ?? ''), {
      network,
      timers,
      clientId: 'odradek-doctor',
      timeoutMs: timeoutOf(args.value('timeout-ms')),
    })
    printText(args, output, () => report(diagnosis), reportFacts(diagnosis))
    return diagnosis.isHealthy ? 0 : 1
  },
}

function timeoutOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_TIMEOUT_MS
  const timeoutMs = Number(text)
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1) throw new UsageError(`\`--timeout-ms\` is a number of milliseconds, not \`${text}\`.`)
  return timeoutMs
}
