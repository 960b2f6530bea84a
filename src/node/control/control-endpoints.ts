import type { HttpRequest, HttpResponse } from '../../base/http.ts'
import type { Fault } from '../../handlers/faults/faults.ts'
import type { NodeControl } from './node-control.ts'
import { Refusal, readFields, readNothing, refusalOf } from './read-body.ts'

/** Faults that were made over this port and can still be asked for, those that are over among them. */
const REMEMBERED_FAULTS = 1_000
const JSON_TYPE = 'application/json'
const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/** What `GET /` tells. */
export interface NodeFacts {
  readonly nodeId: number
  readonly clusterId: string
  readonly bootstrapServers: string
}

interface Reply {
  readonly status?: number
  readonly body: object
}

type Endpoint = (body: unknown, request: HttpRequest) => Reply | Promise<Reply>

/**
 * The control port: what a test in any language does with its node. A request is JSON, and so is its answer; one that is
 * refused changes nothing, and says why in `error`.
 *
 * It listens on the loopback alone, and pages in a browser on the same machine are kept out: they cannot send JSON without
 * asking first, which nobody answers, and a name of theirs that leads here is not ours.
 */
export class ControlEndpoints {
  readonly #control: NodeControl
  readonly #facts: NodeFacts
  readonly #faults = new Map<string, Fault>()

  constructor(control: NodeControl, facts: NodeFacts) {
    this.#control = control
    this.#facts = facts
  }

  readonly handle = async (request: HttpRequest): Promise<HttpResponse> => {
    try {
      const { status = 200, body } = await this.#serve(request)
      return { status, body: `${JSON.stringify(body)}\n`, contentType: JSON_TYPE }
    } catch (error) {
      const refusal = refusalOf(error)
      if (refusal === null) throw error
      const { status, message, code, allow } = refusal
      return { ...this.refuse(status, message, code), ...(allow === undefined ? {} : { headers: { allow } }) }
    }
  }

  /** A refusal as every other of this port. */
  readonly refuse = (status: number, error: string, code: string | null = null): HttpResponse => {
    return { status, body: `${JSON.stringify({ error, ...(code === null ? {} : { code }) })}\n`, contentType: JSON_TYPE }
  }

  async #serve(request: HttpRequest): Promise<Reply> {
    checkHost(request)
    const methods = this.#methodsOf(request.path)
    if (methods === undefined) throw new Refusal(404, `There is no ${request.path} here: see GET /.`)
    const endpoint = methods[request.method]
    if (endpoint === undefined) {
      const allow = Object.keys(methods).join(', ')
      throw new Refusal(405, `${request.path} takes ${allow}, not ${request.method}.`, { allow })
    }
    return endpoint(request.method === 'POST' ? readJson(request) : undefined, request)
  }

  #methodsOf(path: string): Readonly<Record<string, Endpoint>> | undefined {
    const [, root, id, ...more] = path.split('/')
    if (root === 'faults' && id !== undefined && more.length === 0) {
      return { GET: () => ({ body: factsOf(this.#faultOf(id)) }), DELETE: () => this.#end(this.#faultOf(id)) }
    }
    return this.#paths[path]
  }

  readonly #paths: Readonly<Record<string, Readonly<Record<string, Endpoint>>>> = {
    '/': { GET: () => ({ body: this.#about() }) },
    '/faults': {
      GET: () => ({ body: { faults: this.#control.faults.active.map(factsOf) } }),
      POST: (body) => ({ status: 201, body: factsOf(this.#remember(this.#control.fail(body))) }),
      DELETE: () => this.#endAll(),
    },
    '/reset': {
      POST: async (body) => {
        readNothing(body)
        await this.#control.reset()
        return { body: {} }
      },
    },
    '/wait/group': {
      POST: async (body, { closed }) => {
        const { group, ...options } = readFields(body, ['group', 'stable', 'lag', 'members', 'timeoutMs'])
        return { body: await this.#control.untilGroup(group, { ...options, signal: closed }) }
      },
    },
    '/wait/records': {
      POST: async (body, { closed }) => {
        const { topic, count, ...options } = readFields(body, ['topic', 'count', 'partition', 'timeoutMs'])
        return { body: { count: await this.#control.untilRecords(topic, count, { ...options, signal: closed }) } }
      },
    },
    '/clock/advance': {
      POST: async (body) => {
        const { ms } = readFields(body, ['ms'])
        await this.#control.advance(ms)
        return { body: {} }
      },
    },
  }

  #about(): object {
    const paths = Object.entries(this.#paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`))
    return { ...this.#facts, clock: this.#control.hasManualClock ? 'manual' : 'real', faults: this.#control.faults.active.length, paths }
  }

  #faultOf(id: string): Fault {
    const fault = this.#faults.get(id)
    if (fault === undefined) throw new Refusal(404, `There is no fault ${id} that was made here.`)
    return fault
  }

  #remember(fault: Fault): Fault {
    const [oldest] = this.#faults.keys()
    if (this.#faults.size >= REMEMBERED_FAULTS && oldest !== undefined) this.#faults.delete(oldest)
    this.#faults.set(String(fault.id), fault)
    return fault
  }

  #end(fault: Fault): Reply {
    fault.end()
    return { body: factsOf(fault) }
  }

  #endAll(): Reply {
    const ended = this.#control.faults.active.length
    this.#control.faults.endAll()
    return { body: { ended } }
  }
}

function factsOf({ id, hits, isOver }: Fault): object {
  return { id, hits, isOver }
}

/** Errors: `Refusal` 403 for a name that is not the loopback's. A page whose own name was made to lead here sends that name. */
function checkHost({ headers }: HttpRequest): void {
  const host = (headers.get('host') ?? '').toLowerCase().replace(/:\d+$/, '')
  if (!LOOPBACK_NAMES.has(host))
    throw new Refusal(403, `This port is for this machine: ask for localhost or 127.0.0.1, not ${host === '' ? 'a host without name' : host}.`)
}

function readJson({ headers, body }: HttpRequest): unknown {
  const [type = ''] = (headers.get('content-type') ?? '').split(';')
  if (type.trim().toLowerCase() !== JSON_TYPE)
    throw new Refusal(415, `A body is sent with content-type: ${JSON_TYPE}, not ${type === '' ? 'without one' : type.trim()}.`)
  if (body.length === 0) return {}
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch (error) {
    throw new Refusal(400, `The body is not JSON: ${(error as Error).message}`)
  }
}
