import type { Dashboard, Panel, Query, Row, Threshold, Variable } from './dashboard.ts'

/**
 * Dashboards in Grafana's form, as versions 11 and 12 read it without a migration that changes them. Panels stand in rows as wide
 * as the screen, each row as high as its kind of panel; ids and places follow from the order.
 */
export function grafanaDashboard({ uid, title, description, variables, rows }: Dashboard): object {
  return {
    uid,
    title,
    description,
    tags: ['kafka', 'odradek'],
    schemaVersion: SCHEMA_VERSION,
    editable: true,
    graphTooltip: SHARED_CROSSHAIR,
    refresh: '15s',
    time: { from: 'now-1h', to: 'now' },
    timezone: 'browser',
    templating: { list: [dataSourceVariable, ...variables.map(queryVariable)] },
    annotations: { list: [] },
    links: [{ title: 'Dashboards', type: 'dashboards', tags: ['odradek'], asDropdown: true, includeVars: true, keepTime: true, ...PLAIN_LINK }],
    panels: place(rows),
  }
}

/** Of Grafana 11.0. */
const SCHEMA_VERSION = 39
const SHARED_CROSSHAIR = 1
const SCREEN_WIDTH = 24
const PLAIN_LINK = { icon: '', tooltip: '', url: '', targetBlank: false }
const DATA_SOURCE = { type: 'prometheus', uid: `\${datasource}` }
const HEIGHTS: Readonly<Record<Panel['kind'], number>> = { stat: 4, timeseries: 8, table: 10 }

const dataSourceVariable = {
  name: 'datasource',
  label: 'Data source',
  type: 'datasource',
  query: 'prometheus',
  hide: 0,
  refresh: 1,
  multi: false,
  includeAll: false,
  options: [],
}

const REFRESH_WITH_TIME_RANGE = 2
const SORT_NATURALLY = 7
/** Of the kinds of queries for variables that the data source knows. */
const LABEL_VALUES = 1

function queryVariable({ name, label, query }: Variable): object {
  return {
    name,
    label,
    type: 'query',
    datasource: DATA_SOURCE,
    query: { qryType: LABEL_VALUES, query, refId: 'PrometheusVariableQueryEditor-VariableQuery' },
    hide: 0,
    refresh: REFRESH_WITH_TIME_RANGE,
    sort: SORT_NATURALLY,
    multi: true,
    includeAll: true,
    current: { text: ['All'], value: ['$__all'], selected: true },
    options: [],
  }
}

/** Rows from top to bottom, and in each its panels from left to right. */
function place(rows: readonly Row[]): object[] {
  const placed: object[] = []
  let y = 0
  for (const { title, panels } of rows) {
    placed.push({ id: placed.length + 1, type: 'row', title, collapsed: false, gridPos: { h: 1, w: SCREEN_WIDTH, x: 0, y }, panels: [] })
    y += 1
    let x = 0
    let height = 0
    for (const panel of panels) {
      if (x + panel.width > SCREEN_WIDTH) {
        y += height
        x = 0
        height = 0
      }
      placed.push(grafanaPanel(panel, placed.length + 1, { h: HEIGHTS[panel.kind], w: panel.width, x, y }))
      x += panel.width
      height = Math.max(height, HEIGHTS[panel.kind])
    }
    y += height
  }
  return placed
}

function grafanaPanel(panel: Panel, id: number, gridPos: object): object {
  const { title, description, kind, queries } = panel
  return {
    id,
    type: kind,
    title,
    description,
    datasource: DATA_SOURCE,
    gridPos,
    targets: queries.map((query, index) => target(query, index, kind)),
    fieldConfig: { defaults: defaults(panel), overrides: [] },
    options: options(kind, queries.length),
    ...(kind === 'table' ? { transformations: tableColumns(panel) } : {}),
  }
}

function target({ expr, legend }: Query, index: number, kind: Panel['kind']): object {
  const isInstant = kind === 'table'
  return {
    refId: String.fromCharCode('A'.charCodeAt(0) + index),
    datasource: DATA_SOURCE,
    editorMode: 'code',
    expr,
    legendFormat: legend,
    instant: isInstant,
    range: !isInstant,
    ...(isInstant ? { format: 'table' } : {}),
  }
}

function defaults({ kind, unit, thresholds = [], isStacked }: Panel): object {
  const common = { unit, thresholds: { mode: 'absolute', steps: [{ color: 'green', value: null }, ...thresholds.map(step)] } }
  switch (kind) {
    case 'timeseries':
      return { ...common, min: 0, color: { mode: 'palette-classic' }, custom: lines(thresholds.length > 0, isStacked === true) }
    case 'stat':
    case 'table':
      return { ...common, color: { mode: 'thresholds' } }
  }
}

function step({ from, colour }: Threshold): object {
  return { color: colour, value: from }
}

function lines(hasThresholds: boolean, isStacked: boolean): object {
  return {
    drawStyle: 'line',
    lineWidth: 1,
    fillOpacity: isStacked ? 40 : 8,
    showPoints: 'never',
    spanNulls: false,
    stacking: { mode: isStacked ? 'normal' : 'none', group: 'A' },
    thresholdsStyle: { mode: hasThresholds ? 'dashed' : 'off' },
  }
}

function options(kind: Panel['kind'], queryCount: number): object {
  switch (kind) {
    case 'timeseries':
      return {
        legend: { displayMode: 'table', placement: 'bottom', showLegend: true, calcs: ['lastNotNull', 'max'] },
        tooltip: { mode: 'multi', sort: 'desc' },
      }
    case 'stat':
      return {
        reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
        colorMode: 'value',
        graphMode: 'area',
        justifyMode: 'auto',
        orientation: 'auto',
        textMode: queryCount > 1 ? 'value_and_name' : 'value',
        showPercentChange: false,
        percentChangeColorMode: 'standard',
        wideLayout: true,
      }
    case 'table':
      return { frameIndex: 0, showHeader: true, cellHeight: 'sm', footer: { show: false, reducer: [], countRows: false } }
  }
}

/** The labels that are asked for and the value; neither the time nor other labels. */
function tableColumns({ columns = [], title }: Panel): object[] {
  const shown = [...columns, 'Value']
  const indexByName = Object.fromEntries(shown.map((name, index) => [name, index]))
  return [
    { id: 'filterFieldsByName', options: { include: { names: shown } } },
    { id: 'organize', options: { excludeByName: {}, includeByName: {}, indexByName, renameByName: { Value: title } } },
  ]
}
