/** A socket, as far as it can hold back what is written to it. */
export interface Corkable {
  cork(): void;
  uncork(): void;
}

const held = new WeakSet<Corkable>();

/**
 * Holds back what is written to a socket until this turn of the event loop has heard everybody: one system call sends it
 * all. On a busy process most of what a round trip costs is such calls.
 */
export function leaveTogether(socket: Corkable): void {
  if (held.has(socket)) return;
  held.add(socket);
  socket.cork();
  setImmediate(() => {
    held.delete(socket);
    socket.uncork();
  });
}
