import { type BrokerUnderTest, startBrokerUnderTest } from '../support/broker-under-test.ts'
import { type JavaTools, startJavaTools, type ToolOptions, type ToolResult } from '../support/java-tools.ts'

/** The classes behind Apache Kafka's scripts, by the scripts' names; one that has no script has a name like theirs. */
export const TOOLS = {
  'kafka-acls': 'org.apache.kafka.tools.AclCommand',
  'kafka-broker-api-versions': 'org.apache.kafka.tools.BrokerApiVersionsCommand',
  'kafka-client-metrics': 'org.apache.kafka.tools.ClientMetricsCommand',
  'kafka-client-compatibility': 'org.apache.kafka.tools.ClientCompatibilityTest',
  'kafka-cluster': 'org.apache.kafka.tools.ClusterTool',
  'kafka-configs': 'kafka.admin.ConfigCommand',
  'kafka-console-consumer': 'org.apache.kafka.tools.consumer.ConsoleConsumer',
  'kafka-console-producer': 'org.apache.kafka.tools.ConsoleProducer',
  'kafka-consumer-groups': 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
  'kafka-consumer-perf-test': 'org.apache.kafka.tools.ConsumerPerformance',
  'kafka-delegation-tokens': 'org.apache.kafka.tools.DelegationTokenCommand',
  'kafka-delete-records': 'org.apache.kafka.tools.DeleteRecordsCommand',
  'kafka-dump-log': 'org.apache.kafka.tools.DumpLogSegments',
  'kafka-e2e-latency': 'org.apache.kafka.tools.EndToEndLatency',
  'kafka-features': 'org.apache.kafka.tools.FeatureCommand',
  'kafka-get-offsets': 'org.apache.kafka.tools.GetOffsetShell',
  'kafka-groups': 'org.apache.kafka.tools.GroupsCommand',
  'kafka-leader-election': 'org.apache.kafka.tools.LeaderElectionCommand',
  'kafka-metadata-quorum': 'org.apache.kafka.tools.MetadataQuorumCommand',
  'kafka-log-dirs': 'org.apache.kafka.tools.LogDirsCommand',
  'kafka-producer-perf-test': 'org.apache.kafka.tools.ProducerPerformance',
  'kafka-reassign-partitions': 'org.apache.kafka.tools.reassign.ReassignPartitionsCommand',
  'kafka-replica-verification': 'org.apache.kafka.tools.ReplicaVerificationTool',
  'kafka-share-groups': 'org.apache.kafka.tools.consumer.group.ShareGroupCommand',
  'kafka-storage': 'kafka.tools.StorageTool',
  'kafka-streams-application-reset': 'org.apache.kafka.tools.StreamsResetter',
  'kafka-streams-groups': 'org.apache.kafka.tools.streams.StreamsGroupCommand',
  'kafka-topics': 'org.apache.kafka.tools.TopicCommand',
  'kafka-transactions': 'org.apache.kafka.tools.TransactionsCommand',
  'kafka-verifiable-consumer': 'org.apache.kafka.tools.VerifiableConsumer',
  'kafka-verifiable-producer': 'org.apache.kafka.tools.VerifiableProducer',
} as const

export type Tool = keyof typeof TOOLS

/** One string, split at spaces, or the arguments one by one where they contain some. */
export type Arguments = string | readonly string[]

export function argumentList(args: Arguments): readonly string[] {
  return typeof args === 'string' ? args.split(' ').filter((word) => word !== '') : args
}

/** The broker under test and one JVM for the tools that a file of tests runs against it, one after another. */
export interface ToolSuite extends AsyncDisposable {
  readonly broker: BrokerUnderTest
  /** Runs a tool with `--bootstrap-server` and these arguments. */
  run(tool: Tool, args: Arguments, options?: ToolOptions): Promise<ToolResult>
  /** The same for tools that read files and ask no broker, or that are told in another way whom to ask. */
  runOffline(tool: Tool, args: Arguments, options?: ToolOptions): Promise<ToolResult>
  /** Runs a tool that must succeed, and gives what it printed. */
  output(tool: Tool, args: Arguments, options?: ToolOptions): Promise<string>
}

export async function startToolSuite(settings: Readonly<Record<string, string | number | boolean>> = {}): Promise<ToolSuite> {
  await using starting = new AsyncDisposableStack()
  const broker = starting.use(await startBrokerUnderTest(settings))
  const tools = starting.use(await startJavaTools())
  const owned = starting.move()
  return {
    broker,
    run: (tool, args, options) => tools.run(TOOLS[tool], ['--bootstrap-server', broker.bootstrap, ...argumentList(args)], options),
    runOffline: (tool, args, options) => tools.run(TOOLS[tool], argumentList(args), options),
    output: (tool, args, options) => outputOf(tools, broker, tool, args, options),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function outputOf(tools: JavaTools, broker: BrokerUnderTest, tool: Tool, args: Arguments, options?: ToolOptions): Promise<string> {
  const result = await tools.run(TOOLS[tool], ['--bootstrap-server', broker.bootstrap, ...argumentList(args)], options)
  if (result.exit !== 0) throw new Error(`${tool} ${args} ended with ${result.exit}:\n${result.stdout}${result.stderr}`)
  return result.stdout
}

let names = 0
/** A topic or group that no other test of the file uses. */
export function unique(prefix: string): string {
  return `${prefix}-${++names}`
}

/** Lines that were printed, without the empty ones, each with single spaces between its columns. */
export function rows(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim().replace(/\s+/g, ' '))
    .filter((line) => line !== '')
}
