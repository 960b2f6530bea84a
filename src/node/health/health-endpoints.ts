import type { HttpRequest, HttpResponse } from '../../base/http.ts'
import type { Exposition } from '../../telemetry/metrics.ts'
import type { Health } from './health.ts'

type Answer = () => HttpResponse | Promise<HttpResponse>

/**
 * What a node answers on `metrics.port`: `/metrics` for collectors; `/healthz`, 200 unless the node has failed (restart it then);
 * `/readyz`, 200 while requests are served in full. The last two say the state in one word.
 */
export function healthEndpoints(health: Health, expose: () => Promise<Exposition>): (request: HttpRequest) => HttpResponse | Promise<HttpResponse> {
  const answers: Readonly<Record<string, Answer>> = {
    '/metrics': async () => {
      const { contentType, text } = await expose()
      return { status: 200, body: text, contentType }
    },
    '/healthz': () => state(health, health.state !== 'failed'),
    '/readyz': () => state(health, health.state === 'ready'),
  }
  return ({ method, path }) => {
    const answer = Object.hasOwn(answers, path) ? answers[path] : undefined
    if (answer === undefined) return { status: 404, body: `there are ${Object.keys(answers).join(', ')}\n` }
    if (method !== 'GET' && method !== 'HEAD') return { status: 405, body: 'only GET and HEAD\n', headers: { allow: 'GET, HEAD' } }
    return answer()
  }
}

function state(health: Health, isGood: boolean): HttpResponse {
  return { status: isGood ? 200 : 503, body: `${health.state}\n` }
}
