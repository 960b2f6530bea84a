import type { RequestContext as ServerRequestContext } from '../server/request-context.ts'
import type { Services } from './services.ts'

/** What a handler knows beside the request itself. One for each request. */
export type RequestContext = ServerRequestContext<Services>
