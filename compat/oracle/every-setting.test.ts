import { runArea } from './run-scenarios.ts'

runArea('every-setting')
