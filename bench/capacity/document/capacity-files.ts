import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CapacityReport, REPORT_FILE } from '../report.ts'
import { capacityPlot } from './capacity-plot.ts'
import { capacityTables } from './capacity-tables.ts'
import { withMarkedPart } from './marked-part.ts'

const DOCS = join(import.meta.dirname, '../../../docs')

/** What documents are made of the committed report: absolute paths with their texts. */
export function capacityFiles(): ReadonlyMap<string, string> {
  const report = JSON.parse(readFileSync(REPORT_FILE, 'utf8')) as CapacityReport
  const handbook = join(DOCS, 'OPERATIONS.md')
  return new Map([
    [handbook, withMarkedPart(readFileSync(handbook, 'utf8'), 'capacity', capacityTables(report))],
    [join(DOCS, 'images/capacity.svg'), capacityPlot(report)],
  ])
}
