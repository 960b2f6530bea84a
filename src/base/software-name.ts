/** What nodes of this kind call themselves when they ask others (KIP-511), and know each other by. */
export const SOFTWARE_NAME = 'odradek'
