import { AlterConfigsApi, type AlterConfigsRequest } from '../../protocol/messages/alter-configs.ts'
import type { ConfigEdit } from '../controller/controller.ts'
import { brokerRefusal, editConfigs, type Judged, nullRefusal, resourceRefusal } from './config-edits.ts'
import { defineHandler } from './define-handler.ts'
import type { RequestContext } from './request-context.ts'

/**
 * AlterConfigs (key 33), versions 0-2. What a resource sets for itself becomes what the request says, and nothing else.
 * Deviates: a resource that stands twice is answered; a controller's listener answers for its own node as a broker's.  Source: KIP-133, KIP-226.
 */
export const alterConfigsHandler = defineHandler({
  api: AlterConfigsApi,
  listeners: ['broker', 'controller'],
  handle: (context, request) => editConfigs(context, AlterConfigsApi, request, (resource) => judge(context, resource)),
})

function judge(context: RequestContext, { resourceType: type, resourceName: name, configs }: AlterConfigsRequest['resources'][number]): Judged {
  const refusal = nullRefusal(configs.filter(({ value }) => value === null)) ?? resourceRefusal(context, type, name)
  if (refusal !== null) return refusal
  const edit: ConfigEdit = { type, name, kind: 'replace', values: new Map(configs.map((config) => [config.name, config.value ?? ''])) }
  return brokerRefusal(context.services, edit) ?? edit
}
