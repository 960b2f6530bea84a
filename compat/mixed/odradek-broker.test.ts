import { tellStories } from './stories.ts'

tellStories({ controller: 'kafka', brokers: ['kafka', 'odradek'] })
