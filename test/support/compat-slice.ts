/**
 * Runs a part of the comparisons with Apache Kafka: every third test file below `compat/`, beginning where the seed says,
 * and always those that are quick. What needs no JVM is left out: `npm test` runs it whole.
 */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'

const SLICES = 3
const withoutJvm = ['compat/kafkajs/', 'compat/processes/']
const always = ['compat/protocol/', 'compat/config/']
const seed = Number(process.env.ODRADEK_SEED ?? 1)

const files = globSync('compat/**/*.test.ts')
  .filter((file) => !withoutJvm.some((folder) => file.startsWith(folder)))
  .sort()
const rotating = files.filter((file) => !always.some((folder) => file.startsWith(folder)))
const chosen = files.filter((file) => !rotating.includes(file) || rotating.indexOf(file) % SLICES === seed % SLICES)
console.log(`compat slice ${(seed % SLICES) + 1} of ${SLICES} (seed ${seed}): ${chosen.join(' ')}`)
const result = spawnSync('vitest', ['run', ...chosen], { stdio: 'inherit' })
process.exitCode = result.status ?? 1
