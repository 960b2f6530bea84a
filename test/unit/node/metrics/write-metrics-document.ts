/** `npm run docs`: writes docs/metrics.md from the sheets of metrics. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { renderMetricsDocument } from '../../../support/metrics-document.ts'

writeFileSync(join(import.meta.dirname, '../../../../docs/metrics.md'), renderMetricsDocument())
