import { runArea } from './run-scenarios.ts'

runArea('log-dirs')
