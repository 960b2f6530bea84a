import { parse } from 'yaml'
import { readRepository } from './image-files.ts'

/** A broker of a compose file, as far as starting it goes. */
export interface ComposeService {
  readonly image?: string
  readonly hostname?: string
  readonly profiles?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly command?: readonly string[]
  readonly mem_limit?: string
  /** `UID:GID` */
  readonly user?: string
  readonly read_only?: boolean
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>
  readonly volumes?: Readonly<Record<string, unknown>>
}

/** A compose file of the repository, or what is written in that form, with `${NAME:-default}` as where NAME is not set; values are texts. */
export function readComposeFile<File extends ComposeFile = ComposeFile>(path: string): File {
  const text = readRepository(path).replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1')
  const file = parse(text, { merge: true }) as File
  const services = Object.entries(file.services).map(([name, service]) => [name, { ...service, environment: texts(service.environment ?? {}) }])
  return { ...file, services: Object.fromEntries(services) }
}

function texts(environment: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, String(value ?? '')]))
}

/** `127.0.0.1:9093:9092`: which port of the host leads to which of the container. */
export function publishedPort(text: string): { readonly host: number; readonly container: number } {
  const [container = 0, host = 0] = text.split(':').map(Number).reverse()
  return { host, container }
}

/** `name:/path`: the directories of a service that are volumes. */
export function volumePaths({ volumes = [] }: ComposeService): readonly string[] {
  return volumes.map((text) => text.split(':')[1] ?? text)
}

const MEMORY_UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 }

/** `2g`, or `2Gi` as Kubernetes writes it; null where there is no limit. */
export function memoryLimit({ mem_limit }: ComposeService): number | null {
  if (mem_limit === undefined) return null
  const [, number, unit = ''] = /^(\d+)([bkmg]?)i?b?$/i.exec(mem_limit) ?? []
  const factor = MEMORY_UNITS[unit.toLowerCase()]
  if (number === undefined || factor === undefined) throw new Error(`the tests know no limit such as ${mem_limit}`)
  return Number(number) * factor
}
