import { runArea } from './run-scenarios.ts'

runArea('telemetry')
