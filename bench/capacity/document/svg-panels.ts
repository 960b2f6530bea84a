/**
 * Small plots in rows and columns as one SVG: logarithmic upwards, with one scale for each row, and values side by side.
 * Readable on light and on dark pages: it has a background of its own, and other colours where a dark scheme is preferred.
 */

export interface Series {
  /** Rows have at most as many names as there are colours. */
  readonly name: string
  readonly isDashed?: boolean
  /** One for each value of the column that it has; all above 0. */
  readonly points: readonly { readonly at: string; readonly value: number }[]
}

export interface PlotColumn {
  /** With its unit, below the panels. */
  readonly title: string
  readonly values: readonly string[]
}

export interface PlotRow {
  /** With its unit, beside the panels. */
  readonly title: string
  /** For each column. */
  readonly panels: readonly (readonly Series[])[]
}

export interface Plot {
  readonly title: string
  /** Below all. */
  readonly note: string
  readonly columns: readonly PlotColumn[]
  readonly rows: readonly PlotRow[]
}

const PANEL = { width: 205, height: 130, gapX: 20, gapY: 62 }
const MARGIN = { left: 78, right: 16, top: 66, bottom: 66 }
const INSET = 14
const COLOURS = ['a', 'b']

const STYLE = `
  .page { fill: #ffffff } .frame { fill: none; stroke: #8c959f } .grid { stroke: #d8dee4 } text { fill: #1f2328; font: 11px system-ui, sans-serif }
  .title { font-size: 14px; font-weight: 600 } .axis { font-weight: 600 } .middle { text-anchor: middle } .end { text-anchor: end }
  .line { fill: none; stroke-width: 2 } .dashed { stroke-dasharray: 5 4 }
  .line.a { stroke: #0550ae } .dot.a { fill: #0550ae } .line.b { stroke: #bc4c00 } .dot.b { fill: #bc4c00 }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } .frame { stroke: #6e7681 } .grid { stroke: #30363d } text { fill: #e6edf3 }
    .line.a { stroke: #79c0ff } .dot.a { fill: #79c0ff } .line.b { stroke: #ffa657 } .dot.b { fill: #ffa657 }
  }
`

/** The text of an SVG file. */
export function svgPanels({ title, note, columns, rows }: Plot): string {
  const width = MARGIN.left + columns.length * PANEL.width + (columns.length - 1) * PANEL.gapX + MARGIN.right
  const height = MARGIN.top + rows.length * PANEL.height + (rows.length - 1) * PANEL.gapY + MARGIN.bottom
  const body = [
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="page" width="${width}" height="${height}"/>`,
    text(MARGIN.left, 24, title, 'title'),
    ...rows.flatMap((row, index) => plotRow(row, columns, MARGIN.top + index * (PANEL.height + PANEL.gapY))),
    ...columns.map((column, index) => text(left(index) + PANEL.width / 2, height - MARGIN.bottom + 36, column.title, 'axis middle')),
    text(MARGIN.left, height - 10, note, ''),
  ]
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">\n${body.join('\n')}\n</svg>\n`
}

function left(column: number): number {
  return MARGIN.left + column * (PANEL.width + PANEL.gapX)
}

/** Whole powers of ten around all values. */
interface Scale {
  readonly from: number
  readonly to: number
  yOf(value: number): number
}

function scaleOf(values: readonly number[], top: number): Scale {
  const logs = values.map(Math.log10)
  const from = logs.length === 0 ? 0 : Math.floor(Math.min(...logs))
  const to = logs.length === 0 ? 1 : Math.max(from + 1, Math.ceil(Math.max(...logs)))
  return { from, to, yOf: (value) => top + PANEL.height * (1 - (Math.log10(value) - from) / (to - from)) }
}

function plotRow(row: PlotRow, columns: readonly PlotColumn[], top: number): string[] {
  const names = [...new Set(row.panels.flat().map(({ name }) => name))]
  const scale = scaleOf(
    row.panels.flat().flatMap(({ points }) => points.map(({ value }) => value)),
    top,
  )
  const middle = top + PANEL.height / 2
  return [
    `<g transform="rotate(-90 20 ${middle})">${text(20, middle, row.title, 'axis middle')}</g>`,
    ...legend(names, top - 12),
    ...decades(scale).map(({ y, label }) => text(MARGIN.left - 8, y + 4, label, 'end')),
    ...row.panels.flatMap((series, index) => panel(series, { names, scale, values: columns[index]?.values ?? [], x: left(index), y: top })),
  ]
}

function legend(names: readonly string[], y: number): string[] {
  let x = MARGIN.left
  return names.flatMap((name, index) => {
    const at = x
    x += 34 + name.length * 6.5
    return [`<circle class="dot ${COLOURS[index]}" cx="${at + 4}" cy="${y - 4}" r="4"/>`, text(at + 14, y, name, '')]
  })
}

function decades({ from, to, yOf }: Scale): { readonly y: number; readonly label: string }[] {
  return Array.from({ length: to - from + 1 }, (_, index) => {
    const value = 10 ** (from + index)
    return { y: yOf(value), label: value >= 1 ? String(value).replace(/\B(?=(\d{3})+$)/g, ',') : value.toFixed(-(from + index)) }
  })
}

interface PanelPlace {
  readonly names: readonly string[]
  readonly scale: Scale
  readonly values: readonly string[]
  readonly x: number
  readonly y: number
}

function panel(series: readonly Series[], { names, scale, values, x, y }: PanelPlace): string[] {
  const step = values.length < 2 ? 0 : (PANEL.width - 2 * INSET) / (values.length - 1)
  const xOf = (value: string) => x + INSET + values.indexOf(value) * step
  return [
    ...decades(scale).map((at) => `<line class="grid" x1="${x}" x2="${x + PANEL.width}" y1="${fixed(at.y)}" y2="${fixed(at.y)}"/>`),
    `<rect class="frame" x="${x}" y="${y}" width="${PANEL.width}" height="${PANEL.height}"/>`,
    ...values.map((value) => text(xOf(value), y + PANEL.height + 15, value, 'middle')),
    ...series.flatMap((one) => drawn(one, COLOURS[names.indexOf(one.name)] ?? '', xOf, scale)),
  ]
}

function drawn({ name, isDashed = false, points }: Series, colour: string, xOf: (value: string) => number, { yOf }: Scale): string[] {
  const places = points.map(({ at, value }) => ({ x: fixed(xOf(at)), y: fixed(yOf(value)), said: `${name}, ${at}: ${Number(value.toPrecision(3))}` }))
  return [
    `<polyline class="line ${colour}${isDashed ? ' dashed' : ''}" points="${places.map(({ x, y }) => `${x},${y}`).join(' ')}"/>`,
    ...places.map(({ x, y, said }) => `<circle class="dot ${colour}" cx="${x}" cy="${y}" r="3"><title>${escaped(said)}</title></circle>`),
  ]
}

function text(x: number, y: number, content: string, className: string): string {
  return `<text x="${fixed(x)}" y="${fixed(y)}"${className === '' ? '' : ` class="${className}"`}>${escaped(content)}</text>`
}

function fixed(value: number): string {
  return String(Math.round(value * 10) / 10)
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
