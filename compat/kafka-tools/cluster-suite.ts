import { type Cluster, startCluster } from '../support/cluster/cluster.ts'
import type { NodePlan, Roles } from '../support/cluster/node-plan.ts'
import { type JavaTools, startJavaTools, type ToolResult } from '../support/java-tools.ts'
import type { Settings } from '../support/properties-file.ts'
import { type Arguments, argumentList, TOOLS, type Tool } from './tool-suite.ts'

/** A cluster and one JVM for the tools that a file of tests runs against its nodes, one after another. */
export interface ClusterSuite extends AsyncDisposable {
  readonly cluster: Cluster
  /** Runs a tool with `--bootstrap-server` of one broker. */
  run(brokerId: number, tool: Tool, args: Arguments): Promise<ToolResult>
  /** Runs a tool that must succeed, and gives what it printed. */
  output(brokerId: number, tool: Tool, args: Arguments): Promise<string>
  /** The same with `--bootstrap-controller` of one controller. */
  outputOfController(controllerId: number, tool: Tool, args: Arguments): Promise<string>
}

/**
 * Nodes of Odradek, or with ODRADEK_UNDER_TEST=kafka of Apache Kafka, each in a rack of its own: what fails there is not promised.
 * @param roles of nodes 1, 2, …
 * @param own   settings of one of them, by its index
 */
export async function startClusterSuite(
  roles: readonly Roles[],
  settings: Settings = {},
  own: (index: number) => Settings = () => ({}),
): Promise<ClusterSuite> {
  await using starting = new AsyncDisposableStack()
  const tools = starting.use(await startJavaTools())
  const kind = process.env.ODRADEK_UNDER_TEST === 'kafka' ? 'kafka' : 'odradek'
  const nodes = roles.map((role, index): NodePlan => ({ id: index + 1, kind, roles: role, settings: { 'broker.rack': `rack-${index + 1}`, ...own(index) } }))
  const shared = { 'broker.session.timeout.ms': 4000, 'broker.heartbeat.interval.ms': 1000, 'auto.leader.rebalance.enable': false, ...settings }
  const cluster = starting.use(await startCluster({ nodes, settings: shared }))
  const owned = starting.move()
  const run = (brokerId: number, tool: Tool, args: Arguments) => runTool(tools, tool, ['--bootstrap-server', clientsAt(cluster, brokerId)], args)
  return {
    cluster,
    run,
    output: async (brokerId, tool, args) => printed(tool, args, await run(brokerId, tool, args)),
    outputOfController: async (id, tool, args) => printed(tool, args, await runTool(tools, tool, ['--bootstrap-controller', controllerAt(cluster, id)], args)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** Sub-commands come before the options in some tools. */
function runTool(tools: JavaTools, tool: Tool, whom: readonly string[], args: Arguments): Promise<ToolResult> {
  const list = argumentList(args)
  const hasCommand = tool === 'kafka-cluster'
  return tools.run(TOOLS[tool], hasCommand ? [...list.slice(0, 1), ...whom, ...list.slice(1)] : [...whom, ...list])
}

function printed(tool: Tool, args: Arguments, { exit, stdout, stderr }: ToolResult): string {
  if (exit !== 0) throw new Error(`${tool} ${args} ended with ${exit}:\n${stdout}${stderr}`)
  return stdout
}

function clientsAt(cluster: Cluster, brokerId: number): string {
  return `127.0.0.1:${cluster.clientPort(brokerId)}`
}

function controllerAt(cluster: Cluster, id: number): string {
  return `127.0.0.1:${cluster.node(id).place.ports.controller?.advertised}`
}
