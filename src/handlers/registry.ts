import { apiVersionsHandler } from './api-versions.ts'
import type { AnyHandler } from './define-handler.ts'

/**
 * Every API that this node serves, by key. What is not here is neither served nor advertised.
 * One line for each handler, in the order of the API keys.
 */
export const handlers: readonly AnyHandler[] = [apiVersionsHandler]
