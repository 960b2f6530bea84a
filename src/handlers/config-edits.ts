import { ErrorCode } from '../../protocol/error-codes.ts'
import type { AnyApi } from '../../protocol/schema/notation.ts'
import { assert } from '../base/assert.ts'
import { brokerChangeRefusal, replacementRefusal } from '../config/changes/broker-change.ts'
import { parseJavaInt } from '../config/values/java-int.ts'
import type { ConfigEdit, ControllerError } from '../controller/controller.ts'
import { failure, plainFailure } from '../controller/controller-error.ts'
import { answerOf } from '../controller/rejection.ts'
import { ConfigResourceType, configOverrides } from '../metadata/image.ts'
import { forward } from './forwarded.ts'
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

/** What a response says of one resource. */
interface EditedResource extends ControllerError {
  readonly resourceType: number
  readonly resourceName: string
}

interface EditResponse {
  readonly throttleTimeMs: number
  readonly responses: readonly EditedResource[]
}

/**
 * Judges each resource, asks the active controller for what is left, wherever it is, and gives the answers in the order of the
 * request; null when the connection is closed instead.
 * Source: kafka.server.ConfigAdminManager.
 */
export async function editConfigs<Config extends { readonly name: string }>(
  context: RequestContext,
  api: AnyApi,
  request: AlterRequest<Config>,
  judge: (resource: AlteredResource<Config>) => Judged,
): Promise<EditResponse | null> {
  const repeated = repeatedResources(request.resources)
  const judged = request.resources.map((resource) => ({
    resource,
    verdict: repeated.has(keyOf(resource)) ? refused('Each resource must appear at most once.') : (keysRefusal(resource) ?? judge(resource)),
  }))
  const open = judged.flatMap(({ resource, verdict }) => ('kind' in verdict ? [{ resource, edit: verdict }] : []))
  const here = () => decide(context, open, request.validateOnly)
  const resources = open.map(({ resource }) => resource)
  const decided = open.length === 0 || context.listenerKind === 'controller' ? await here() : await forward(context, { api }, { ...request, resources }, here)
  if (decided === null) return null
  const answers = new Map((decided as EditResponse).responses.map((response) => [keyOf(response), response]))
  return {
    throttleTimeMs: 0,
    responses: judged.map(({ resource, verdict }) => {
      const error = 'kind' in verdict ? (answers.get(keyOf(resource)) ?? plainFailure(ErrorCode.UNKNOWN_SERVER_ERROR)) : verdict
      return { errorCode: error.errorCode, errorMessage: error.errorMessage, ...namesOf(resource) }
    }),
  }
}

function namesOf({ resourceType, resourceName }: { readonly resourceType: number; readonly resourceName: string }) {
  return { resourceType, resourceName }
}

/** The answers of this process's controller, in the order of the edits. */
async function decide(
  { principal, services: { controller } }: RequestContext,
  open: readonly { readonly resource: { readonly resourceType: number; readonly resourceName: string }; readonly edit: ConfigEdit }[],
  validateOnly: boolean,
): Promise<EditResponse> {
  if (open.length === 0) return { throttleTimeMs: 0, responses: [] }
  const answer = await answerOf(controller.alterConfigs({ principal }, { edits: open.map(({ edit }) => edit), validateOnly }))
  const errors = answer.kind === 'refused' ? open.map(() => answer.error) : answer.value
  const responses = open.map(({ resource }, index) => {
    const error = errors[index]
    assert(error !== undefined, 'the controller answers for each resource')
    return { ...error, ...namesOf(resource) }
  })
  return { throttleTimeMs: 0, responses }
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

/** A resource whose settings are not kept, or at a broker those of another one. */
export function resourceRefusal({ listenerKind, services: { nodeId } }: RequestContext, type: number, name: string): ControllerError | null {
  if (!EDITED_TYPES.has(type)) return refused(`Unknown resource type ${type}`)
  if (type !== ConfigResourceType.BROKER || name === '' || listenerKind === 'controller') return null
  const id = parseJavaInt(name)
  if (id === null) return refused(`Node id must be an integer, but it is: ${name}`)
  return id === nodeId ? null : refused(`Unexpected broker id, expected ${nodeId}, but received ${name}`)
}

/** Why this broker cannot take the settings; of other resources it says nothing. */
export function brokerRefusal({ nodeId, config, metadata }: Services, edit: ConfigEdit): ControllerError | null {
  if (edit.type !== ConfigResourceType.BROKER || (edit.name !== '' && parseJavaInt(edit.name) !== nodeId)) return null
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
