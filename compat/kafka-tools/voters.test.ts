import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePorts } from '../../test/support/free-ports.ts'
import { temporaryDirectory } from '../support/broker-under-test.ts'
import { type ClusterNode, makeNode } from '../support/cluster/cluster-node.ts'
import { type NodeKind, type NodePlace, nodeSettings } from '../support/cluster/node-plan.ts'
import { runCommand } from '../support/command.ts'
import { type JavaTools, startJavaTools } from '../support/java-tools.ts'
import { formattedMark } from '../support/kafka-process.ts'
import { ODRADEK_PROGRAM } from '../support/odradek-process.ts'
import { ORACLE_CLUSTER_ID } from '../support/oracle-node.ts'
import { propertiesText, type Settings } from '../support/properties-file.ts'
import { TOOLS } from './tool-suite.ts'

/** Odradek, or with ODRADEK_UNDER_TEST=kafka Apache Kafka: what fails there is not promised. */
const KIND: NodeKind = process.env.ODRADEK_UNDER_TEST === 'kafka' ? 'kafka' : 'odradek'
const TIMEOUT_MS = 180_000
const PATIENCE_MS = 30_000

let tools: JavaTools
const owned = new AsyncDisposableStack()
beforeAll(async () => {
  tools = owned.use(await startJavaTools())
})
afterAll(() => owned.disposeAsync())

/** Three nodes with both roles: the first begins the quorum, the others follow it. */
class Quorum implements AsyncDisposable {
  readonly #directory: string
  readonly #places: readonly NodePlace[]
  readonly #shared: Settings
  readonly #nodes: ClusterNode[] = []

  private constructor(directory: string, places: readonly NodePlace[], shared: Settings) {
    this.#directory = directory
    this.#places = places
    this.#shared = shared
  }

  static async start(more: Settings, kind = KIND): Promise<Quorum> {
    const { path } = owned.use(await temporaryDirectory())
    const ports = await freePorts(9)
    const way = (port = 0) => ({ bound: port, advertised: port })
    const places = [1, 2, 3].map((id): NodePlace => {
      const [client = 0, replication, controller] = ports.slice(3 * (id - 1))
      const plan = { id, kind, roles: 'broker,controller' } as const
      return { plan, directory: join(path, `node-${id}`), ports: { client, replication: way(replication), controller: way(controller) } }
    })
    const servers = places.map(({ ports: { controller } }) => `127.0.0.1:${controller?.bound}`).join()
    const quorum = new Quorum(path, places, { 'controller.quorum.bootstrap.servers': servers, ...more })
    for (const { plan } of places) await quorum.run(plan.id)
    return quorum
  }

  /** Starts a node; where its directory is new, formats it first. */
  async run(id: number, change: Settings = {}): Promise<ClusterNode> {
    const place = this.#places[id - 1] as NodePlace
    const settings = nodeSettings(place, this.#shared, change)
    const formatArguments = id === 1 ? ['--standalone'] : ['--no-initial-controllers']
    const node = makeNode({ place, settings, clusterId: ORACLE_CLUSTER_ID, formatArguments })
    this.#nodes[id - 1] = node
    await node.start()
    return node
  }

  node(id: number): ClusterNode {
    return this.#nodes[id - 1] as ClusterNode
  }

  /** The node dies with what it has stored; its next run formats its directory anew. */
  async loseDisk(id: number): Promise<void> {
    const { dataDirectory, place } = this.node(id)
    await this.node(id).kill()
    await rm(dataDirectory, { recursive: true })
    await rm(formattedMark(place.directory), { force: true })
  }

  async directoryId(id: number): Promise<string> {
    const text = await readFile(join(this.node(id).dataDirectory, 'meta.properties'), 'utf8')
    return /^directory\.id=(.*)$/m.exec(text)?.[1] ?? ''
  }

  /** What the tool says, asked at the node `at`: which nodes there are in which role. */
  async replicas(at: number): Promise<Readonly<Record<string, string>>> {
    const { stdout, exit } = await this.#ask(['--bootstrap-server', this.#client(at), 'describe', '--replication'])
    if (exit !== 0) return {}
    const lines = stdout.trim().split('\n').slice(1)
    return Object.fromEntries(lines.map((line) => line.trim().split(/\s+/)).map((columns) => [`${columns[0]} ${columns[1]}`, columns.at(-1) ?? '']))
  }

  async status(at: number): Promise<string> {
    return (await this.#ask(['--bootstrap-server', this.#client(at), 'describe', '--status'])).stdout
  }

  async add(id: number) {
    const file = join(this.#directory, `add-${id}.properties`)
    await writeFile(file, propertiesText(nodeSettings(this.#places[id - 1] as NodePlace, this.#shared, {})))
    return this.#ask(['--bootstrap-controller', this.#controller(1), '--command-config', file, 'add-controller'])
  }

  /** The same by our own command. */
  ownAdd(id: number, at: number) {
    const { ports } = this.#places[id - 1] as NodePlace
    const listener = `CONTROLLER://127.0.0.1:${ports.controller?.advertised}`
    return this.#odradek(at, 'cluster', 'add-controller', String(id), '--listener', listener)
  }

  ownRemove(id: number, at: number) {
    return this.#odradek(at, 'cluster', 'remove-controller', String(id))
  }

  #odradek(at: number, ...args: readonly string[]) {
    return runCommand(process.execPath, [ODRADEK_PROGRAM, ...args, '--bootstrap-server', this.#client(at)])
  }

  async remove(id: number, at: number) {
    const which = ['--controller-id', String(id), '--controller-directory-id', await this.directoryId(id)]
    return this.#ask(['--bootstrap-server', this.#client(at), 'remove-controller', ...which])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node[Symbol.asyncDispose]()))
  }

  #client(id: number): string {
    return `127.0.0.1:${this.#places[id - 1]?.ports.client}`
  }

  #controller(id: number): string {
    return `127.0.0.1:${this.#places[id - 1]?.ports.controller?.bound}`
  }

  #ask(args: readonly string[]) {
    return tools.run(TOOLS['kafka-metadata-quorum'], args)
  }
}

/** Voters and observers by id and directory; who of the voters leads does not matter. */
async function until(quorum: Quorum, at: number, wanted: Readonly<Record<string, string>>): Promise<void> {
  const told = async () => Object.fromEntries(Object.entries(await quorum.replicas(at)).map(([who, role]) => [who, role === 'Observer' ? role : 'Voter']))
  await expect.poll(told, { timeout: PATIENCE_MS, interval: 500 }).toMatchObject(wanted)
}

test('controllers are added and removed by kafka-metadata-quorum, asked at any node', { timeout: TIMEOUT_MS }, async () => {
  await using quorum = await Quorum.start({})
  const who = await Promise.all([1, 2, 3].map(async (id) => `${id} ${await quorum.directoryId(id)}`))
  const [first = '', second = '', third = ''] = who
  await until(quorum, 3, { [first]: 'Voter', [second]: 'Observer', [third]: 'Observer' })
  for (const id of [2, 3]) {
    const { exit, stdout } = await quorum.add(id)
    expect({ exit, stdout }).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining(`Added controller ${id} with directory id ${await quorum.directoryId(id)}`),
    })
  }
  await until(quorum, 2, { [first]: 'Voter', [second]: 'Voter', [third]: 'Voter' })
  // Nobody lost the lead by that.
  expect(await quorum.status(1)).toMatch(/LeaderId: +1\nLeaderEpoch: +1\n/)
  expect((await quorum.add(3)).stderr).toContain('is already part of the set of voters')
  expect(await quorum.remove(2, 3)).toMatchObject({ exit: 0 })
  await until(quorum, 2, { [first]: 'Voter', [second]: 'Observer', [third]: 'Voter' })
  expect((await quorum.remove(2, 3)).stderr).toContain('Cannot remove voter ReplicaKey(id=2')
})

test.each(['odradek', 'kafka'] as const)('odradek’s own commands add and remove controllers of %s', { timeout: TIMEOUT_MS }, async (kind) => {
  await using quorum = await Quorum.start({}, kind)
  const who = await Promise.all([1, 2, 3].map(async (id) => `${id} ${await quorum.directoryId(id)}`))
  const [first = '', second = '', third = ''] = who
  await until(quorum, 3, { [first]: 'Voter', [second]: 'Observer', [third]: 'Observer' })
  for (const id of [2, 3]) expect(await quorum.ownAdd(id, 3)).toMatchObject({ exit: 0, stderr: '' })
  await until(quorum, 2, { [first]: 'Voter', [second]: 'Voter', [third]: 'Voter' })
  expect(await quorum.ownAdd(3, 1)).toMatchObject({ exit: 1, stderr: 'Controller 3 has a vote already.\n' })
  expect((await quorum.add(3)).exit).toBe(1)
  expect(await quorum.ownRemove(2, 3)).toMatchObject({ exit: 0, stderr: '' })
  await until(quorum, 2, { [first]: 'Voter', [second]: 'Observer', [third]: 'Voter' })
  expect(await quorum.ownRemove(2, 3)).toMatchObject({ exit: 1, stderr: 'No controller 2 votes: there are 1, 3.\n' })
})

test('controllers join by themselves, also one whose disk was replaced; and the quorum outlives its leader', { timeout: TIMEOUT_MS }, async () => {
  await using quorum = await Quorum.start({ 'controller.quorum.auto.join.enable': true })
  const key = async (id: number) => `${id} ${await quorum.directoryId(id)}`
  const [first, lost, third] = [await key(1), await key(2), await key(3)]
  await until(quorum, 1, { [first]: 'Voter', [lost]: 'Voter', [third]: 'Voter' })
  await quorum.loseDisk(2)
  await quorum.run(2)
  const second = await key(2)
  expect(second).not.toBe(lost)
  await until(quorum, 1, { [first]: 'Voter', [second]: 'Voter', [third]: 'Voter' })
  await quorum.node(1).kill()
  await expect.poll(() => quorum.status(3), { timeout: PATIENCE_MS, interval: 500 }).toMatch(/LeaderId: +[23]\n/)
  await quorum.run(1)
  await until(quorum, 1, { [first]: 'Voter', [second]: 'Voter', [third]: 'Voter' })
})

test('a voter that moved tells the quorum where it listens', { timeout: TIMEOUT_MS }, async () => {
  await using quorum = await Quorum.start({ 'controller.quorum.auto.join.enable': true })
  await expect.poll(() => quorum.status(1), { timeout: PATIENCE_MS, interval: 500 }).toMatch(/CurrentObservers: +\[\]/)
  const { ports } = quorum.node(3).place
  const [moved = 0] = await freePorts(1)
  await quorum.node(3).stop()
  const listeners = `PLAINTEXT://127.0.0.1:${ports.client},REPLICATION://127.0.0.1:${ports.replication?.bound},CONTROLLER://127.0.0.1:${moved}`
  await quorum.run(3, { listeners, 'advertised.listeners': listeners })
  await expect.poll(() => quorum.status(1), { timeout: PATIENCE_MS, interval: 500 }).toContain(`CONTROLLER://127.0.0.1:${moved}`)
})
