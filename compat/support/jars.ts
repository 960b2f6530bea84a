import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cachedDirectory } from './cache.ts'
import { runCommand } from './command.ts'
import { KAFKA_VERSION } from './kafka-version.ts'

const OLDEST_JDK = 17

export interface KafkaJars {
  readonly directory: string
  /** For `java -cp`: `<directory>/*`. */
  readonly classPath: string
}

/**
 * The jars of Apache Kafka and its tools with all they need, fetched from Maven Central by `pom.xml` the first time.
 * Throws one sentence that says what to install when there is no JDK or no Maven.
 */
export async function kafkaJars(): Promise<KafkaJars> {
  return await jarsOf('pom.xml', 'libs')
}

/** The jars of kafka-metadata-shell with all they need, which Apache Kafka has apart. Throws as `kafkaJars` does. */
export async function metadataShellJars(): Promise<KafkaJars> {
  return await jarsOf('shell-pom.xml', 'shell')
}

async function jarsOf(pom: string, name: string): Promise<KafkaJars> {
  await requireJdk()
  const directory = await cachedDirectory(`kafka-${KAFKA_VERSION}/${name}`, (target) => fetchJars(pom, target))
  return { directory, classPath: join(directory, '*') }
}

/** `java`, `javac`, `keytool` of JAVA_HOME, or the ones on the path. */
export function jdkProgram(name: 'java' | 'javac' | 'keytool'): string {
  const home = process.env.JAVA_HOME
  return home === undefined || home === '' ? name : join(home, 'bin', name)
}

let jdkChecked: Promise<void> | undefined

function requireJdk(): Promise<void> {
  jdkChecked ??= checkJdk()
  return jdkChecked
}

async function checkJdk(): Promise<void> {
  const javac = await runCommand(jdkProgram('javac'), ['-version']).catch(() => undefined)
  const version = /javac (\d+)/.exec(`${javac?.stdout}${javac?.stderr}`)?.[1]
  if (version === undefined) throw new Error(`The compatibility tests need a JDK ${OLDEST_JDK} or newer (javac was not found): install one, or set JAVA_HOME.`)
  if (Number(version) < OLDEST_JDK) throw new Error(`The compatibility tests need a JDK ${OLDEST_JDK} or newer, but javac is ${version}: set JAVA_HOME.`)
}

async function fetchJars(pom: string, directory: string): Promise<void> {
  await copyFile(join(import.meta.dirname, pom), join(directory, 'pom.xml'))
  const args = ['--batch-mode', '--quiet', 'dependency:copy-dependencies', '-DoutputDirectory=.', '-DincludeScope=runtime']
  const maven = await runCommand('mvn', args, { cwd: directory }).catch((cause: unknown) => {
    throw new Error(`The compatibility tests fetch Apache Kafka ${KAFKA_VERSION} with Maven, and mvn was not found: install it.`, { cause })
  })
  if (maven.exit !== 0) throw new Error(`mvn could not fetch Apache Kafka ${KAFKA_VERSION}:\n${maven.stdout}${maven.stderr}`)
}
