import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const REPOSITORY = join(import.meta.dirname, '../..')

export function readRepository(path: string): string {
  return readFileSync(join(REPOSITORY, path), 'utf8')
}

/** The Dockerfile, a line for each instruction. */
export const dockerfile = readRepository('docker/Dockerfile').replaceAll('\\\n', '')

/** The variables of the image. */
export function imageEnvironment(): Record<string, string> {
  const [, variables = ''] = /^ENV (.*)$/m.exec(dockerfile) ?? []
  return Object.fromEntries(variables.split(/\s+/).map((pair) => pair.split(/=(.*)/s).slice(0, 2)))
}
