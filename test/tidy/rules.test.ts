import { describe, expect, it } from 'vitest'
import { codeOf } from './code-of.ts'
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
import { readSource } from './source-file.ts'

/** What the rule says about files given as path and text. */
const judge = (rule: Rule, files: Readonly<Record<string, string>>) =>
  rule(Object.entries(files).map(([path, text]) => readSource(path, text))).map(formatViolation)

describe('what is code', () => {
  it.each([
    ["a('x//y') // Date", "a('    ')        "],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: text to be judged
    ['a(`t ${b(`u`)} v`)', 'a(`  ${b(` `)}  `)'],
    ['a / b / c', 'a / b / c'],
    ['x = /[/"]+/.test(y)', 'x = /     /.test(y)'],
    ['return /a/g', 'return / /g'],
    ['f(1) /* Date\n */ + 2', 'f(1)        \n    + 2'],
    ["'it\\'s' + 1", "'     ' + 1"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: text to be judged
    ['`${{ a: 1 }.a}` / 2', '`${{ a: 1 }.a}` / 2'],
    ['x = // why\n /re/', 'x =       \n /  /'],
  ])('%j', (text, code) => {
    expect(codeOf(text)).toBe(code)
  })
})

describe('imports', () => {
  it('are found in every form', () => {
    const text = [
      "import a from './a.ts'",
      "import { b, type C as D } from './b.ts'",
      "import * as e from './e.ts'",
      "import type { F } from './f.ts'",
      "import {\n  type G,\n} from './g.ts'",
      "import './h.ts'",
      "export * from './i.ts'",
      "export { j } from './j.ts'",
      "const k = await import('./k.ts')",
      'const l = \'import x from "./l.ts"\'',
    ].join('\n')
    const found = readSource('src/base/x.ts', text).imports
    expect(found.map(({ specifier, line, kind, isTypeOnly }) => [specifier, line, kind, isTypeOnly])).toEqual([
      ['./a.ts', 1, 'import', false],
      ['./b.ts', 2, 'import', false],
      ['./e.ts', 3, 'import', false],
      ['./f.ts', 4, 'import', true],
      ['./g.ts', 5, 'import', true],
      ['./i.ts', 9, 're-export', false],
      ['./j.ts', 10, 're-export', false],
      ['./h.ts', 8, 'import', false],
      ['./k.ts', 11, 'dynamic', false],
    ])
  })

  it('without .ts, of missing files and through aliases are named with file and line', () => {
    const files = { 'src/base/a.ts': "\nimport './b'\nimport './c.ts'\nimport '#base/a.ts'\nimport './d.ts'", 'src/base/d.ts': '' }
    expect(judge(importsAreRelativeFiles, files)).toEqual([
      'src/base/a.ts:2: the import of ./b ends in .ts',
      'src/base/a.ts:3: ./c.ts is no file of protocol/ or src/',
      'src/base/a.ts:4: imports are relative, without aliases',
    ])
  })

  it('of packages need a dependency', () => {
    const files = { 'src/base/a.ts': "import x from 'pino'\nimport y from '@node-rs/crc32/x'\nimport z from 'lodash'\nimport 'fs'" }
    expect(judge(packagesAreDependencies(new Set(['pino', '@node-rs/crc32'])), files)).toEqual([
      expect.stringContaining('a.ts:3: lodash'),
      expect.stringContaining('a.ts:4: fs'),
    ])
  })
})

describe('layers', () => {
  it('an import that the table does not list is refused, one that it lists is not', () => {
    const files = {
      'src/storage/log.ts': "import '../base/a.ts'\nimport type { R } from '../raft/r.ts'",
      'src/base/a.ts': "import '../../protocol/x.ts'",
      'src/raft/r.ts': "import '../storage/log.ts'",
      'protocol/x.ts': '',
    }
    expect(judge(layersImportOnlyWhatTheyMay, files)).toEqual([
      'src/storage/log.ts:2: src/storage may not import src/raft (../raft/r.ts)',
      'src/base/a.ts:1: src/base may not import protocol (../../protocol/x.ts)',
    ])
  })

  it('a folder that the table does not know is refused', () => {
    expect(judge(layersImportOnlyWhatTheyMay, { 'src/utils/a.ts': "import '../base/b.ts'" })).toEqual([expect.stringContaining('in no layer')])
  })
})

it('cycles are shown once, types included', () => {
  const files = {
    'src/base/a.ts': "import './b.ts'",
    'src/base/b.ts': "import type { C } from './c.ts'",
    'src/base/c.ts': "import './a.ts'\nimport './d.ts'",
    'src/base/d.ts': '',
  }
  expect(judge(noCycles, files)).toEqual(['src/base/c.ts:1: a cycle of imports: src/base/a.ts → src/base/b.ts → src/base/c.ts → src/base/a.ts'])
})

it('default exports and files that pass on exports are refused, but for the entries of the package', () => {
  const files = {
    'src/base/a.ts': 'export default 1\nexport { x as default }',
    'src/base/b.ts': "export * from './a.ts'",
    'src/base/c.ts': "import type { X } from './a.ts'\nexport type { X }",
    'src/index.ts': "export { y } from './node/y.ts'",
  }
  expect(judge(noDefaultExportsAndNoBarrels, files)).toEqual([
    'src/base/a.ts:1: no default exports',
    'src/base/a.ts:2: no default exports',
    'src/base/a.ts:2: what is exported says so where it is declared',
    'src/base/c.ts:2: what is exported says so where it is declared',
    'src/base/b.ts:1: no file passes on what another exports',
  ])
})

describe('ports', () => {
  it.each([
    "import { readFileSync } from 'node:fs'",
    "import { open } from 'node:fs/promises'",
    "import { connect } from 'node:tls'",
    'const now = Date.now()',
    'const at = new Date(0)',
    'setTimeout(f, 1)',
    'await setImmediate(f)',
    'const x = Math.random()',
    'const t = performance.now()',
    'if (process.env.X) f()',
    'process.on(a, b)',
    'const s = AbortSignal.timeout(5)',
    'a.localeCompare(b)',
    'new WeakRef(a)',
    'globalThis.setTimeout(f)',
    'const answer = await fetch(url)',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: text to be judged
    'x(`${Date.now()}`)',
  ])('%j bypasses them', (text) => {
    expect(judge(nothingBypassesThePorts, { 'src/storage/a.ts': text })).toHaveLength(1)
    expect(judge(nothingBypassesThePorts, { 'src/platform/a.ts': text, 'src/cli/a.ts': text })).toEqual([])
  })

  it.each([
    'timers.schedule(5, f)',
    'this.process(x)',
    'const a = { fetch: 1 }',
    '// Date.now()',
    "log('process')",
    'const updated = toDate(x)',
    'fetchRecords()',
  ])('%j does not', (text) => {
    expect(judge(nothingBypassesThePorts, { 'src/storage/a.ts': text })).toEqual([])
  })

  it('asynchronous codecs and chance from the crypto module are refused', () => {
    const text = [
      "import { gzip, gunzipSync, type ZlibOptions } from 'node:zlib'",
      "import snappy from 'snappy'",
      "import { createHmac, randomBytes, pbkdf2 } from 'node:crypto'",
      'snappy.uncompressSync(a)',
      'snappy.compress(b)',
    ].join('\n')
    expect(judge(nativeWorkIsSynchronous, { 'protocol/compression/a.ts': text })).toEqual([
      'protocol/compression/a.ts:1: gzip of node:zlib is not synchronous, or is chance',
      'protocol/compression/a.ts:2: compress of snappy is not synchronous, or is chance',
      'protocol/compression/a.ts:3: randomBytes of node:crypto is not synchronous, or is chance',
      'protocol/compression/a.ts:3: pbkdf2 of node:crypto is not synchronous, or is chance',
    ])
  })

  it('imports while running are refused', () => {
    expect(judge(noDynamicImports, { 'src/base/a.ts': "await import('./b.ts')\nawait import(name)" })).toHaveLength(2)
  })
})
