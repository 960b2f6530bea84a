import { runArea } from './run-scenarios.ts'

runArea('bad-input')
