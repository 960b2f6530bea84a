/** `npm run docs`: writes the tables of docs/OPERATIONS.md and the plot beside from what `npm run bench -- --measure capacity` measured. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { capacityFiles } from './capacity-files.ts'

for (const [path, text] of capacityFiles()) {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
