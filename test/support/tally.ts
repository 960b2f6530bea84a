/**
 * Adds up the reports of several test runs: what failed, each with its first error, then `N passed, N failed` alone on the last line.
 * Fails where nothing ran or something failed.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numFailedTestSuites: number
  readonly testResults: readonly FileResult[]
}

interface FileResult {
  readonly name: string
  readonly status: string
  readonly message: string
  readonly assertionResults: readonly { readonly fullName: string; readonly status: string; readonly failureMessages: readonly string[] }[]
}

/** Lines of an error that are shown: the message and the first places of its stack. */
const SHOWN_LINES = 15

const directory = process.argv[2]
if (directory === undefined) throw new Error('usage: tally.ts DIRECTORY')
const reports = readdirSync(directory).map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8')) as Report)
const passed = reports.reduce((sum, report) => sum + report.numPassedTests, 0)
const failed = reports.reduce((sum, report) => sum + report.numFailedTests, 0)
// A file that cannot be loaded fails as a suite without a single failed test in it.
const failedSuites = reports.reduce((sum, report) => sum + report.numFailedTestSuites, 0)
const failures = failed === 0 ? failedSuites : failed
for (const report of reports) for (const file of report.testResults) showFailures(file)
process.exitCode = passed > 0 && failures === 0 ? 0 : 1
console.log(`${passed} passed, ${failures} failed`)

/** The runs scroll away, so that who sees only the end would not know what failed. */
function showFailures(file: FileResult): void {
  const name = relative(process.cwd(), file.name)
  const failed = file.assertionResults.filter(({ status }) => status === 'failed')
  for (const { fullName, failureMessages } of failed) console.log(`failed: ${name}: ${fullName.trim()}\n${shortened(failureMessages.join('\n'))}`)
  if (failed.length === 0 && file.status === 'failed') console.log(`failed: ${name}\n${shortened(file.message)}`)
}

function shortened(text: string): string {
  return text
    .split('\n')
    .slice(0, SHOWN_LINES)
    .map((line) => `    ${line}`)
    .join('\n')
}
