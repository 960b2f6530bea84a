import { runArea } from './run-scenarios.ts'

runArea('snapshots')
