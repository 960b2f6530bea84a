import { EnvelopeApi } from '../../protocol/messages/envelope.ts'
import { defineHandler } from './define-handler.ts'

/**
 * Envelope (key 58), version 0. A request that a client sent to a broker and that only the controller decides, with the
 * client's principal and address; it is served as if it had come here, and its response goes back the same way.
 * Deviates: nowhere.  Source: KIP-590.
 */
export const envelopeHandler = defineHandler({
  api: EnvelopeApi,
  listeners: ['controller'],
  handle: (context, request) => context.services.enclosed.serve(request, context),
})
