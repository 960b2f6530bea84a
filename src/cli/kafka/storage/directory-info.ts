import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseProperties } from '../../../config/sources/properties-file.ts'
import type { ExitCode, Output } from '../../command.ts'
import { readConfig } from './read-config.ts'

/** What the log directories are formatted as, and 1 where something is wrong with them. */
export function printInfo(config: string, output: Output): ExitCode {
  const { identity } = readConfig(config)
  const directories = [...new Set([...identity.logDirs, identity.metadataLogDir])].toSorted()
  const found = directories.filter(isDirectory)
  const problems = directories.flatMap(problemOf)
  const [first, ...others] = found.flatMap(metaPropertiesOf)
  for (const other of others) {
    if (other.get('cluster.id') !== first?.get('cluster.id')) problems.push('Mismatched cluster IDs between storage directories.')
    else if (other.get('node.id') !== first?.get('node.id')) problems.push('Mismatched node IDs between storage directories.')
  }
  output.out(listed('Found log director', found, 'y', 'ies'))
  if (first !== undefined) {
    const sorted = [...first].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([name, value]) => `${name}=${value}`)
    output.out(`Found metadata: {${sorted.join(', ')}}\n\n`)
  }
  output.out(listed('Found problem', problems, '', 's'))
  return problems.length === 0 ? 0 : 1
}

function listed(title: string, items: readonly string[], one: string, several: string): string {
  return items.length === 0 ? '' : `${title}${items.length === 1 ? one : several}:\n${items.map((item) => `  ${item}\n`).join('')}\n`
}

function isDirectory(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory()
}

function problemOf(path: string): string[] {
  if (!existsSync(path)) return [`${path} does not exist`]
  if (!isDirectory(path)) return [`${path} is not a directory`]
  return existsSync(metaPath(path)) ? [] : [`${path} is not formatted.`]
}

function metaPropertiesOf(path: string): ReadonlyMap<string, string>[] {
  const file = metaPath(path)
  if (!existsSync(file)) return []
  return [new Map(parseProperties(readFileSync(file, 'latin1'), file).map(({ name, text }) => [name, text]))]
}

function metaPath(path: string): string {
  return join(path, 'meta.properties')
}
