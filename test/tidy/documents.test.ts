import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name.replaceAll('\\', '/')}`),
].map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))

interface Package {
  readonly scripts: Readonly<Record<string, string>>
  /** What is shipped, beside `ALWAYS_SHIPPED`: names of files and folders; those behind `!` are left out. */
  readonly files: readonly string[]
}

const { scripts, files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Package
const ALWAYS_SHIPPED = ['package.json', 'README.md', 'LICENSE']

/** @param path from the root of the repository */
function isShipped(path: string): boolean {
  const isBelow = (name: string) => path === name || path.startsWith(`${name}/`)
  const isLeftOut = files.some((name) => name.startsWith('!') && isBelow(name.slice(1)))
  return !isLeftOut && [...ALWAYS_SHIPPED, ...files].some(isBelow)
}

/** Where a document speaks of something: `path:line: what`. */
function eachFound(pattern: RegExp, judge: (found: string, path: string) => string | null): string[] {
  return documents.flatMap(({ path, text }) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const wrong = judge(match[1] as string, path)
      return wrong === null ? [] : [`${path}:${text.slice(0, match.index).split('\n').length}: ${wrong}`]
    }),
  )
}

/** As GitHub makes anchors of headings. */
function anchorsOf(path: string): string[] {
  const headings = readFileSync(path, 'utf8').matchAll(/^#+ (.*)$/gm)
  return [...headings].map(([, heading]) =>
    (heading as string)
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

describe('documents', () => {
  it('link to what is there', () => {
    const wrong = eachFound(/\]\((?![a-z]+:)([^)\s]+)\)/g, (link, path) => {
      const [file = '', anchor] = link.split('#')
      const target = file === '' ? join(root, path) : join(root, dirname(path), file)
      if (!existsSync(target)) return `there is no ${link}`
      return anchor === undefined || anchorsOf(target).includes(anchor) ? null : `there is no heading ${link}`
    })
    expect(wrong).toEqual([])
  })

  it('that are in the package link to what is in it', () => {
    const wrong = eachFound(/\]\((?![a-z]+:)([^)\s#]+)[^)\s]*\)/g, (link, path) =>
      isShipped(path) && !isShipped(normalize(join(dirname(path), link)).replaceAll('\\', '/')) ? `${link} is not shipped` : null,
    )
    expect(wrong).toEqual([])
  })

  it('name files and folders of the repository that exist', () => {
    const wrong = eachFound(/`((?:src|protocol|test|compat|bench|build|docker|docs|examples|config|bin|\.ci)\/[^`\s*<>{}…]*)`/g, (path) =>
      path.startsWith('bin/kafka-') || existsSync(join(root, path)) ? null : `there is no ${path}`,
    )
    expect(wrong).toEqual([])
  })

  it('name scripts of the package that exist', () => {
    const wrong = eachFound(/\bnpm run ([a-z:]+)/g, (name) => (Object.hasOwn(scripts, name) ? null : `there is no script ${name}`))
    expect(wrong).toEqual([])
  })
})
