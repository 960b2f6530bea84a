import { join } from 'node:path'

/** How Kafka's own scripts (kafka-run-class.sh of 4.3.1) run broker and tools, with a log that says warnings only. The heap comes on top. */
export const JVM_OPTIONS = [
  '-server',
  '-XX:+UseG1GC',
  '-XX:MaxGCPauseMillis=20',
  '-XX:InitiatingHeapOccupancyPercent=35',
  '-XX:+ExplicitGCInvokesConcurrent',
  '-Djava.awt.headless=true',
  `-Dlog4j2.configurationFile=${join(import.meta.dirname, 'log4j2-warnings.properties')}`,
] as const
