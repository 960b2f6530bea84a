import { runArea } from './run-scenarios.ts'

runArea('topics')
