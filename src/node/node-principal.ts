/** As whom the node itself asks its controller. */
export const NODE_PRINCIPAL = 'User:ANONYMOUS'
