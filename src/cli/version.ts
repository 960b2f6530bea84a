import { existsSync, readFileSync } from 'node:fs'

/** The version in `package.json`, which stands two folders up from the sources and three from the build. */
export function version(): string {
  const file = ['../../package.json', '../../../package.json'].map((path) => new URL(path, import.meta.url)).find((url) => existsSync(url))
  if (file === undefined) return 'of unknown version'
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version
}
