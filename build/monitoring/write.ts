/** `npm run dashboards`: the files of docker/ that Prometheus and Grafana read. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { monitoringFiles } from './monitoring-files.ts'

const repository = join(import.meta.dirname, '../..')

for (const [path, text] of monitoringFiles()) {
  mkdirSync(dirname(join(repository, path)), { recursive: true })
  writeFileSync(join(repository, path), text)
}
