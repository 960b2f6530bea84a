import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { areLeftOut } from '../processes/left-out.ts'
import { whyNoNamespaces } from '../processes/network.ts'
import { temporaryDirectory } from '../support/broker-under-test.ts'
import { runCommand } from '../support/command.ts'
import type { Machine } from '../support/network-namespaces.ts'
import { BUILD_MS, serviceSource } from './built-image.ts'
import type { ComposeService } from './compose-file.ts'
import { type KubernetesObject, podAliases, podName, podService, readObjects, type StatefulSet } from './pods.ts'
import type { Service } from './service.ts'
import { makeServiceNetwork, type ServiceNetwork } from './service-network.ts'
import { roundTrip, type ServicePlace, startServices, WRITTEN } from './started-services.ts'

const objects = [...readObjects('k8s/service.yaml'), ...readObjects('k8s/statefulset.yaml')]
const statefulSet = objects.find(({ kind }) => kind === 'StatefulSet') as unknown as StatefulSet
const template = statefulSet.spec.template
const container = template.spec.containers[0] as StatefulSet['spec']['template']['spec']['containers'][number]
const pods = [0, 1, 2, 3].map((ordinal) => podName(statefulSet, ordinal))
const BOOTSTRAP = pods.slice(0, 3).map((name) => `${name}.${statefulSet.spec.serviceName}:9092`)
const STEADY_WRITES = join(import.meta.dirname, 'steady-writes.ts')
const ENOUGH_WRITES = 20

describe('the objects for Kubernetes', () => {
  test('choose the pods by their label, and name ports that there are', () => {
    const ports = container.ports.map(({ name }) => name)
    expect(template.metadata.labels).toEqual({ app: 'message-queue' })
    for (const { metadata } of objects) expect(metadata.labels).toEqual({ app: 'message-queue' })
    for (const { spec } of objects.filter(({ kind }) => kind === 'Service')) {
      expect(spec.selector).toEqual(template.metadata.labels)
      for (const { targetPort } of spec.ports as readonly { readonly targetPort: string }[]) expect(ports).toContain(targetPort)
    }
    for (const { httpGet } of [container.livenessProbe, container.readinessProbe]) expect(ports).toContain(httpGet.port)
  })

  test('keep the data in the claim, where the image has them', () => {
    const claims = (statefulSet.spec as unknown as { readonly volumeClaimTemplates: readonly KubernetesObject[] }).volumeClaimTemplates
    expect(claims.map(({ metadata }) => metadata.name)).toEqual(['data'])
    expect(container.volumeMounts.find(({ name }) => name === 'data')?.mountPath).toBe('/var/lib/message-queue/data')
  })

  test('have a name for each pod by the service that the set names', () => {
    const headless = objects.find(({ metadata }) => metadata.name === statefulSet.spec.serviceName)
    expect(headless?.spec).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true })
  })
})

const cannotRun = areLeftOut(await whyNoNamespaces())
const source = await serviceSource()

describe.skipIf(cannotRun)(`the pods of the set, ${source.name},`, () => {
  const stack = new AsyncDisposableStack()
  const running = new Map<string, Service>()
  let network: ServiceNetwork
  let place: ServicePlace

  const service = (name: string) => running.get(name) as Service
  const start = async (names: readonly string[]) => {
    const services: Record<string, ComposeService> = Object.fromEntries(names.map((name) => [name, podService(statefulSet, name)]))
    for (const [name, started] of await startServices(place, services, stack)) running.set(name, started)
    await Promise.all(names.map((name) => service(name).printed('odradek is ready')))
  }

  beforeAll(async () => {
    const aliases = Object.fromEntries(pods.map((name) => [name, podAliases(statefulSet, name)]))
    network = stack.use(await makeServiceNetwork([...pods, 'client'], aliases))
    place = { network, directory: stack.use(await temporaryDirectory()).path, image: await source.image() }
    await start(pods.slice(0, 3))
  }, BUILD_MS)
  afterAll(() => stack.disposeAsync())

  test('are one cluster with the numbers of their ordinals', async () => {
    expect(await roundTrip(network.machine('client'), BOOTSTRAP.join(','), 'orders')).toEqual({
      read: WRITTEN,
      brokers: [0, 1, 2].map((ordinal) => `${ordinal}@${podName(statefulSet, ordinal)}.message-queue-headless.default.svc:9092`),
    })
  })

  test('answer the probes at the addresses that Kubernetes asks', async () => {
    for (const { httpGet } of [container.livenessProbe, container.readinessProbe]) {
      const port = container.ports.find(({ name }) => name === httpGet.port)?.containerPort
      expect(await statusOf(network.machine('client'), `http://${network.machine(pods[1] as string).address}:${port}${httpGet.path}`)).toBe('200')
    }
  })

  test('a fourth one is a broker without a vote', async () => {
    await start([pods[3] as string])
    const { brokers } = await roundTrip(network.machine('client'), `${pods[3]}:9092`, 'with-four')
    expect(brokers).toHaveLength(4)
  })

  test('one that is told to stop hands over what it leads: no write fails, and it is gone within its grace period', async () => {
    const [program, ...args] = network.machine('client').command(process.execPath, STEADY_WRITES, BOOTSTRAP.join(','), 'steady', String(ENOUGH_WRITES))
    const writer = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    let printed = ''
    writer.stdout.on('data', (chunk) => {
      printed += chunk
    })
    await once(writer.stdout, 'data')
    const startedMs = Date.now()
    for (const name of [pods[3], pods[2]] as readonly string[]) expect(await service(name).stop()).toBe(0)
    expect(Date.now() - startedMs).toBeLessThan(template.spec.terminationGracePeriodSeconds * 1000)
    await start([pods[2] as string])
    writer.stdin.end()
    await once(writer, 'close')
    const { acknowledged, failed } = JSON.parse(printed.split('\n')[1] as string) as { readonly acknowledged: number; readonly failed: number }
    expect(failed).toBe(0)
    expect(acknowledged).toBeGreaterThanOrEqual(ENOUGH_WRITES)
  })
})

async function statusOf(machine: Machine, url: string): Promise<string> {
  const [program, ...args] = machine.command(process.execPath, '-e', 'fetch(process.argv[1]).then(({ status }) => console.log(status))', url)
  return (await runCommand(program, args)).stdout.trim()
}
