// An answer that never comes because the connection breaks off: each mount lets its client see that as a network does.

/**
 * Thrown by a handler in place of an answer. In process it is the cause of fetch's TypeError, in undici's own words; the listener destroys the
 * socket.
 */
export class BrokenOff extends Error {
  override readonly name = 'SocketError'
  readonly code = 'UND_ERR_SOCKET'

  constructor() {
    super('other side closed')
  }
}
