import { IncrementalAlterConfigsApi, type IncrementalAlterConfigsRequest } from '../../protocol/messages/incremental-alter-configs.ts'
import type { ConfigChange, ConfigOperation } from '../config/changes/config-operation.ts'
import type { ConfigEdit } from '../controller/controller.ts'
import { ConfigResourceType } from '../metadata/image.ts'
import { alterLoggers } from './alter-loggers.ts'
import { brokerRefusal, editConfigs, type Judged, nullRefusal, refused, resourceRefusal } from './config-edits.ts'
import { defineHandler } from './define-handler.ts'
import type { RequestContext } from './request-context.ts'

type Resource = IncrementalAlterConfigsRequest['resources'][number]

/** By the code of the field configOperation. */
const OPERATIONS: readonly ConfigOperation[] = ['set', 'delete', 'append', 'subtract']

/**
 * IncrementalAlterConfigs (key 44), versions 0-1. Changes single settings; levels of loggers, which are not kept, only here.
 * Deviates: an operation that nobody knows is refused for its resource alone, where Kafka's controller fails over it;
 * a controller's listener answers for its own node as a broker's.  Source: KIP-339, KIP-412 (loggers).
 */
export const incrementalAlterConfigsHandler = defineHandler({
  api: IncrementalAlterConfigsApi,
  listeners: ['broker', 'controller'],
  handle: (context, request) => editConfigs(context, IncrementalAlterConfigsApi, request, (resource) => judge(context, resource, request.validateOnly)),
})

function judge(context: RequestContext, { resourceType: type, resourceName: name, configs }: Resource, validateOnly: boolean): Judged {
  const nulls = nullRefusal(configs.filter(({ value, configOperation }) => value === null && OPERATIONS[configOperation] !== 'delete'))
  if (nulls !== null) return nulls
  const operations = configs.map((config) => ({ ...config, operation: OPERATIONS[config.configOperation] ?? null }))
  if (type === ConfigResourceType.BROKER_LOGGER) return alterLoggers(context.services, { name, operations, validateOnly })
  const refusal = resourceRefusal(context, type, name)
  if (refusal !== null) return refusal
  const changes: ConfigChange[] = []
  for (const { name: setting, operation, configOperation, value } of operations) {
    if (operation === null) return refused(`Unknown operations type ${configOperation}`)
    changes.push({ name: setting, operation, value })
  }
  const edit: ConfigEdit = { type, name, kind: 'change', changes }
  return brokerRefusal(context.services, edit) ?? edit
}
