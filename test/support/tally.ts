/** Adds up the reports of several test runs: `N passed, N failed` alone on the last line. Fails where nothing ran or something failed. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numFailedTestSuites: number
}

const directory = process.argv[2]
if (directory === undefined) throw new Error('usage: tally.ts DIRECTORY')
const reports = readdirSync(directory).map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8')) as Report)
const passed = reports.reduce((sum, report) => sum + report.numPassedTests, 0)
const failed = reports.reduce((sum, report) => sum + report.numFailedTests, 0)
// A file that cannot be loaded fails as a suite without a single failed test in it.
const failedSuites = reports.reduce((sum, report) => sum + report.numFailedTestSuites, 0)
const failures = failed === 0 ? failedSuites : failed
process.exitCode = passed > 0 && failures === 0 ? 0 : 1
console.log(`${passed} passed, ${failures} failed`)
