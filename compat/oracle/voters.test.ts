import { runArea } from './run-scenarios.ts'

runArea('voters')
