import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import {
  formatViolation,
  importsAreRelativeFiles,
  layersImportOnlyWhatTheyMay,
  nativeWorkIsSynchronous,
  noCycles,
  noDefaultExportsAndNoBarrels,
  noDynamicImports,
  nothingBypassesThePorts,
  packagesAreDependencies,
  type Rule,
} from './rules.ts'
import { readSource, type SourceFile } from './source-file.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')

const sources: SourceFile[] = ['protocol', 'src'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.split(sep).join('/')}`)
    .sort()
    .map((path) => readSource(path, readFileSync(join(root, path), 'utf8'))),
)

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly dependencies: Readonly<Record<string, string>> }

const rules: readonly (readonly [string, Rule])[] = [
  ['imports are relative and name files with .ts', importsAreRelativeFiles],
  ['packages are dependencies', packagesAreDependencies(new Set(Object.keys(manifest.dependencies)))],
  ['a layer imports only what its row in the table lists', layersImportOnlyWhatTheyMay],
  ['files form no cycles', noCycles],
  ['exports have names and stand where the thing is', noDefaultExportsAndNoBarrels],
  ['time, chance, files and sockets come through ports', nothingBypassesThePorts],
  ['native work is synchronous', nativeWorkIsSynchronous],
  ['no module is imported while running', noDynamicImports],
]

it('the sources are found', () => {
  expect(sources.length).toBeGreaterThan(100)
})

it.each(rules)('%s', (_name, rule) => {
  expect(rule(sources).map(formatViolation)).toEqual([])
})
