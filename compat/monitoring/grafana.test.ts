import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type CommandResult, runCommand } from '../support/command.ts'
import { npmPackages } from '../support/npm.ts'

const FOLDER = join(import.meta.dirname, '../../docker/grafana/dashboards')
const TSC = join(import.meta.dirname, '../../node_modules/.bin/tsc')
const files = readdirSync(FOLDER)
const TIMEOUT_MS = 300_000

/** Where each version of Grafana's definitions keeps them. */
const VERSIONS = { 11: 'schema-11/dist/esm/raw', 12: 'schema-12/dist/types/raw' } as const

/**
 * A program that is right when the JSON, as a literal, is what Grafana takes for a dashboard: each field is known and of its
 * type, down to the options of each kind of panel. Enumerations are their values in JSON.
 */
function program(definitions: string, json: string): string {
  return `
import type { Dashboard, FieldConfig, Panel, RowPanel } from '${definitions}/dashboard/x/dashboard_types.gen.d.ts'
import type { Options as StatOptions } from '${definitions}/composable/stat/panelcfg/x/StatPanelCfg_types.gen.d.ts'
import type { Options as TableOptions } from '${definitions}/composable/table/panelcfg/x/TablePanelCfg_types.gen.d.ts'
import type { FieldConfig as Lines, Options as LineOptions } from '${definitions}/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen.d.ts'

type Json<T> = T extends string ? \`\${T}\`
  : T extends number ? (number extends T ? number : \`\${T}\` extends \`\${infer N extends number}\` ? N : never)
  : T extends readonly (infer Item)[] ? Json<Item>[]
  : T extends object ? { [Name in keyof T]: Json<T[Name]> }
  : T

type PanelOf<Type, Options, Custom> = Omit<Panel, 'type' | 'options' | 'fieldConfig'> & {
  type: Type
  options: Options
  fieldConfig: { defaults: Omit<FieldConfig, 'custom'> & Custom; overrides: [] }
}
type AnyPanel =
  | (Omit<RowPanel, 'type'> & { type: 'row' })
  | PanelOf<'timeseries', LineOptions, { custom: Lines }>
  | PanelOf<'stat', StatOptions, {}>
  | PanelOf<'table', TableOptions, {}>

export const dashboard: Json<Omit<Dashboard, 'panels'> & { panels: AnyPanel[] }> = ${json}
`
}

async function compile(definitions: string, json: string): Promise<CommandResult> {
  const directory = await mkdtemp(join(tmpdir(), 'odradek-grafana-'))
  try {
    await symlink(join(await npmPackages(join(import.meta.dirname, 'grafana')), 'node_modules'), join(directory, 'node_modules'))
    await writeFile(join(directory, 'dashboard.ts'), program(definitions, json))
    const compilerOptions = { strict: true, noEmit: true, skipLibCheck: true, module: 'esnext', moduleResolution: 'bundler', target: 'esnext', types: [] }
    await writeFile(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['dashboard.ts'] }))
    return await runCommand(TSC, ['-p', directory, '--pretty', 'false'], { timeoutMs: TIMEOUT_MS })
  } finally {
    await rm(directory, { recursive: true })
  }
}

describe.each(Object.entries(VERSIONS))('for Grafana %s', (_version, definitions) => {
  test.each(files)(
    '%s has the fields of a dashboard and of its panels, and no others',
    async (name) => {
      const { exit, stdout } = await compile(definitions, readFileSync(join(FOLDER, name), 'utf8'))
      expect(stdout).toBe('')
      expect(exit).toBe(0)
    },
    TIMEOUT_MS,
  )

  test.each([
    ['"graphTooltip"', '"graphTolltip"'],
    ['"fillOpacity"', '"fillOpacities"'],
    ['"mode": "absolute"', '"mode": "relative"'],
    ['"colorMode": "value"', '"colorMode": 1'],
  ])(
    'would be refused with %s as %s',
    async (right, wrong) => {
      const text = readFileSync(join(FOLDER, 'broker-overview.json'), 'utf8')
      expect(text).toContain(right)
      const { stdout } = await compile(definitions, text.replace(right, wrong))
      expect(stdout).toMatch(/ error TS2322: | error TS2353: /)
      expect(stdout).not.toContain('Cannot find module')
    },
    TIMEOUT_MS,
  )
})
