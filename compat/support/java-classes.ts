import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { cachedDirectory } from './cache.ts'
import { runCommand } from './command.ts'
import { jdkProgram, kafkaJars } from './jars.ts'

/** A class path of compiled helpers of ours in front of Apache Kafka's jars. `sourceDirectory` holds `.java` files and what they load. */
export async function helperClassPath(sourceDirectory: string): Promise<string> {
  const { classPath } = await kafkaJars()
  const names = (await readdir(sourceDirectory)).filter((name) => name.endsWith('.java')).sort()
  const sources = names.map((name) => join(sourceDirectory, name))
  const hash = createHash('sha256')
  for (const source of sources) hash.update(await readFile(source))
  const classes = await cachedDirectory(`classes/${hash.digest('hex').slice(0, 16)}`, (directory) => compile(sources, classPath, directory))
  return [classes, sourceDirectory, classPath].join(delimiter)
}

async function compile(sources: readonly string[], classPath: string, directory: string): Promise<void> {
  const result = await runCommand(jdkProgram('javac'), ['-proc:none', '-nowarn', '-cp', classPath, '-d', directory, ...sources])
  if (result.exit !== 0) throw new Error(`javac refused the helpers:\n${result.stdout}${result.stderr}`)
}
