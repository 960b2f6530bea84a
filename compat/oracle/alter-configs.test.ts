import { runArea } from './run-scenarios.ts'

runArea('alter-configs')
