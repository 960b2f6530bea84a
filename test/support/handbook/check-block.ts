import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Script } from 'node:vm'
import { parseDocument, stringify } from 'yaml'
import { clientMetricsSettings } from '../../../src/config/client-metrics-settings.ts'
import { groupSettings } from '../../../src/config/group-settings.ts'
import { findSetting } from '../../../src/config/setting-names.ts'
import { topicSettings } from '../../../src/config/topic-settings.ts'
import { CLIENT_SETTINGS } from './client-settings.ts'
import { type Block, SHELLS } from './document-blocks.ts'

/** What is wrong with a text of a language, one sentence for each finding. */
type Check = (text: string) => readonly string[]

/** Ends a program of a block that was to be read only. */
const PARSE_TIMEOUT_MS = 20_000

const CHECKS: Readonly<Record<string, Check>> = {
  sh: checkShell,
  bash: checkShell,
  yaml: (text) => parseDocument(text).errors.map(({ message }) => message),
  json: (text) => thrownBy(() => JSON.parse(text)),
  properties: checkProperties,
  promql: checkQueries,
  js: checkModule,
  ts: checkModule,
  python: (text) => checkBy('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], text),
}

/** What is wrong with a block: with its mark, or with what it says. None where nothing is. */
export function findingsOf({ language, mark, text }: Block): readonly string[] {
  const check = CHECKS[language]
  switch (mark.kind) {
    case 'run':
      return SHELLS.includes(language) ? checkShell(text) : [`a block of ${language || 'no language'} does not run: mark it checked, or manual with the reason`]
    case 'checked':
      return check?.(text) ?? [`nothing here checks ${language || 'a block without a language'}: mark it manual with the reason`]
    case 'manual':
      return SHELLS.includes(language) ? checkShell(text) : []
    case 'unknown':
      return [`<!-- ${mark.comment} --> is no mark: there are checked, and manual: REASON`]
  }
}

function checkShell(text: string): readonly string[] {
  return checkBy('bash', ['-n'], text)
}

function checkProperties(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => /^\s*[^#!\s]/.test(line))
    .flatMap((line) => {
      const name = /^\s*([^=\s]+)\s*=/.exec(line)?.[1]
      if (name === undefined) return [`"${line}" sets nothing`]
      return isSettingName(name) ? [] : [`there is no setting ${name}`]
    })
}

function isSettingName(name: string): boolean {
  return (
    findSetting(name) !== null || [topicSettings, groupSettings, clientMetricsSettings].some((table) => Object.hasOwn(table, name)) || CLIENT_SETTINGS.has(name)
  )
}

/** A query is a line, or several that are one between empty lines and comments. Without promtool they are not parsed, and this is said. */
function checkQueries(text: string): readonly string[] {
  const queries = text
    .split(/^(?:\s*|\s*#.*)$/m)
    .map((query) => query.trim())
    .filter((query) => query !== '')
  if (queries.length === 0) return ['there is no query']
  const directory = mkdtempSync(join(tmpdir(), 'odradek-queries-'))
  try {
    const file = join(directory, 'rules.yml')
    writeFileSync(file, stringify({ groups: [{ name: 'queries', rules: queries.map((expr, index) => ({ record: `query_${index}`, expr })) }] }))
    const { error, status, stderr } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8', timeout: PARSE_TIMEOUT_MS })
    if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') {
      console.warn(`Not parsed, as promtool is not here: ${queries.join('; ')}`)
      return []
    }
    return status === 0 ? [] : [stderr.trim() || `promtool: ${String(error)}`]
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** `import` and `await` may stand anywhere: in a function the one is taken out, as a script knows no modules. */
function checkModule(text: string): readonly string[] {
  return thrownBy(() => {
    const plain = stripTypeScriptTypes(text).replace(/^(?:import .*|export (?=\w))/gm, '')
    new Script(`(async () => {\n${plain}\n})`)
  })
}

function checkBy(program: string, args: readonly string[], input: string): readonly string[] {
  const { error, status, stderr } = spawnSync(program, args, { input, encoding: 'utf8', timeout: PARSE_TIMEOUT_MS })
  if (error !== undefined) return [`${program} could not be asked: ${error.message}`]
  return status === 0 ? [] : [stderr.trim()]
}

function thrownBy(parse: () => unknown): readonly string[] {
  try {
    parse()
    return []
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}
