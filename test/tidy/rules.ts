import { posix } from 'node:path'
import { ENTRY_POINTS, LAYERS, layerOf } from './layers.ts'
import { type Import, lineOf, type SourceFile } from './source-file.ts'

export interface Violation {
  readonly path: string
  readonly line: number
  readonly rule: string
}

/** `path:line: rule`, so that a terminal makes a link of it. */
export function formatViolation({ path, line, rule }: Violation): string {
  return `${path}:${line}: ${rule}`
}

/** All of the rules on code that is `protocol/` or `src/`. */
export type Rule = (files: readonly SourceFile[]) => Violation[]

/** Imports between files are relative and end in `.ts`; what they name exists. */
export const importsAreRelativeFiles: Rule = (files) => {
  const paths = new Set(files.map((file) => file.path))
  return eachImport(files, (file, one) => {
    if (!isRelative(one)) return one.specifier.startsWith('/') || one.specifier.startsWith('#') ? 'imports are relative, without aliases' : null
    if (!one.specifier.endsWith('.ts')) return `the import of ${one.specifier} ends in .ts`
    return paths.has(targetOf(file, one)) ? null : `${one.specifier} is no file of protocol/ or src/`
  })
}

/** @param dependencies the names in `package.json` */
export const packagesAreDependencies =
  (dependencies: ReadonlySet<string>): Rule =>
  (files) =>
    eachImport(files, (_file, one) => {
      if (isRelative(one) || one.specifier.startsWith('node:')) return null
      const name = one.specifier
        .split('/')
        .slice(0, one.specifier.startsWith('@') ? 2 : 1)
        .join('/')
      return dependencies.has(name) ? null : `${one.specifier} is no dependency of the package (built-in modules are written node:…)`
    })

/** The layer table: an allow-list. */
export const layersImportOnlyWhatTheyMay: Rule = (files) =>
  eachImport(files, (file, one) => {
    if (!isRelative(one)) return null
    const from = layerOf(file.path)
    const to = layerOf(targetOf(file, one))
    if (from === null) return `${file.path} is in no layer of the design's table`
    if (to === null || from === to || LAYERS[from]?.includes(to)) return null
    return `${from} may not import ${to} (${one.specifier})`
  })

/** No file needs, over whatever detour, itself; types count too, since a reader follows them as well. */
export const noCycles: Rule = (files) => {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const state = new Map<string, 'open' | 'done'>()
  const violations: Violation[] = []
  const visit = (file: SourceFile, trail: readonly string[]) => {
    state.set(file.path, 'open')
    for (const one of file.imports) {
      const target = isRelative(one) ? byPath.get(targetOf(file, one)) : undefined
      if (target === undefined) continue
      if (state.get(target.path) === 'open') {
        const cycle = [...trail.slice(trail.indexOf(target.path)), target.path].join(' → ')
        violations.push({ path: file.path, line: one.line, rule: `a cycle of imports: ${cycle}` })
      } else if (!state.has(target.path)) {
        visit(target, [...trail, target.path])
      }
    }
    state.set(file.path, 'done')
  }
  for (const file of files) if (!state.has(file.path)) visit(file, [file.path])
  return violations
}

/** Exports have names, and stand where the thing is. */
export const noDefaultExportsAndNoBarrels: Rule = (files) => [
  ...eachMatch(files, /(?<![\w$.])export\s+default\b|\bas\s+default\b/g, () => 'no default exports'),
  ...eachMatch(files, /(?<![\w$.])export\s+(?:type\s+)?\{[^}]*\}(?!\s*from\b)/g, () => 'what is exported says so where it is declared'),
  ...eachImport(files, (file, one) => (one.kind === 're-export' && !ENTRY_POINTS.has(file.path) ? 'no file passes on what another exports' : null)),
]

const PORT_FREE = ['src/platform/', 'src/cli/']
const needsPorts = (file: SourceFile) => !PORT_FREE.some((folder) => file.path.startsWith(folder))

const FORBIDDEN_MODULES =
  /^node:(fs|net|tls|http|http2|https|dns|dgram|child_process|worker_threads|cluster|timers|perf_hooks|process|readline|repl|inspector)(\/.*)?$/

const FORBIDDEN_GLOBALS =
  /(?<![\w$.#])(Date|setTimeout|setInterval|setImmediate|clearTimeout|clearInterval|clearImmediate|performance|process|WeakRef|FinalizationRegistry|XMLHttpRequest|WebSocket)\b(?!\s*[?]?:)/g

/** Only the call of what nobody here declares: Kafka has so many things named fetch. */
const GLOBAL_FETCH = /(?:\b(?:await|return|void)|[=(,])\s*(fetch)\s*\(/g

const FORBIDDEN_MEMBERS =
  /\b(AbortSignal\.timeout|Math\.random|crypto\.(?:random\w*|getRandomValues|subtle)|globalThis)\b|\.(localeCompare|toLocale\w*String|toLocale(?:Lower|Upper)Case)\b/g

/** Without a port in between, simulation would lie: time, chance, files and sockets come from `src/base/ports.ts`. */
export const nothingBypassesThePorts: Rule = (files) => {
  const bound = files.filter(needsPorts)
  return [
    ...eachImport(bound, (_file, one) => (FORBIDDEN_MODULES.test(one.specifier) ? `${one.specifier} is reached through a port` : null)),
    ...eachMatch(bound, FORBIDDEN_GLOBALS, (found) => `${found} is reached through a port`),
    ...eachMatch(bound, GLOBAL_FETCH, (found) => `${found} is reached through a port`),
    ...eachMatch(bound, FORBIDDEN_MEMBERS, (found) => `${found} is reached through a port, or differs between machines`),
  ]
}

/** Modules whose functions come in a synchronous and an asynchronous form, and what else may be taken from them. */
const TWO_FORMED: readonly { readonly module: RegExp; readonly allowed: RegExp }[] = [
  { module: /^node:zlib$/, allowed: /Sync$|^constants$|^crc32$|^[A-Z]/ },
  { module: /^(snappy|lz4-napi)$/, allowed: /Sync$|^[A-Z]/ },
  {
    module: /^node:crypto$/,
    allowed:
      /Sync$|^(constants|createH\w+|createCipheriv|createDecipheriv|create\w+Key|createSign|createVerify|timingSafeEqual|hash|getHashes|X509Certificate|KeyObject)$|^[A-Z]/,
  },
]

/** Names that a file may take against the rule: each with its reason. */
const SYNCHRONOUS_BY_OTHER_MEANS: ReadonlySet<string> = new Set([
  // The streams are made for their native handles, which are driven synchronously: docs/decisions/chunked-decompression.md.
  'protocol/compression/zlib-codecs.ts createGunzip',
  'protocol/compression/zlib-codecs.ts createZstdDecompress',
])

/** Work in the thread pool ends when it likes; and chance comes from the Random port. */
export const nativeWorkIsSynchronous: Rule = (files) =>
  files.filter(needsPorts).flatMap((file) =>
    file.imports.flatMap((one) => {
      const form = TWO_FORMED.find(({ module }) => module.test(one.specifier))
      if (form === undefined || one.isTypeOnly) return []
      const used = one.namespace === null ? one.names : [...one.names, ...membersOf(file, one.namespace)]
      const wrong = used.filter((name) => name !== 'default' && !form.allowed.test(name) && !SYNCHRONOUS_BY_OTHER_MEANS.has(`${file.path} ${name}`))
      return wrong.map((name) => ({ path: file.path, line: one.line, rule: `${name} of ${one.specifier} is not synchronous, or is chance` }))
    }),
  )

/** What is imported is known when the program is built, and stands at the head of the file. */
export const noDynamicImports: Rule = (files) =>
  eachImport(files.filter(needsPorts), (_file, one) => (one.kind === 'dynamic' ? `no dynamic import (${one.specifier})` : null))

function membersOf(file: SourceFile, namespace: string): string[] {
  const pattern = new RegExp(`(?<![\\w$.])${namespace.replaceAll('$', '\\$')}\\s*\\.\\s*([\\w$]+)`, 'g')
  return [...file.code.matchAll(pattern)].map((match) => match[1] as string)
}

function isRelative(one: Import): boolean {
  return one.specifier.startsWith('.')
}

function targetOf(file: SourceFile, one: Import): string {
  return posix.join(posix.dirname(file.path), one.specifier)
}

function eachImport(files: readonly SourceFile[], judge: (file: SourceFile, one: Import) => string | null): Violation[] {
  return files.flatMap((file) =>
    file.imports.flatMap((one) => {
      const rule = judge(file, one)
      return rule === null ? [] : [{ path: file.path, line: one.line, rule }]
    }),
  )
}

function eachMatch(files: readonly SourceFile[], pattern: RegExp, judge: (found: string) => string): Violation[] {
  return files.flatMap((file) =>
    [...file.code.matchAll(pattern)].map((match) => ({
      path: file.path,
      line: lineOf(file.code, match.index),
      rule: judge(match[1] ?? match[2] ?? match[0]),
    })),
  )
}
