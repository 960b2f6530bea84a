import { runArea } from './run-scenarios.ts'

runArea('nodes')
