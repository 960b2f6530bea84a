import { get, type IncomingMessage } from 'node:http'
import type { Endpoint } from '../../base/ports.ts'
import type { HealthState } from '../../node/health/health.ts'
import type { Finding } from './finding.ts'

const STATES: readonly HealthState[] = ['starting', 'ready', 'stopping', 'failed']
/** The answer is a word. Whoever says more is somebody else. */
const MAX_ANSWER_BYTES = 64

/** Asks a node for its state, on its `metrics.port`. Never rejects: that nobody answers is an answer. */
export function askHealth({ host, port }: Endpoint, timeoutMs: number): Promise<Finding> {
  return new Promise((resolve) => {
    const silent = (reason: string) => resolve({ kind: 'silent', reason })
    const request = get({ host, port, path: '/readyz', agent: false, headers: { connection: 'close' } }, (response) => {
      read(response).then(
        (text) => resolve(findingOf(response.statusCode ?? 0, text)),
        (error: Error) => silent(error.message),
      )
    })
    // Over all of it: a node that stands still may accept, and say nothing.
    const late = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
    request.once('error', (error: NodeJS.ErrnoException) => silent(reasonOf(error)))
    request.once('close', () => clearTimeout(late))
  })
}

async function read(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) {
    text += chunk
    if (text.length > MAX_ANSWER_BYTES) break
  }
  return text
}

function findingOf(status: number, text: string): Finding {
  const state = STATES.find((one) => text === `${one}\n`)
  return state === undefined ? { kind: 'stranger', status } : { kind: 'node', state }
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection is refused',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  ECONNRESET: 'the connection was closed without an answer',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that host',
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  return (code === undefined ? undefined : REASONS[code]) ?? message
}
