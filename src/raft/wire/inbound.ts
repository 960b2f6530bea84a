import type { RaftRequest } from '../core/messages.ts'
import type { RequestExtras } from '../raft-server.ts'

/** A message as the core hears it, or the answer to one that never comes to it. */
export type Inbound<Request extends RaftRequest, Response> =
  | { readonly kind: 'request'; readonly request: Request; readonly extras: RequestExtras }
  | { readonly kind: 'refused'; readonly response: Response }

/** Of a request whose answer holds no records and that names no leader's end points. */
export const NO_EXTRAS: RequestExtras = { maxBytes: 0, leaderEndpoints: [] }
