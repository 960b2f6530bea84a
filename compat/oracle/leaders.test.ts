import { runArea } from './run-scenarios.ts'

runArea('leaders')
