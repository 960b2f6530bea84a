import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import type { Alert } from '../../build/monitoring/alerts/alert.ts'
import { alerts } from '../../build/monitoring/alerts/alerts.ts'
import { runCommand } from '../support/command.ts'
import { type AlertCase, alertCases, type Expected, type InputSeries } from './alert-cases.ts'
import { findPrometheus } from './prometheus-programs.ts'

const FOLDER = join(import.meta.dirname, '../../docker/prometheus')
const STEP_SECONDS = 15
const END_SECONDS = 60 * STEP_SECONDS

const missing = await findPrometheus()
if (missing !== null) console.warn(`The rules of Prometheus were not checked: ${missing}.`)

describe.skipIf(missing !== null)(missing === null ? 'docker/prometheus' : `docker/prometheus (not run: ${missing})`, () => {
  test('prometheus.yml is a configuration that Prometheus takes, its rules included', async () => {
    const { exit, stdout, stderr } = await promtool('check', 'config', join(FOLDER, 'prometheus.yml'))
    expect(stdout + stderr).toContain(`${alerts.length} rules found`)
    expect(exit).toBe(0)
  })

  test('alerts.yml has nothing that promtool complains of', async () => {
    const { exit, stdout, stderr } = await promtool('check', 'rules', '--lint=all', '--lint-fatal', join(FOLDER, 'alerts.yml'))
    expect(exit, stdout + stderr).toBe(0)
  })

  test('every alert has a case', () => {
    expect(alertCases.map(({ alert }) => alert)).toEqual(alerts.map(({ name }) => name))
  })

  test.each(alertCases)('$alert fires when its condition has held for its time, and not before, nor for less', async (one) => {
    const directory = await mkdtemp(join(tmpdir(), 'odradek-promtool-'))
    try {
      const file = join(directory, 'test.yml')
      await writeFile(file, stringify(ruleTest(one, alertNamed(one.alert))))
      const { exit, stdout, stderr } = await promtool('test', 'rules', file)
      expect(exit, stdout + stderr).toBe(0)
    } finally {
      await rm(directory, { recursive: true })
    }
  })
})

function promtool(...args: readonly string[]) {
  return runCommand('promtool', args, { timeoutMs: 60_000 })
}

function alertNamed(name: string): Alert {
  const alert = alerts.find((one) => one.name === name)
  if (alert === undefined) throw new Error(`there is no alert ${name}`)
  return alert
}

/** A test file of promtool. */
function ruleTest({ fires, isQuiet }: AlertCase, alert: Alert): object {
  const firing = [{ seconds: END_SECONDS, expected: fires.alerts }]
  const waiting = alert.forSeconds === 0 ? [] : [{ seconds: alert.forSeconds - STEP_SECONDS, expected: [] }]
  return {
    rule_files: [join(FOLDER, 'alerts.yml')],
    evaluation_interval: `${STEP_SECONDS}s`,
    tests: [
      situation(alert, fires.series, [...waiting, ...firing]),
      ...isQuiet.map((series) => situation(alert, series, [{ seconds: END_SECONDS, expected: [] }])),
    ],
  }
}

interface Moment {
  readonly seconds: number
  readonly expected: readonly Expected[]
}

function situation({ name, severity, summary, runbook }: Alert, series: InputSeries, moments: readonly Moment[]): object {
  return {
    interval: `${STEP_SECONDS}s`,
    input_series: Object.entries(series).map(([one, values]) => ({ series: one, values })),
    alert_rule_test: moments.map(({ seconds, expected }) => ({
      eval_time: `${seconds}s`,
      alertname: name,
      exp_alerts: expected.map(({ labels, description }) => ({
        exp_labels: { ...labels, severity },
        exp_annotations: { summary, description, runbook },
      })),
    })),
  }
}
