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
