import { ErrorCode } from '../../protocol/error-codes.ts'
import { assert } from '../base/assert.ts'
import { brokerChangeRefusal, replacementRefusal } from '../config/broker-change.ts'
import { parseJavaInt } from '../config/java-int.ts'
import type { ConfigEdit, ControllerError } from '../controller/controller.ts'
import { failure } from '../controller/controller-error.ts'
import { answerOf } from '../controller/rejection.ts'
import { ConfigResourceType, configOverrides } from '../metadata/image.ts'
import type { RequestContext } from './request-context.ts'
import type { Services } from './services.ts'

/** One resource of AlterConfigs or IncrementalAlterConfigs. */
export interface AlteredResource<Config extends { readonly name: string }> {
  readonly resourceType: number
  readonly resourceName: string
  readonly configs: readonly Config[]
}

interface AlterRequest<Config extends { readonly name: string }> {
  readonly resources: readonly AlteredResource<Config>[]
  readonly validateOnly: boolean
}

/** What the broker by itself makes of a resource: an answer, or what the controller is to decide. */
export type Judged = ControllerError | ConfigEdit

/**
 * Judges each resource, asks the controller for what is left and gives the answers in the order of the request.
 * Source: kafka.server.ConfigAdminManager.
 */
export async function editConfigs<Config extends { readonly name: string }>(
  context: RequestContext,
  { resources, validateOnly }: AlterRequest<Config>,
  judge: (resource: AlteredResource<Config>) => Judged,
) {
  const repeated = repeatedResources(resources)
  const judged = resources.map((resource) => ({
    resourceType: resource.resourceType,
    resourceName: resource.resourceName,
    verdict: repeated.has(keyOf(resource)) ? refused('Each resource must appear at most once.') : (keysRefusal(resource) ?? judge(resource)),
  }))
  const edits = judged.map(({ verdict }) => verdict).filter((verdict) => 'kind' in verdict)
  const decided = (await decide(context, edits, validateOnly)).values()
  return judged.map(({ verdict, ...resource }) => {
    const error = 'kind' in verdict ? decided.next().value : verdict
    assert(error !== undefined, 'the controller answers for each resource')
    return { ...error, ...resource }
  })
}

/** The controller's answers, in the order of the edits. */
async function decide(
  { principal, services: { controller } }: RequestContext,
  edits: readonly ConfigEdit[],
  validateOnly: boolean,
): Promise<readonly ControllerError[]> {
  if (edits.length === 0) return []
  const answer = await answerOf(controller.alterConfigs({ principal }, { edits, validateOnly }))
  return answer.kind === 'refused' ? edits.map(() => answer.error) : answer.value
}

function keyOf({ resourceType, resourceName }: { readonly resourceType: number; readonly resourceName: string }): string {
  return `${resourceType}:${resourceName}`
}

function repeatedResources(resources: readonly { readonly resourceType: number; readonly resourceName: string }[]): ReadonlySet<string> {
  const seen = new Set<string>()
  return new Set(resources.map(keyOf).filter((key) => seen.size === seen.add(key).size))
}

function keysRefusal({ configs }: { readonly configs: readonly { readonly name: string }[] }): ControllerError | null {
  return new Set(configs.map(({ name }) => name)).size === configs.length ? null : refused('Error due to duplicate config keys')
}

/** @param nulls the settings that are given no value and need one */
export function nullRefusal(nulls: readonly { readonly name: string }[]): ControllerError | null {
  return nulls.length === 0 ? null : refused(`Null value not supported for : ${nulls.map(({ name }) => name).join(', ')}`)
}

const EDITED_TYPES: ReadonlySet<number> = new Set([
  ConfigResourceType.TOPIC,
  ConfigResourceType.BROKER,
  ConfigResourceType.CLIENT_METRICS,
  ConfigResourceType.GROUP,
])

/** A resource whose settings are not kept, or of another broker. */
export function resourceRefusal(nodeId: number, type: number, name: string): ControllerError | null {
  if (!EDITED_TYPES.has(type)) return refused(`Unknown resource type ${type}`)
  if (type !== ConfigResourceType.BROKER || name === '') return null
  const id = parseJavaInt(name)
  if (id === null) return refused(`Node id must be an integer, but it is: ${name}`)
  return id === nodeId ? null : refused(`Unexpected broker id, expected ${nodeId}, but received ${name}`)
}

/** Why this broker cannot take the settings; of other resources it says nothing. */
export function brokerRefusal({ config, metadata }: Services, edit: ConfigEdit): ControllerError | null {
  if (edit.type !== ConfigResourceType.BROKER) return null
  const layer = edit.name === '' ? 'default-broker' : 'broker'
  const refusal =
    edit.kind === 'replace'
      ? replacementRefusal(config, layer, edit.values)
      : brokerChangeRefusal(config, layer, configOverrides(metadata.image(), edit.type, edit.name), edit.changes)
  if (refusal === null) return null
  return failure(refusal.kind === 'config' ? ErrorCode.INVALID_CONFIG : ErrorCode.INVALID_REQUEST, refusal.message)
}

export function refused(message: string): ControllerError {
  return failure(ErrorCode.INVALID_REQUEST, message)
}
