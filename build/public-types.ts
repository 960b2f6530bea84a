/**
 * The declarations that the package ships: those that `src/index.ts` needs, out of all that the compiler wrote. Twice, since
 * a declaration file says by its place whether it speaks of an ES module or of CommonJS: `dist/types/import`, `dist/types/require`.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

const DIST = join(import.meta.dirname, '../dist')
/** As `tsconfig.build.json` says. */
const ALL = join(DIST, 'declarations')
const PUBLIC = join(DIST, 'types')
const ENTRY = 'src/index.d.ts'
/** What stands around the name of a file that is imported. The compiler leaves the suffix of the sources, which only our own settings allow. */
const RELATIVE_IMPORT = /((?:from|import\() ?['"])(\.[^'"]+)\.ts(?=['"])/g

rmSync(PUBLIC, { recursive: true, force: true })
const needed = neededBy(ENTRY)
for (const form of ['import', 'require']) for (const path of needed) copy(path, form)
writeFileSync(join(PUBLIC, 'require/package.json'), '{ "type": "commonjs" }\n')
rmSync(ALL, { recursive: true })

/** Paths below `ALL`, the entry among them. */
function neededBy(entry: string): ReadonlySet<string> {
  const found = new Set([entry])
  // A set gives what is added while it is walked.
  for (const path of found) {
    for (const [, , specifier] of read(path).matchAll(RELATIVE_IMPORT)) found.add(normalize(join(dirname(path), `${specifier}.d.ts`)))
  }
  return found
}

function copy(path: string, form: string): void {
  const target = join(PUBLIC, form, path)
  // Named in each file: whoever has neither a new `lib` nor the types of Node.js can use `await using` all the same.
  const disposable = '/// <reference lib="esnext.disposable" />\n'
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, disposable + read(path).replaceAll(RELATIVE_IMPORT, '$1$2.js'))
}

function read(path: string): string {
  return readFileSync(join(ALL, path), 'utf8')
}
