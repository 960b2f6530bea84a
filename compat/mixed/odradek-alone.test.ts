import { tellStories } from './stories.ts'

tellStories({ controller: 'odradek', brokers: ['odradek', 'odradek'] })
