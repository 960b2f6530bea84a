import assert from 'node:assert/strict'
import { parseAllDocuments } from 'yaml'
import type { ComposeService } from './compose-file.ts'
import { readRepository } from './image-files.ts'

interface Variable {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: { readonly fieldRef: { readonly fieldPath: string } }
}

export interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string }
}

export interface StatefulSet {
  readonly kind: 'StatefulSet'
  readonly metadata: { readonly name: string }
  readonly spec: {
    readonly replicas: number
    readonly serviceName: string
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> }
      readonly spec: {
        readonly terminationGracePeriodSeconds: number
        readonly securityContext: { readonly runAsUser: number; readonly runAsGroup: number }
        readonly containers: readonly {
          readonly args: readonly string[]
          readonly env: readonly Variable[]
          readonly ports: readonly { readonly name: string; readonly containerPort: number }[]
          readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[]
          readonly resources: { readonly limits: { readonly memory: string } }
          readonly securityContext: { readonly readOnlyRootFilesystem: boolean }
          readonly livenessProbe: Probe
          readonly readinessProbe: Probe
        }[]
      }
    }
  }
}

export interface KubernetesObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> }
  readonly spec: Readonly<Record<string, unknown>>
}

export function readObjects(path: string): readonly KubernetesObject[] {
  return parseAllDocuments(readRepository(path)).map((document) => document.toJS() as KubernetesObject)
}

const NAMESPACE = 'default'

export function podName({ metadata }: StatefulSet, ordinal: number): string {
  return `${metadata.name}-${ordinal}`
}

/** The names that the headless service gives a pod. */
export function podAliases({ spec: { serviceName } }: StatefulSet, name: string): readonly string[] {
  return [`${name}.${serviceName}`, `${name}.${serviceName}.${NAMESPACE}.svc`]
}

/** A pod as something that is started: what Kubernetes makes of its variables and arguments. */
export function podService({ spec }: StatefulSet, name: string): ComposeService {
  const { securityContext, containers } = spec.template.spec
  const [container] = containers
  assert(container, 'a pod without a container')
  const environment: Record<string, string> = {}
  for (const variable of container.env) environment[variable.name] = expand(fieldOrValue(variable, name), environment)
  return {
    environment,
    command: container.args,
    volumes: container.volumeMounts.map((mount) => `${mount.name}:${mount.mountPath}`),
    user: `${securityContext.runAsUser}:${securityContext.runAsGroup}`,
    read_only: container.securityContext.readOnlyRootFilesystem,
    mem_limit: container.resources.limits.memory,
  }
}

function fieldOrValue({ value = '', valueFrom }: Variable, podName: string): string {
  const fields: Readonly<Record<string, string>> = { 'metadata.name': podName, 'metadata.namespace': NAMESPACE }
  if (valueFrom === undefined) return value
  const field = fields[valueFrom.fieldRef.fieldPath]
  if (field === undefined) throw new Error(`the tests know no field ${valueFrom.fieldRef.fieldPath} of a pod`)
  return field
}

/** `$(NAME)` of a variable before. */
function expand(text: string, before: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\((\w+)\)/g, (written, name) => before[name] ?? written)
}
