import { runScenarios } from './run-scenarios.ts'
import { topicScenarios } from './scenarios/topics.ts'

runScenarios('topics', topicScenarios)
